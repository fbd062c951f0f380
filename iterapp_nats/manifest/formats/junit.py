"""The JUnit format: one test case for each file, so that the clean ones are seen as passed"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.manifest.check import CheckReport, FileReport
    from iterapp_nats.manifest.findings import Finding

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;"}
)


def render_junit(report: CheckReport) -> str:
    """Render one suite

    A file fails by the threshold of the report; one without a verdict is an error.
    """
    failures = sum(file.verdict is not None and report.fails(file) for file in report.files)
    errors = sum(file.verdict is None for file in report.files)
    counts = f'tests="{len(report.files)}" failures="{failures}" errors="{errors}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="iterapp-nats check" {counts}>',
        f'  <testsuite name="iterapp-nats check" {counts}>',
        *(line for file in report.files for line in _case(report, file)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _case(report: CheckReport, file: FileReport) -> list[str]:
    path = _escape(file.path)
    opening = f'    <testcase name="{path}" classname="iterapp-nats.check" file="{path}"'
    if not file.findings:
        return [f"{opening}/>"]
    details = "\n".join(_escape(_line(file.path, finding)) for finding in file.findings)
    return [f"{opening}>", f"      {_body(report, file, details)}", "    </testcase>"]


def _body(report: CheckReport, file: FileReport, details: str) -> str:
    """Put the findings into a failure, an error, or beside a test that passed"""
    if file.verdict is not None and not report.fails(file):
        return f"<system-out>{details}</system-out>"
    element = "error" if file.verdict is None else "failure"
    worst = min(file.findings, key=lambda finding: finding.severity.rank)
    message, rule = _escape(worst.message), _escape(worst.rule)
    return f'<{element} message="{message}" type="{rule}">{details}</{element}>'


def _line(path: str, finding: Finding) -> str:
    start = finding.span.start
    level = f"{finding.severity.value}[{finding.rule}]"
    return f"{path}:{start.line}:{start.column}: {level}: {finding.message}"


def _escape(text: str) -> str:
    """Escape for XML 1.0, which has no place for most control characters"""
    allowed = "".join(
        character if character.isprintable() or character in "\t\n\r" else "\ufffd"
        for character in text
    )
    return allowed.translate(_ESCAPES)
