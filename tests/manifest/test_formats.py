from __future__ import annotations

import itertools
import json
from xml.etree import ElementTree as ET

import pytest
from pydantic_sarif.model import (  # type: ignore[import-untyped]
    StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog,
)

from iterapp_nats.manifest.check import CheckReport, check_all
from iterapp_nats.manifest.code import CodeUse
from iterapp_nats.manifest.formats import ReportFormat, render_report
from iterapp_nats.manifest.formats.github import render_step_summary
from iterapp_nats.manifest.rules import RULES
from iterapp_nats.manifest.source import CheckOptions, ManifestSource

TYPO = "emoji = '\U0001f680'\n[Nats]\n"


def report(*texts: str, strict: bool = False) -> CheckReport:
    sources = [
        ManifestSource(f"app{at}/iterapp.toml", text.encode()) for at, text in enumerate(texts)
    ]
    return check_all(sources, CheckOptions(strict=strict))


def render(report_format: ReportFormat, *texts: str) -> str:
    return render_report(report(*texts), report_format)


def test_text_shows_place_line_caret_and_verdict() -> None:
    assert render(ReportFormat.TEXT, TYPO) == (
        "app0/iterapp.toml:2:2: error[nats-typo]: Nats does not enable NATS\n"
        "    2 | [Nats]\n"
        "      |  ^^^^\n"
        "  hint: did you mean [nats]?\n"
        "app0/iterapp.toml: NATS is not enabled\n"
        "1 file checked, NATS enabled in 0: 1 error, 0 warnings, 0 notes\n"
    )


def test_text_without_snippets_has_one_line_for_each_finding() -> None:
    lines = render_report(report(TYPO), ReportFormat.TEXT, snippets=False).splitlines()
    assert [line for line in lines if "|" in line] == []


def test_text_of_a_clean_file_is_one_line() -> None:
    shown = render(ReportFormat.TEXT, "port = 80\n[nats]")
    assert shown == "app0/iterapp.toml: NATS is enabled (line 2)\n"


def test_text_has_colour_only_when_asked() -> None:
    assert "\x1b[1;31merror[nats-typo]\x1b[0m" in render_report(
        report(TYPO), ReportFormat.TEXT, colour=True
    )
    assert "\x1b" not in render(ReportFormat.TEXT, TYPO)


def test_caret_of_a_cut_line_is_as_wide_as_what_it_points_at() -> None:
    names = ", ".join(f"'appling{number}'" for number in range(20))
    lines = render_report(report(f"applings = [{names}, '../x']"), ReportFormat.TEXT).splitlines()
    snippet, caret = next(pair for pair in itertools.pairwise(lines) if "^" in pair[1])
    start = caret.index("^")
    assert snippet[start : start + caret.count("^")] == "'../x'"


def test_text_cuts_a_long_line_round_the_caret() -> None:
    text = f"emoji = '{'x' * 600}'\ndomains = ['{'y' * 300}', 3]\napplings = ['{'z' * 300}', 3]"
    lines = render(ReportFormat.TEXT, text).splitlines()
    snippet, caret = next(pair for pair in itertools.pairwise(lines) if "^" in pair[1])
    assert max(len(snippet), len(caret)) < 120
    assert snippet[caret.index("^")] == "3"
    assert "..." in snippet


def test_the_caret_stands_below_its_place_behind_wide_characters_and_tabs() -> None:
    lines = render(ReportFormat.TEXT, "applings = [\t'\U0001f680', '../a']").splitlines()
    caret = next(line for line in lines if "^" in line)
    # The rocket takes two columns of a terminal.
    assert caret.index("^") == lines[1].index("'../a'") + 1


def test_text_does_not_let_a_file_steer_the_terminal() -> None:
    use = CodeUse("a\x1b[2Jb/package.json", 1, "nats")
    source = ManifestSource("a\x1b[2Jb/iterapp.toml", b'["nats\\u001b[2J"]', code=(use,))
    assert "\x1b" not in render_report(check_all([source]), ReportFormat.TEXT)


def test_json_has_verdict_findings_and_fix() -> None:
    data = json.loads(render(ReportFormat.JSON, "[env.prod]\nA = 3", "[nats]"))
    assert data["summary"] == {"files": 2, "error": 1, "warning": 0, "note": 0}
    first, second = data["files"]
    assert (first["verdict"], second["verdict"], second["form"]) == (
        "not enabled",
        "enabled",
        "[nats]",
    )
    (finding,) = first["findings"]
    assert finding["start"] == {"line": 2, "column": 5}
    assert finding["key"] == "env.prod.A"
    assert [edit["text"] for edit in finding["fix"]["edits"]] == ['"', '"']


def test_json_lines_has_one_line_for_each_file() -> None:
    lines = render(ReportFormat.JSON_LINES, TYPO, "[nats]").splitlines()
    assert [json.loads(line)["path"] for line in lines] == [
        "app0/iterapp.toml",
        "app1/iterapp.toml",
    ]


