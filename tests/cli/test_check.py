from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path


def test_enabled_exits_0(project: Path) -> None:
    ended = run_cli("check", cwd=project)
    assert ended.code == 0
    assert "iterapp.toml: NATS is enabled" in ended.text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", 0),
        ("port = 80\n", 0),
        ("nats = true\n", 1),
        ("[nats]\n[nats]\n", 1),
        ("[Nats]\n", 1),
    ],
)
def test_verdict_is_the_exit_code(content: str, code: int, project: Path) -> None:
    (project / "iterapp.toml").write_text(content)
    assert run_cli("check", cwd=project).code == code


def test_require_nats_makes_its_absence_a_finding(project: Path) -> None:
    (project / "iterapp.toml").write_text("port = 80\n")
    ended = run_cli("check", "--require-nats", cwd=project)
    assert ended.code == 1
    assert "nats-missing" in ended.text


def test_missing_file_exits_2(tmp_path: Path) -> None:
    ended = run_cli("check", "nowhere.toml", cwd=tmp_path)
    assert ended.code == 2
    assert "nowhere.toml" in ended.text + ended.stderr


def test_empty_folder_exits_2_and_names_it(tmp_path: Path) -> None:
    ended = run_cli("check", cwd=tmp_path)
    assert ended.code == 2
    assert str(tmp_path) in ended.stderr


def test_stdin_is_checked_under_its_name(tmp_path: Path) -> None:
    ended = run_cli(
        "check", "-", "--stdin-filename", "app/iterapp.toml", cwd=tmp_path, stdin=b"nats = 1\n"
    )
    assert ended.code == 1
    assert "app/iterapp.toml:1:" in ended.text


def test_not_utf8_exits_2(project: Path) -> None:
    (project / "iterapp.toml").write_bytes(b"\xff\xfe[nats]\n")
    assert run_cli("check", cwd=project).code == 2


def test_json_names_verdict_and_applings(project: Path) -> None:
    (project / "iterapp.toml").write_text('applings = ["api"]\n[nats]\n')
    (project / "api").mkdir()
    (project / "api" / "iterapp.toml").write_text("[nats]\n")
    ended = run_cli("check", "iterapp.toml", "--format", "json", cwd=project)
    text = json.dumps(ended.json)
    assert '"enabled"' in text
    assert '"api"' in text


def test_unknown_rule_exits_2(project: Path) -> None:
    ended = run_cli("check", "--ignore", "no-such-rule", cwd=project)
    assert ended.code == 2
    assert "no-such-rule" in ended.stderr


def test_in_github_actions_findings_are_annotations(project: Path) -> None:
    (project / "iterapp.toml").write_text("nats = 1\n")
    ended = run_cli("check", cwd=project, environ={"GITHUB_ACTIONS": "true"})
    assert ended.text.startswith("::error ")


FIXABLE = b"\xef\xbb\xbfnats = {}\nport = 80\n"


def test_fix_writes_what_is_safe_and_reports_what_is_left(project: Path) -> None:
    path = project / "iterapp.toml"
    path.write_bytes(FIXABLE + b'applings = ["web"]\n')
    ended = run_cli("check", "--fix", cwd=project)
    assert ended.code == 1
    assert path.read_bytes().startswith(b"port = 80\n")
    assert b"\n[nats]\n" in path.read_bytes()
    assert "iterapp.toml: fixed bom in line 1: " in ended.stderr
    assert "[bom]" not in ended.text
    assert "error[appling-missing]" in ended.text


def test_fix_of_a_clean_file_does_not_touch_it(project: Path) -> None:
    before = (project / "iterapp.toml").stat().st_mtime_ns
    ended = run_cli("check", "--fix", cwd=project)
    assert (ended.code, ended.stderr) == (0, "")
    assert (project / "iterapp.toml").stat().st_mtime_ns == before


def test_fix_of_stdin_exits_2(project: Path) -> None:
    ended = run_cli("check", "--fix", "-", cwd=project, stdin=FIXABLE)
    assert ended.code == 2
    assert "--diff" in ended.stderr


def test_diff_shows_what_fix_would_do_and_exits_1(project: Path) -> None:
    path = project / "iterapp.toml"
    path.write_bytes(FIXABLE)
    ended = run_cli("check", "--diff", cwd=project)
    assert ended.code == 1
    assert "-<U+FEFF>nats = {}" in ended.text.splitlines()
    assert path.read_bytes() == FIXABLE


def test_diff_of_a_clean_file_is_empty_and_exits_0(project: Path) -> None:
    ended = run_cli("check", "--diff", cwd=project)
    assert (ended.code, ended.text) == (0, "")


def test_diff_of_an_unreadable_file_exits_2(project: Path) -> None:
    (project / "iterapp.toml").write_bytes(FIXABLE)
    ended = run_cli("check", "--diff", "nowhere.toml", "iterapp.toml", cwd=project)
    assert ended.code == 2
    assert "nowhere.toml" in ended.stderr
    assert "-<U+FEFF>nats = {}" in ended.text


def test_schema_is_printed_without_a_project(tmp_path: Path) -> None:
    ended = run_cli("check", "--schema", cwd=tmp_path)
    assert ended.code == 0
    assert "nats" in ended.json["properties"]


def test_output_file_holds_the_report_and_stderr_the_summary(project: Path) -> None:
    (project / "iterapp.toml").write_text("nats = 1\n")
    ended = run_cli("check", "--format", "sarif", "--output-file", "out.sarif", cwd=project)
    assert (ended.code, ended.stdout) == (1, b"")
    assert json.loads((project / "out.sarif").read_text())["version"] == "2.1.0"
    assert "1 file checked" in ended.stderr


def test_output_file_in_a_missing_folder_exits_2(project: Path) -> None:
    ended = run_cli("check", "--output-file", "no/out.txt", cwd=project)
    assert ended.code == 2
    assert "error[file-unwritable]" in ended.stderr


def test_step_summary_is_added_behind_that_of_other_steps(project: Path) -> None:
    page = project / "page.md"
    page.write_text("# Build\n")
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}
    run_cli("check", cwd=project, environ=environ)
    assert page.read_text().startswith("# Build\n### iterapp-nats check\n")
    run_cli("check", "--format", "text", cwd=project, environ=environ)
    assert page.read_text().count("### ") == 1


def test_step_summary_that_cannot_be_written_leaves_the_verdict(project: Path) -> None:
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(project)}
    ended = run_cli("check", cwd=project, environ=environ)
    assert ended.code == 0
    assert "warning: cannot write" in ended.stderr
