"""The format that GitHub Actions shows beside the lines of a pull request

GitHub keeps ten errors, ten warnings and ten notices of a step and drops the rest without a word,
so the worst come first and one more line says how many were left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.formats.text import summary
from iterapp_nats.manifest.severity import Severity

if TYPE_CHECKING:
    from iterapp_nats.manifest.check import CheckReport, FileReport
    from iterapp_nats.manifest.findings import Finding

_LIMIT: Final = 10
_MAX_ROWS: Final = 200
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
    closing = f"files: {len(report.files)}, findings: {len(found)}"
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
    """Render verdicts and findings for the file that GITHUB_STEP_SUMMARY names, in Markdown

    The file may have 1 MiB for all steps together, so each table ends after two hundred rows.
    """
    found = sorted(
        ((file.path, finding) for file in report.files for finding in file.findings),
        key=lambda place: place[1].severity.rank,
    )
    lines = ["### iterapp-nats check", "", summary(report), ""]
    lines += _table(("file", "NATS"), [(file.path, _verdict(file)) for file in report.files])
    if found:
        lines += ["", *_table(("place", "level", "rule", "message"), [_row(*row) for row in found])]
    return "".join(f"{line}\n" for line in lines)


def _verdict(file: FileReport) -> str:
    return file.verdict.value if file.verdict else "not readable"


def _row(path: str, finding: Finding) -> tuple[str, ...]:
    start = finding.span.start
    place = f"{path}:{start.line}:{start.column}"
    return place, finding.severity.value, finding.rule, finding.message


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    cells = [head, tuple("---" for _ in head), *rows[:_MAX_ROWS]]
    lines = [f"| {' | '.join(_escape_cell(cell) for cell in row)} |" for row in cells]
    left_out = len(rows) - _MAX_ROWS
    return [*lines, "", f"{left_out} more: see the log"] if left_out > 0 else lines


def _escape_cell(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
