from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.audit.rules import RULES as AUDIT_RULES
from iterapp_nats.error_pages import error_pages
from iterapp_nats.manifest.rules import RULES
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.audit.findings import Rule as AuditRule
    from iterapp_nats.error_pages import ErrorPage
    from iterapp_nats.manifest.rules.frame import Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_has_id_level_summary_and_what_to_do(rule: Rule, tmp_path: Path) -> None:
    ended = run_cli("explain", rule.id, cwd=tmp_path)
    head, blank, summary, *page = ended.text.splitlines()
    assert (ended.code, head, blank) == (0, f"{rule.id} ({rule.severity.value})", "")
    assert summary == rule.summary
    assert "\n".join(page).strip()


@pytest.mark.parametrize("page", tuple(error_pages()), ids=lambda page: page.code)
def test_page_of_an_error_ends_with_what_its_exit_code_means(
    page: ErrorPage, tmp_path: Path
) -> None:
    ended = run_cli("explain", page.code, cwd=tmp_path)
    own, *_ = ended.text.split(f"\n\n{page.code} (")
    head, blank, summary, *_, last = own.splitlines()
    assert (ended.code, blank, summary) == (0, "", page.summary)
    assert head == f"{page.code} (exit code {int(page.exit_code)})"
    assert last.startswith(f"Exit code {int(page.exit_code)}: ")


@pytest.mark.parametrize("rule", AUDIT_RULES, ids=lambda rule: rule.id)
def test_page_of_an_audit_rule_says_what_is_wrong_and_what_to_do(
    rule: AuditRule, tmp_path: Path
) -> None:
    ended = run_cli("explain", rule.id, cwd=tmp_path)
    assert ended.code == 0
    assert f"{rule.id} ({rule.severity.value})\n\n{rule.message}\n" in ended.text
    assert f"What to do: {rule.hint}\n" in ended.text


def test_name_of_a_rule_and_an_error_shows_both_pages(tmp_path: Path) -> None:
    ended = run_cli("explain", "content-as-path", "--format", "json", cwd=tmp_path)
    data = json.loads(ended.text)["data"]
    assert (data["code"], data["rule"]) == ("content-as-path", "content-as-path")
    assert "content-as-path (exit code 2)" in data["page"]
    assert "content-as-path (error)" in data["page"]


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("nats-tipo", "nats-typo"), ("no-responder", "no-responders"), ("ca-ignore", "ca-ignored")],
)
def test_unknown_name_exits_2_with_the_one_that_was_meant(
    slip: str, meant: str, tmp_path: Path
) -> None:
    ended = run_cli("explain", slip, cwd=tmp_path)
    assert ended.code == 2
    assert f"there is no rule or error code {slip}" in ended.stderr
    assert f"did you mean {meant}?" in ended.stderr


def test_list_names_every_rule_and_code(tmp_path: Path) -> None:
    ended = run_cli("explain", "--list", cwd=tmp_path)
    listed = {line.split()[0] for line in ended.text.splitlines() if line.startswith("  ")}
    rules = {rule.id for rule in RULES} | {rule.id for rule in AUDIT_RULES}
    assert listed == rules | {page.code for page in error_pages()}


@pytest.mark.parametrize("arguments", [(), ("syntax", "--list")])
def test_a_name_and_the_list_exclude_each_other(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = run_cli("explain", *arguments, cwd=tmp_path)
    assert (ended.code, ended.text) == (2, "")
    assert "--list" in ended.stderr


def test_json_holds_page_and_level_or_exit_code(tmp_path: Path) -> None:
    rule = json.loads(run_cli("explain", "bom", "--format", "json", cwd=tmp_path).text)["data"]
    assert (rule["rule"], rule["severity"]) == ("bom", "warning")
    assert rule["page"].startswith("bom (warning)")
    error = json.loads(run_cli("explain", "usage", "--format", "json", cwd=tmp_path).text)["data"]
    assert (error["code"], error["exit_code"]) == ("usage", 2)
    assert error["summary"] in error["page"]


def test_list_as_json_has_the_same_names(tmp_path: Path) -> None:
    ended = run_cli("explain", "--list", "--format", "json", cwd=tmp_path)
    data = json.loads(ended.text)["data"]
    assert [entry["rule"] for entry in data["rules"]] == [rule.id for rule in RULES]
    assert [entry["rule"] for entry in data["audit_rules"]] == [rule.id for rule in AUDIT_RULES]
    assert [entry["code"] for entry in data["errors"]] == [page.code for page in error_pages()]
