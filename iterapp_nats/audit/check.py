"""All rules over all files"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.audit.findings import AuditFinding, AuditReport
from iterapp_nats.audit.missing import Surroundings, find_missing
from iterapp_nats.audit.profiles import PROFILES
from iterapp_nats.audit.wrong import find_wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iterapp_nats.audit.code import SourceFile
    from iterapp_nats.audit.findings import Rule
    from iterapp_nats.audit.profiles import Profile

_IGNORE: Final = "iterapp-nats: ignore[{}]"


def audit(files: Iterable[SourceFile]) -> AuditReport:
    """Find the mistakes of every file that connects to NATS

    What an app must have somewhere, such as a drain, is looked for in all files of its language.
    """
    sources = tuple(files)
    connecting = [file for file in sources if _connects(file)]
    findings = [finding for file in connecting for finding in _findings(file, sources)]
    findings.sort(
        key=lambda each: (each.path, each.line, each.column, each.severity.rank, each.rule)
    )
    return AuditReport(len(sources), tuple(file.path for file in connecting), tuple(findings))


def _connects(file: SourceFile) -> bool:
    profile = PROFILES.get(file.tongue) if file.tongue else None
    return profile is not None and file.has(profile.library) and file.has(profile.connect)


def _findings(file: SourceFile, sources: tuple[SourceFile, ...]) -> Iterator[AuditFinding]:
    if file.tongue is None:
        return
    profile = PROFILES[file.tongue]
    around = _surroundings(file, profile, sources)
    call = file.find(profile.connect)
    offset = call.start() if call else 0
    missing = find_missing(file, profile, around, offset)
    for rule, place in (*missing, *find_wrong(file, profile, around.app)):
        finding = _finding(file, rule, place)
        if _IGNORE.format(rule.id) not in file.line_text(finding.line):
            yield finding


def _surroundings(
    file: SourceFile, profile: Profile, sources: tuple[SourceFile, ...]
) -> Surroundings:
    app = tuple(other for other in sources if other.tongue is file.tongue)
    beside = (
        other
        for other in app
        if not _connects(other) and (other.has(profile.library) or other.has(r"\bNATS_"))
    )
    return Surroundings(app, (file, *beside))


def _finding(file: SourceFile, rule: Rule, offset: int) -> AuditFinding:
    line, column = file.place(offset)
    return AuditFinding(rule.id, rule.severity, file.path, line, column, rule.message, rule.hint)
