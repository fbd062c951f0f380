"""What the audit found, and where"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.manifest.severity import Severity


class AuditFormat(Enum):
    """The formats of `connect audit --format`"""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@dataclass(frozen=True, slots=True)
class Rule:
    """A known mistake: what is wrong, what comes of it, and what to do"""

    id: str
    severity: Severity
    message: str
    hint: str

    @property
    def page(self) -> str:
        """The page of the rule: what is wrong, what to do, how to silence it"""
        return (
            f"{self.id} ({self.severity.value})\n\n{self.message}\n\nWhat to do: {self.hint}\n\n"
            "Found by iterapp-nats connect audit. A comment on the line or above it silences the\n"
            f"rule: iterapp-nats: ignore[{self.id}]"
        )


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One mistake at its place, line and column from 1"""

    rule: str
    severity: Severity
    path: str
    line: int
    column: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`files` is how many were looked at, `connecting` are those that connect to NATS"""

    files: int
    connecting: tuple[str, ...]
    findings: tuple[AuditFinding, ...]


def render_text(report: AuditReport) -> str:
    """Render a line per finding with its hint, and a closing line"""
    lines = []
    for found in report.findings:
        place = f"{found.path}:{found.line}:{found.column}"
        lines.append(f"{place}: {found.severity.value}[{found.rule}]: {found.message}")
        lines.append(f"  hint: {found.hint}")
    return "".join(f"{line}\n" for line in [*lines, summary(report)])


def summary(report: AuditReport) -> str:
    """Return the closing line"""
    found = len(report.findings)
    connecting = len(report.connecting)
    return (
        f"{report.files} {_plural(report.files, 'file')} looked at, {connecting} "
        f"{'connects' if connecting == 1 else 'connect'} to NATS: "
        f"{found} {_plural(found, 'finding')}"
    )


def render_github(report: AuditReport) -> str:
    """Render workflow commands, which GitHub Actions shows beside the lines"""
    commands = {"error": "error", "warning": "warning", "note": "notice"}
    lines = [
        f"::{commands[found.severity.value]} title={found.rule},file={_property(found.path)},"
        f"line={found.line},col={found.column}::{_escape(f'{found.message} (hint: {found.hint})')}"
        for found in by_severity(report.findings)
    ]
    return "".join(f"{line}\n" for line in [*lines, summary(report)])


def by_severity(findings: Sequence[AuditFinding]) -> list[AuditFinding]:
    """Put the worst first: GitHub shows ten of each level and drops the rest"""
    return sorted(findings, key=lambda found: found.severity.rank)


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
