"""Files that nobody writes on purpose: a verdict, a finding or an input error, and soon"""

from __future__ import annotations

import pytest

from iterapp_nats.errors import ExitCode
from iterapp_nats.manifest.check import CheckReport, check_all
from iterapp_nats.manifest.document import MAX_MANIFEST_BYTES
from iterapp_nats.manifest.formats import ReportFormat, render_report
from iterapp_nats.manifest.source import ManifestSource

ROOM = MAX_MANIFEST_BYTES - 100


def check(content: bytes) -> CheckReport:
    return check_all([ManifestSource("iterapp.toml", content)])


def only_message(content: bytes) -> tuple[ExitCode, str, str]:
    report = check(content)
    (finding,) = report.files[0].findings
    return report.exit_code, finding.rule, finding.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"#" * 10_000_000, "iterapp.toml has 10000000 bytes, more than 131072"),
        (b"[nats]\n\xff", "iterapp.toml is not UTF-8: byte 0xff in line 2"),
        ("[nats]".encode("utf-16"), "iterapp.toml is not UTF-8: byte 0xff in line 1"),
        (
            b"a = 1\n[" + b"b." * 200 + b"b]",
            "iterapp.toml has a key of more than 100 parts in line 2",
        ),
    ],
)
def test_a_file_that_cannot_be_read_has_no_verdict(content: bytes, message: str) -> None:
    assert only_message(content) == (ExitCode.INPUT, "input", message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = " + b"[" * 500 + b"]" * 500, "invalid TOML: nested too deep"),
        (b"[nats]\n\0", "the invisible character U+0000 cannot stand here"),
        (b"[nats]\rport = 80", "a line ends with a carriage return alone"),
        (b"\xef\xbb\xbf\xef\xbb\xbf[nats]", "the invisible character U+FEFF cannot stand here"),
    ],
)
def test_a_file_that_no_parser_takes_is_a_finding(content: bytes, message: str) -> None:
    report = check(content)
    assert report.exit_code is ExitCode.FINDINGS
    assert ("syntax", message) in {(f.rule, f.message) for f in report.files[0].findings}


@pytest.mark.parametrize("key", ["." * 3_000, "a.b " * 300, "1.5," * 500])
def test_dots_in_a_value_are_no_endless_key(key: str) -> None:
    assert check(f"emoji = '{key}'\n[nats]\n".encode()).exit_code is ExitCode.OK


@pytest.mark.parametrize(
    "unit",
    [
        "[nats]\n",
        "# [nats]\n",
        "a{}.nats = {{}}\n",
        "nats{} = 1\n",
        "[[static]]\n",
        "[env.p{}]\nA = 1 # iterapp-nats: ignore[env-not-string]\n",
        "# iterapp-nats: ignore[bom]\n",
        "[env.p{}]\nNATS_URL = [1, 2]\n",
        "a{} = ['b', 'c']\r\n",
        "a = 1\r",
        " ",
        "\n",
        "=",
        "[",
        "{{a=",
        '"',
        "'",
        "\\",
        "a",
        "a b ",
        "a. b.c ",
        "a.",
        "a . ",
        "'a'.",
        "\u201c",
        "\U0001f680",
    ],
)
def test_a_full_size_file_of_one_thing_is_done_soon(unit: str) -> None:
    texts = ["", "[env.prod]\nA = [", 'a = """', "# " + "." * 200 + "\n"]
    for start in texts:
        count = (ROOM - len(start)) // len(unit.format(10_000).encode())
        text = start + "".join(unit.format(number) for number in range(count))
        report = check(text.encode())
        for report_format in (ReportFormat.TEXT, ReportFormat.JUNIT, ReportFormat.SARIF):
            assert render_report(report, report_format)


def test_a_full_size_line_with_a_finding_is_shown_soon_and_short() -> None:
    content = b"[env.prod]\nA = [" + b"1," * (ROOM // 2) + b"]"
    shown = render_report(check(content), ReportFormat.TEXT)
    assert max(map(len, shown.splitlines())) < 200
