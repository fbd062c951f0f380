"""Why messages are missing or late: losses beside what everybody noticed at that time"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.judgement import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iterapp_nats.delivery.judgement import Loss

_SLACK_NS: Final = 250_000_000
"""What is lost was published up to this long before the loss of a connection is noticed"""
SILENT: Final = "silent: nobody noticed anything"


class EventKind(StrEnum):
    """What somebody noticed"""

    DISCONNECTED = "disconnected"
    """A time without connection"""
    ENDED = "ended"
    """The connection is over for good"""
    LAME_DUCK = "lame duck"
    """The server told that it is going to stop"""
    SLOW_CONSUMER = "slow consumer"
    """The client dropped messages because the handler was too slow"""
    ERROR = "error"
    STALL = "stall"
    """The machine that the probe runs on gave it no time"""
    FAULT = "fault"
    """What was done on purpose"""


@dataclass(frozen=True, slots=True)
class Event:
    """Something noticed by `who`, from `began_ns` until `ended_ns`, None while it lasts"""

    who: str
    kind: EventKind
    began_ns: int
    ended_ns: int | None = None
    detail: str = ""

    @property
    def words(self) -> str:
        """The event as part of a sentence"""
        detail = f" ({self.detail})" if self.detail else ""
        if self.ended_ns is None:
            return f"{self.who} {_WORDS[self.kind]}{detail}"
        return f"{self.who} {_WORDS[self.kind]} for {length(self.ended_ns - self.began_ns)}{detail}"

    def touches(self, from_ns: int, until_ns: int) -> bool:
        """Tell whether it happened at a time, give or take a moment"""
        has_begun = self.began_ns <= until_ns + _SLACK_NS
        return has_begun and (self.ended_ns is None or self.ended_ns >= from_ns - _SLACK_NS)


_WORDS: Final = {
    EventKind.DISCONNECTED: "was disconnected",
    EventKind.ENDED: "was closed for good",
    EventKind.LAME_DUCK: "was told that the server is going to stop",
    EventKind.SLOW_CONSUMER: "was too slow and dropped messages",
    EventKind.ERROR: "met an error",
    EventKind.STALL: "stood still",
    EventKind.FAULT: "was done on purpose",
}
_LOSING: Final = (
    EventKind.SLOW_CONSUMER,
    EventKind.DISCONNECTED,
    EventKind.ENDED,
    EventKind.ERROR,
    EventKind.LAME_DUCK,
)


def find_cause(
    loss: Loss, events: Iterable[Event], *, publisher: str, receivers: Sequence[str]
) -> str:
    """Return why messages are missing at the receivers, as far as anybody noticed"""
    guilty = [*receivers, publisher]
    if loss.verdict in (Verdict.LOST_IN, Verdict.REFUSED):
        guilty = [publisher]
    at_the_time = [event for event in events if event.touches(loss.from_ns, loss.until_ns)]
    found = [
        event
        for who in guilty
        for kind in _LOSING
        for event in at_the_time
        if event.who == who and event.kind is kind
    ]
    return found[0].words if found else SILENT


def stalled_ns(sent_ns: int, came_ns: int, stalls: Iterable[Event]) -> int:
    """Return how long the probe's own machine stood still while a message was under way"""
    return sum(
        max(0, min(came_ns, stall.ended_ns or stall.began_ns) - max(sent_ns, stall.began_ns))
        for stall in stalls
    )


def length(ns: int) -> str:
    """Return a time as people read it"""
    seconds = ns / 1e9
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < _SHORT_S else f"{seconds * 1000:.0f} ms"


_SHORT_S: Final = 0.1
