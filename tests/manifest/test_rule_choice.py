"""Which rules run, their pages, and comments that silence them"""

from __future__ import annotations

import pytest

from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.manifest.check import check_all, unreadable_file
from iterapp_nats.manifest.document import MAX_MANIFEST_BYTES
from iterapp_nats.manifest.rules import RULES, find_rule
from iterapp_nats.manifest.severity import Severity
from iterapp_nats.manifest.source import CheckOptions, ManifestSource
from tests.manifest.checking import findings, rules, told


def test_select_and_ignore_choose_the_rules() -> None:
    text = "nats.x = 1"
    assert rules(text, CheckOptions(select=frozenset({"nats-style"}))) == ["nats-style"]
    assert rules(text, CheckOptions(ignore=frozenset({"nats-style"}))) == ["nats-unknown-key"]


def test_invalid_toml_cannot_be_ignored() -> None:
    options = CheckOptions(ignore=frozenset({"syntax"}), select=frozenset({"bom"}))
    assert rules("a", options) == ["syntax"]


def test_an_unknown_rule_is_named_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="there is no rule nats-typ") as caught:
        findings("", CheckOptions(ignore=frozenset({"nats-typ"})))
    assert (caught.value.code, caught.value.hints) == ("unknown-rule", ("did you mean nats-typo?",))


def test_every_rule_has_a_page() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert find_rule(rule.id) is rule
        assert not rule.summary.endswith(".")
        first, *rest = rule.explanation.splitlines()
        assert first == rule.summary
        assert rest[0] == ""
        assert rest[1][0] != " "
    assert find_rule("nats") is None


@pytest.mark.parametrize(
    "text",
    [
        "[Nats] # iterapp-nats: ignore[nats-typo]",
        "# iterapp-nats: ignore[nats-typo]\n[Nats]",
        "# iterapp-nats: ignore[nats-typo]\n\n# why\n[Nats]",
        "#iterapp-nats:ignore[ nats-typo ]\r\n[Nats]",
        "[nats]\n# iterapp-nats: ignore[nats-swallow]\nport = 1",
        "# iterapp-nats: ignore[nats-style, nats-unknown-key]\nnats.x = 1",
    ],
)
def test_a_comment_on_the_line_or_above_it_silences_the_rule(text: str) -> None:
    assert findings(text) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[nats] # iterapp-nats: ignore[nats-typo]", "nats-typo has nothing to say in line 1"),
        ("[nats]\n# iterapp-nats: ignore[bom]", "bom has nothing to say in line 2"),
        ("# iterapp-nats: ignore[nope]\n[nats]", "there is no rule nope to ignore"),
    ],
)
def test_a_comment_that_silences_nothing_is_reported(text: str, message: str) -> None:
    assert told(text) == [("unused-ignore", message)]


def test_a_comment_does_not_silence_other_lines_or_rules() -> None:
    text = "# iterapp-nats: ignore[nats-style]\nport = 1\n[Nats]"
    assert rules(text) == ["unused-ignore", "nats-typo"]


def test_a_comment_behind_a_statement_does_not_silence_the_next_line() -> None:
    text = "nats.x = 1 # iterapp-nats: ignore[nats-style, nats-unknown-key]\nnats.y = 1"
    assert [finding.span.start.line for finding in findings(text)] == [2]


def test_a_comment_for_a_rule_that_does_not_run_is_not_called_unused() -> None:
    text = "[nats] # iterapp-nats: ignore[nats-style]"
    assert rules(text, CheckOptions(ignore=frozenset({"nats-style"}))) == []


def test_a_string_that_reads_like_the_comment_silences_nothing() -> None:
    assert rules("emoji = '# iterapp-nats: ignore[nats-typo]'\n[Nats]") == ["nats-typo"]


GOOD = ManifestSource("good/iterapp.toml", b"[nats]")
NOTED = ManifestSource("noted/iterapp.toml", b"nats = {}")
WARNED = ManifestSource("warned/iterapp.toml", b"[nats]\nx = 1")
WRONG = ManifestSource("wrong/iterapp.toml", b"[Nats]")
BINARY = ManifestSource("binary/iterapp.toml", b"\xff\xfe")
MISSING = unreadable_file("missing/iterapp.toml", InputError("not-found", "no such file"))


@pytest.mark.parametrize(
    ("sources", "options", "exit_code"),
    [
        ([GOOD, NOTED, WARNED], CheckOptions(), ExitCode.OK),
        ([GOOD, WRONG], CheckOptions(), ExitCode.FINDINGS),
        ([WARNED], CheckOptions(strict=True), ExitCode.FINDINGS),
        ([NOTED], CheckOptions(strict=True), ExitCode.OK),
        ([NOTED], CheckOptions(fail_on=Severity.NOTE), ExitCode.FINDINGS),
        ([WARNED], CheckOptions(strict=True, fail_on=Severity.ERROR), ExitCode.OK),
        ([WRONG, BINARY], CheckOptions(), ExitCode.INPUT),
        ([WRONG, MISSING], CheckOptions(), ExitCode.INPUT),
    ],
)
def test_the_exit_code_follows_from_the_worst_finding(
    sources: list[ManifestSource], options: CheckOptions, exit_code: ExitCode
) -> None:
    assert check_all(sources, options).exit_code is exit_code


def test_a_file_that_is_too_large_has_no_verdict() -> None:
    report = check_all([ManifestSource("iterapp.toml", b"#" * (MAX_MANIFEST_BYTES + 1))])
    assert report.exit_code is ExitCode.INPUT
    assert "has 131073 bytes" in report.files[0].findings[0].message
