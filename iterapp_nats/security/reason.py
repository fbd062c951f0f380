"""Why something does not work: a code for programs, a sentence for people, and what to do"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How bad it is"""

    WARNING = "warning"
    """It works here and now, and will not elsewhere or later"""
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause; `fixes` say what to do, the likeliest first"""

    code: str
    text: str
    fixes: tuple[str, ...] = ()
    weight: Weight = Weight.FAILURE


def warning(code: str, text: str, *fixes: str) -> Reason:
    """Return a reason that something will not work elsewhere or later"""
    return Reason(code, text, fixes, Weight.WARNING)


def failure(code: str, text: str, *fixes: str) -> Reason:
    """Return a reason why something does not work"""
    return Reason(code, text, fixes)
