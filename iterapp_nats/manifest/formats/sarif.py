"""SARIF 2.1.0, the format of code scanning services"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats import __version__
from iterapp_nats.manifest.findings import Finding, Fix, Related, Span, render_key
from iterapp_nats.manifest.rules import RULES

if TYPE_CHECKING:
    from iterapp_nats.manifest.check import CheckReport
    from iterapp_nats.manifest.formats.json import JsonValue
    from iterapp_nats.manifest.rules.frame import Rule

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_INDEXES: Final = {rule.id: index for index, rule in enumerate(RULES)}


def render_sarif(report: CheckReport) -> str:
    """Render one run with all rules; columns are counted in code points, and the run says so"""
    import json

    results: list[JsonValue] = [
        _result(file.path, finding) for file in report.files for finding in file.findings
    ]
    rules: list[JsonValue] = [_rule(rule) for rule in RULES]
    run: JsonValue = {
        "tool": {"driver": {"name": "iterapp-nats", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not report.has_unreadable_files}],
        "results": results,
    }
    log: JsonValue = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> JsonValue:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": f"iterapp-nats explain {rule.id}"},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(path: str, finding: Finding) -> JsonValue:
    result: dict[str, JsonValue] = {
        "ruleId": finding.rule,
        "ruleIndex": _INDEXES[finding.rule],
        "level": finding.severity.value,
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _place(path, finding.span)}],
        "partialFingerprints": {"key/v1": f"{finding.rule}:{path}:{render_key(finding.key)}"},
    }
    if finding.related:
        result["relatedLocations"] = [_related(path, finding.related)]
    if finding.fix and finding.fix.edits and finding.fix.is_public:
        result["fixes"] = [_fix(path, finding.fix)]
    return result


def _message(finding: Finding) -> str:
    return finding.message + (f" ({finding.hint})" if finding.hint else "")


def _related(path: str, related: Related) -> JsonValue:
    return {
        "message": {"text": related.message},
        "physicalLocation": _place(path, related.span),
    }


def _fix(path: str, fix: Fix) -> JsonValue:
    replacements: list[JsonValue] = [
        {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    change: JsonValue = {"artifactLocation": _artifact(path), "replacements": replacements}
    return {"description": {"text": fix.title}, "artifactChanges": [change]}


def _place(path: str, span: Span) -> JsonValue:
    return {"artifactLocation": _artifact(path), "region": _region(span)}


def _artifact(path: str) -> JsonValue:
    return {"uri": _uri(path)}


def _uri(path: str) -> str:
    """Write a path as a relative URI: everything but the unreserved characters in percent form"""
    return "".join(
        character
        if character.isascii() and (character.isalnum() or character in "-._~/")
        else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
        for character in path
    )


def _region(span: Span) -> JsonValue:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }
