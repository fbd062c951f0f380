"""The format of GitLab's code quality report"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.findings import Finding, render_key
from iterapp_nats.manifest.severity import Severity

if TYPE_CHECKING:
    from iterapp_nats.manifest.check import CheckReport
    from iterapp_nats.manifest.formats.json import JsonValue

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render_gitlab(report: CheckReport) -> str:
    """Render the array of issues; fingerprints stay the same when lines move"""
    import json

    seen: Counter[str] = Counter()
    issues: list[JsonValue] = []
    for file in report.files:
        for finding in file.findings:
            identity = "\0".join((finding.rule, file.path, render_key(finding.key)))
            issues.append(_issue(file.path, finding, _fingerprint(identity, seen[identity])))
            seen[identity] += 1
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _fingerprint(identity: str, occurrence: int) -> str:
    """Hash rule, path and key path; of equal ones each further one is told apart by its number"""
    from hashlib import sha256

    return sha256(f"{identity}\0{occurrence}".encode()).hexdigest()


def _issue(path: str, finding: Finding, fingerprint: str) -> JsonValue:
    start, end = finding.span.start, finding.span.end
    return {
        "description": finding.message,
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": path,
            "positions": {
                "begin": {"line": start.line, "column": start.column},
                "end": {"line": end.line, "column": end.column},
            },
            "lines": {"begin": start.line, "end": end.line},
        },
    }
