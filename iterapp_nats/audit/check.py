"""All rules over all files"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.audit.connecting import find_connect
from iterapp_nats.audit.findings import AuditFinding, AuditReport
from iterapp_nats.audit.missing import Surroundings, find_missing
from iterapp_nats.audit.profiles import PROFILES
from iterapp_nats.audit.suppression import silenced
from iterapp_nats.audit.wrong import find_wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from iterapp_nats.audit.code import SourceFile
    from iterapp_nats.audit.findings import Rule
    from iterapp_nats.audit.profiles import Profile


def audit(files: Iterable[SourceFile]) -> AuditReport:
    """Find the mistakes of every file that connects to NATS

    What an app must have somewhere, such as a drain, is looked for in all files of its language.
    """
    sources = tuple(files)
    calls = {file.path: call for file in sources if (call := find_connect(file)) is not None}
    findings = [
        finding
        for file in sources
        if file.path in calls
        for finding in _findings(file, calls, sources)
    ]
    findings.sort(
        key=lambda each: (each.path, each.line, each.column, each.severity.rank, each.rule)
    )
    return AuditReport(len(sources), tuple(calls), tuple(findings))


def _findings(
    file: SourceFile, calls: Mapping[str, int], sources: tuple[SourceFile, ...]
) -> Iterator[AuditFinding]:
    if file.tongue is None:
        return
    profile = PROFILES[file.tongue]
    around = _surroundings(file, profile, calls, sources)
    connect, ignored = calls[file.path], silenced(file)
    missing = find_missing(file, profile, around, connect)
    for rule, place in (*missing, *find_wrong(file, profile, around.app, connect)):
        finding = _finding(file, rule, place)
        if (rule.id, finding.line) not in ignored:
            yield finding


def _surroundings(
    file: SourceFile,
    profile: Profile,
    calls: Mapping[str, int],
    sources: tuple[SourceFile, ...],
) -> Surroundings:
    app = tuple(other for other in sources if other.tongue is file.tongue)
    beside = (
        other
        for other in app
        if other.path not in calls and (other.has(profile.library) or other.has(r"\bNATS_"))
    )
    return Surroundings(app, (file, *beside))


def _finding(file: SourceFile, rule: Rule, offset: int) -> AuditFinding:
    line, column = file.place(offset)
    return AuditFinding(rule.id, rule.severity, file.path, line, column, rule.message, rule.hint)
