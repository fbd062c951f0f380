"""Numbered messages: what was sent, what came, and what the numbers alone tell

A publisher counts its messages from 1. Its epoch rises when it starts counting anew: a restart,
or the end of the warm-up. Times are nanoseconds of one monotonic clock.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Origin:
    """One count from 1 upwards: a publisher, and which of its lives"""

    publisher: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Range:
    """Consecutive sequence numbers, both ends included"""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many numbers it holds"""
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))


def ranges_of(sequences: Iterable[int]) -> tuple[Range, ...]:
    """Return ascending sequence numbers as ranges that do not touch each other"""
    found: list[Range] = []
    for sequence in sequences:
        if found and found[-1].last + 1 == sequence:
            found[-1] = Range(found[-1].first, sequence)
        else:
            found.append(Range(sequence, sequence))
    return tuple(found)


HELD: Final = 0


class SentLog:
    """What one origin published, in order

    `session` is the connection that a message travels on, 0 while it waits in the client's buffer.
    """

    def __init__(self) -> None:
        self.sent_ns = array("q")
        self.sessions = array("l")
        self.refused: set[int] = set()

    def __len__(self) -> int:
        return len(self.sent_ns)

    def accepted(self, at_ns: int, session: int) -> None:
        """The next message was taken by the client"""
        self.sent_ns.append(at_ns)
        self.sessions.append(session)

    def refuse(self, at_ns: int, session: int) -> None:
        """The next message was refused: the app knows"""
        self.accepted(at_ns, session)
        self.refused.add(len(self))

    def hold_last(self, count: int) -> None:
        """The last `count` accepted messages have not left the client's buffer yet"""
        sequence = len(self)
        while count > 0 and sequence > 0:
            if sequence not in self.refused:
                self.sessions[sequence - 1] = HELD
                count -= 1
            sequence -= 1

    def send_held(self, session: int) -> None:
        """The buffer was sent on a connection that was made again"""
        for sequence in range(len(self), 0, -1):
            if self.sessions[sequence - 1] == HELD:
                self.sessions[sequence - 1] = session
            elif sequence not in self.refused:
                return

    def accepted_on(self, session: int) -> list[int]:
        """Return the sequence numbers that travelled on one connection"""
        return [
            sequence
            for sequence, own in enumerate(self.sessions, 1)
            if own == session and sequence not in self.refused
        ]


@dataclass(frozen=True, slots=True)
class Jump:
    """The order went backwards: `sequence` came first behind the higher `after`"""

    after: int
    sequence: int


class ReceivedLog:
    """What one receiver got of one origin

    `session` is the connection of the receiver that a message came by.
    """

    def __init__(self) -> None:
        self.first_ns = array("q")
        """When each sequence number came first, 0 when it did not"""
        self.sessions = array("l")
        self.repeats: dict[int, int] = {}
        """How often a sequence number came again"""
        self.jumps: list[Jump] = []
        self.reordered = 0
        """How many messages came behind a higher number"""
        self._highest = 0
        self._previous = 0

    def take(self, sequence: int, at_ns: int, session: int = 1) -> None:
        """Note an arrival"""
        if self.has(sequence):
            self.repeats[sequence] = self.repeats.get(sequence, 0) + 1
            return
        self._note_order(sequence)
        missing = sequence - len(self.first_ns)
        if missing > 0:
            self.first_ns.extend([0] * missing)
            self.sessions.extend([0] * missing)
        self.first_ns[sequence - 1] = at_ns
        self.sessions[sequence - 1] = session

    def has(self, sequence: int) -> bool:
        """Tell whether a message has come"""
        return sequence <= len(self.first_ns) and self.first_ns[sequence - 1] > 0

    def came_at_ns(self, sequence: int) -> int:
        """Return when a message came first, 0 when it did not"""
        return self.first_ns[sequence - 1] if sequence <= len(self.first_ns) else 0

    def session_of(self, sequence: int) -> int:
        """Return the connection that a message came by, 0 when it did not come"""
        return self.sessions[sequence - 1] if sequence <= len(self.sessions) else 0

    @property
    def received(self) -> int:
        """How many different messages came"""
        return len(self.first_ns) - self.first_ns.count(0)

    @property
    def duplicates(self) -> int:
        """How many arrivals were of a message that had come before"""
        return sum(self.repeats.values())

    @property
    def first(self) -> int | None:
        """The lowest sequence number that came"""
        return next(self.arrived(), None)

    @property
    def last(self) -> int | None:
        """The highest sequence number that came"""
        return self._highest or None

    @property
    def join_lag(self) -> int:
        """How many messages passed before the first that came: the subscription was not there yet

        It says something where the sender had begun after the subscription, as in a warm-up.
        """
        return (self.first or 1) - 1

    def gaps(self, until: int) -> tuple[Range, ...]:
        """Return what did not come of the sequence numbers 1 to `until`"""
        return ranges_of(number for number in range(1, until + 1) if not self.has(number))

    def arrived(self) -> Iterator[int]:
        """Return the sequence numbers that came, in ascending order"""
        return (sequence for sequence, at_ns in enumerate(self.first_ns, 1) if at_ns)

    def _note_order(self, sequence: int) -> None:
        if sequence < self._previous:
            self.jumps.append(Jump(self._previous, sequence))
        if sequence < self._highest:
            self.reordered += 1
        self._previous = sequence
        self._highest = max(self._highest, sequence)


def merge_logs(logs: Sequence[ReceivedLog]) -> ReceivedLog:
    """Return the logs of a queue group as one: a message belongs to any of its members

    Order is the matter of each member alone, so that the merged log knows of no jumps.
    """
    merged = ReceivedLog()
    arrivals = sorted(
        (log.came_at_ns(sequence), sequence, log.session_of(sequence))
        for log in logs
        for sequence in log.arrived()
    )
    for came_ns, sequence, session in arrivals:
        merged.take(sequence, came_ns, session)
    for log in logs:
        for sequence, count in log.repeats.items():
            merged.repeats[sequence] = merged.repeats.get(sequence, 0) + count
    merged.jumps, merged.reordered = [], 0
    return merged