def test_github_has_one_command_for_each_finding() -> None:
    first, closing = render(ReportFormat.GITHUB, TYPO).splitlines()
    assert first == (
        "::error title=nats-typo,file=app0/iterapp.toml,line=2,endLine=2,col=2,endColumn=6"
        "::Nats does not enable NATS (hint: did you mean [nats]?)"
    )
    assert closing == "files: 1, findings: 1"


def test_github_shows_errors_first_and_ten_of_each_level() -> None:
    lines = render(ReportFormat.GITHUB, *["nats.x = 1"] * 12, *["[Nats]"] * 12).splitlines()
    levels = [line.split(" ")[0] for line in lines[:-1]]
    assert levels == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[-1] == "files: 24, findings: 36, 6 not shown as annotations: see --format text"


def test_github_escapes_what_would_end_a_property_or_a_command() -> None:
    source = ManifestSource("a,b:c%\nd/iterapp.toml", b"[Nats]")
    shown = render_report(check_all([source]), ReportFormat.GITHUB)
    assert "file=a%2Cb%3Ac%25%0Ad/iterapp.toml," in shown


def test_the_step_summary_is_a_table_of_all_findings() -> None:
    assert render_step_summary(report("['a|b']", "[nats]\n[env.a]\nb = 1")).splitlines() == [
        "### iterapp-nats check",
        "",
        "2 files checked, NATS enabled in 1: 1 error, 0 warnings, 2 notes",
        "",
        "| file | NATS |",
        "| --- | --- |",
        "| app0/iterapp.toml | not enabled |",
        "| app1/iterapp.toml | enabled |",
        "",
        "| place | level | rule | message |",
        "| --- | --- | --- | --- |",
        (
            "| app1/iterapp.toml:3:5 | error | env-not-string "
            "| env.a.b is an integer, and a variable is a string |"
        ),
        '| app0/iterapp.toml:1:2 | note | unknown-key | "a\\|b" is not a known key |',
        "| app1/iterapp.toml:2:6 | note | unknown-key | env.a is not a known key |",
    ]


def test_the_step_summary_says_how_much_it_leaves_out() -> None:
    summary = render_step_summary(report(*["[Nats]"] * 900))
    assert summary.count("700 more: see the log") == 2
    assert len(summary) < 100_000


def fingerprints(*texts: str) -> list[str]:
    issues = json.loads(render(ReportFormat.GITLAB, *texts))
    return [issue["fingerprint"] for issue in issues]


def test_gitlab_fingerprints_stay_when_lines_move_and_differ_between_files() -> None:
    here = fingerprints("[env.prod]\nA = 1\nB = 2")
    assert here == fingerprints("# one\n# two\n[env.prod]\nB = 3\nA = 1")[::-1]
    assert len(set(fingerprints("[Nats]", "[Nats]", "applings = [1, 1]"))) == 4
    assert len(set(fingerprints("# [nats]\n# [nats]"))) == 2


def test_gitlab_names_the_place() -> None:
    (issue,) = json.loads(render(ReportFormat.GITLAB, TYPO))
    assert issue["location"]["lines"] == {"begin": 2, "end": 2}
    assert (issue["check_name"], issue["severity"]) == ("nats-typo", "major")


def test_junit_has_one_case_for_each_file_and_fails_by_the_threshold() -> None:
    texts = ("[nats]", "[Nats]", "[nats]\nx = '<&>'")
    sources = [*report(*texts).files, *check_all([ManifestSource("b", b"\xff")]).files]
    root = ET.fromstring(  # noqa: S314 - our own output
        render_report(check_all(sources), ReportFormat.JUNIT)
    )
    children = [[child.tag for child in case] for case in root.iter("testcase")]
    assert children == [[], ["failure"], ["system-out"], ["error"]]
    assert root.attrib | {"name": ""} == {
        "name": "",
        "tests": "4",
        "failures": "1",
        "errors": "1",
    }


def test_junit_is_well_formed_whatever_a_name_holds() -> None:
    source = ManifestSource('a\x00<"&\n/iterapp.toml', '["n<&\\u0007\U0001f680"]'.encode())
    ET.fromstring(  # noqa: S314 - our own output
        render_report(check_all([source]), ReportFormat.JUNIT)
    )


def test_sarif_fits_the_models_made_from_the_official_schema() -> None:
    texts = ("[Nats]", "[nats]\nport = 1", "[a]\n[a]", "\ufeffnats = {}", "[env.x]\nA = 3")
    log = json.loads(render(ReportFormat.SARIF, *texts))
    SarifLog.model_validate(log)
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    for result in run["results"]:
        assert RULES[result["ruleIndex"]].id == result["ruleId"]
    assert len([result for result in run["results"] if "fixes" in result]) == 3
    assert len([result for result in run["results"] if "relatedLocations" in result]) == 2


def test_sarif_writes_a_path_as_a_uri() -> None:
    source = ManifestSource("a b/\u00e6/iterapp.toml", b"[Nats]")
    log = json.loads(render_report(check_all([source]), ReportFormat.SARIF))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/%C3%A6/iterapp.toml"


@pytest.mark.parametrize("report_format", ReportFormat)
def test_every_format_renders_no_file_at_all(report_format: ReportFormat) -> None:
    assert render(report_format).endswith("\n") or report_format is ReportFormat.JSON_LINES
