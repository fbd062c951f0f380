"""The format that GitHub Actions shows beside the lines of a pull request

GitHub keeps ten errors, ten warnings and ten notices of a step and drops the rest without a word,
so the worst come first and one more line says how many were left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.findings import Finding, Severity

if TYPE_CHECKING:
    from iterapp_nats.manifest.check import CheckReport

_LIMIT: Final = 10
_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(report: CheckReport) -> str:
    """Render workflow commands, errors first, at most ten of each level, and a closing line"""
    found = [(file.path, finding) for file in report.files for finding in file.findings]
    lines: list[str] = []
    left_out = 0
    for severity in Severity:
        of_level = [(path, finding) for path, finding in found if finding.severity is severity]
        lines += [_command(path, finding) for path, finding in of_level[:_LIMIT]]
        left_out += len(of_level[_LIMIT:])
    closing = f"{len(report.files)} checked, {len(found)} findings"
    if left_out:
        closing += f", {left_out} not shown as annotations: see --format text"
    return "".join(f"{line}\n" for line in [*lines, closing])


def _command(path: str, finding: Finding) -> str:
    properties = [f"title={_escape_property(finding.rule)}", f"file={_escape_property(path)}"]
    start, end = finding.span.start, finding.span.end
    properties.append(f"line={start.line}")
    # Columns of a finding over several lines would be read as columns of its first line.
    if start.line == end.line:
        properties += [f"endLine={end.line}", f"col={start.column}", f"endColumn={end.column}"]
    message = finding.message + (f" (hint: {finding.hint})" if finding.hint else "")
    return f"::{_COMMANDS[finding.severity]} {','.join(properties)}::{_escape(message)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def render_step_summary(report: CheckReport) -> str:
    """Render the table for the file that GITHUB_STEP_SUMMARY names, in Markdown"""
    lines = ["| place | level | rule | message |", "| --- | --- | --- | --- |"]
    for file in report.files:
        for finding in file.findings:
            start = finding.span.start
            place = f"{file.path}:{start.line}:{start.column}"
            cells = (place, finding.severity.value, finding.rule, finding.message)
            lines.append(f"| {' | '.join(_escape_cell(cell) for cell in cells)} |")
    return "".join(f"{line}\n" for line in lines)


def _escape_cell(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
