"""The steps of `doctor` and what each of them found"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from iterapp_nats.security.reason import Reason, Weight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iterapp_nats.errors import IterappNatsError


class StepName(StrEnum):
    """In the order in which they are looked at"""

    MANIFEST = "manifest"
    VARIABLES = "variables"
    CREDENTIALS = "credentials"
    CA = "ca"
    DNS = "dns"
    TCP = "tcp"
    GREETING = "greeting"
    TLS = "tls"
    LOGIN = "login"
    ACCOUNT = "account"
    ROUND_TRIP = "round trip"
    LOCAL_SERVER = "local server"


class Verdict(StrEnum):
    """How a step went"""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step; `code` is that of its worst reason, or empty, `evidence` is what was seen"""

    step: StepName
    verdict: Verdict
    code: str
    evidence: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def is_passed(self) -> bool:
        """Whether what depends on this step can be looked at"""
        return self.verdict in {Verdict.OK, Verdict.WARNING}


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """All steps; `healthy` means that none has failed"""

    healthy: bool
    steps: tuple[StepResult, ...]


def judge_step(
    step: StepName, evidence: Iterable[str] = (), reasons: Iterable[Reason] = ()
) -> StepResult:
    """Return the result that follows from the reasons, the worst first"""
    ordered = tuple(sorted(reasons, key=lambda reason: reason.weight is not Weight.FAILURE))
    if not ordered:
        return StepResult(step, Verdict.OK, "", tuple(evidence))
    is_failed = ordered[0].weight is Weight.FAILURE
    verdict = Verdict.FAILED if is_failed else Verdict.WARNING
    return StepResult(step, verdict, ordered[0].code, tuple(evidence), ordered)


def skip_step(step: StepName, because: str, *evidence: str) -> StepResult:
    """Return the result of a step that cannot be looked at"""
    return StepResult(step, Verdict.SKIPPED, "", (because, *evidence))


def reason_of(error: IterappNatsError) -> Reason:
    """Return an error of another part as a reason"""
    return Reason(error.code, error.message, error.hints)
