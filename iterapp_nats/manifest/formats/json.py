"""The formats for programs: one document, or one line for each file"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from iterapp_nats.manifest.findings import (
    Edit,
    Finding,
    Fix,
    Position,
    Span,
    render_key,
)
from iterapp_nats.manifest.severity import Severity

if TYPE_CHECKING:
    from iterapp_nats.manifest.check import CheckReport, FileReport

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"


def render_json(report: CheckReport) -> str:
    """Render `report_data` with two blanks of indentation and a line end"""
    import json

    return json.dumps(report_data(report), indent=2, ensure_ascii=False) + "\n"


def render_json_lines(report: CheckReport) -> str:
    """Render one object a line, one for each file"""
    import json

    return "".join(f"{json.dumps(file_data(f), ensure_ascii=False)}\n" for f in report.files)


def report_data(report: CheckReport) -> dict[str, JsonValue]:
    """Give the report as JSON values: summary and files, for the envelope of the command"""
    counts: dict[str, JsonValue] = {s.value: report.count(s) for s in Severity}
    files: list[JsonValue] = [file_data(file) for file in report.files]
    return {"summary": {"files": len(files), **counts}, "files": files}


def file_data(file: FileReport) -> dict[str, JsonValue]:
    """Give one file's report as JSON values"""
    return {
        "path": file.path,
        "verdict": file.verdict.value if file.verdict else None,
        "form": file.form.value if file.form else None,
        "applings": [{"name": a.name, "state": a.state.name.lower()} for a in file.applings],
        "findings": [_finding(finding) for finding in file.findings],
    }


def _finding(finding: Finding) -> JsonValue:
    related = finding.related
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        **_span(finding.span),
        "message": finding.message,
        "hint": finding.hint or None,
        "key": render_key(finding.key) or None,
        "related": {**_span(related.span), "message": related.message} if related else None,
        "fix": _fix(finding.fix) if finding.fix else None,
    }


def _fix(fix: Fix) -> JsonValue:
    edits: list[JsonValue] = [_edit(edit) for edit in fix.edits]
    return {"title": fix.title, "edits": edits if fix.is_public else None}


def _edit(edit: Edit) -> JsonValue:
    return {**_span(edit.span), "text": edit.text}


def _span(span: Span) -> dict[str, JsonValue]:
    return {"start": _position(span.start), "end": _position(span.end)}


def _position(position: Position) -> JsonValue:
    return {"line": position.line, "column": position.column}
