"""Messages that are acknowledged: every try of each of them, and what both sides know of it

Without an ack a sender cannot tell a lost message from a lost ack. The records of both sides can.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class TryOutcome(StrEnum):
    """What the sender knows of one try"""

    ACKED = "acked"
    TIMEOUT = "timeout"
    NO_RESPONDERS = "no responders"
    REFUSED = "refused"
    """The client had no connection, or the answer was a refusal"""


class Fate(StrEnum):
    """What became of a message in the end"""

    ONCE = "acked, came once"
    MORE_THAN_ONCE = "acked, came more than once"
    ACK_LOST = "came, but no ack did"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Try:
    """One try, numbered from 1 within its message"""

    number: int
    outcome: TryOutcome
    latency_ns: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """One try that came to a responder"""

    sequence: int
    number: int
    responder: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What would have been, had the sender given up after so many tries

    `unacked` is what the app would not have known about; of these `came` had come and `lost` had
    not. `duplicates` came again.
    """

    tries: int
    unacked: int
    came: int
    lost: int
    duplicates: int


def fates_of(
    tries: Mapping[int, Sequence[Try]], arrivals: Iterable[Arrival], *, is_settled: bool
) -> dict[int, Fate]:
    """Return what became of each message, by its sequence number

    `is_settled` says that nothing is under way to a responder any more.
    """
    times: dict[int, int] = {}
    for arrival in arrivals:
        times[arrival.sequence] = times.get(arrival.sequence, 0) + 1
    missing = Fate.LOST if is_settled else Fate.UNKNOWN
    fates = {}
    for sequence, own in tries.items():
        came = times.get(sequence, 0)
        if any(each.outcome is TryOutcome.ACKED for each in own):
            fates[sequence] = Fate.MORE_THAN_ONCE if came > 1 else Fate.ONCE
        else:
            fates[sequence] = Fate.ACK_LOST if came else missing
    return fates


def policy_rows(
    tries: Mapping[int, Sequence[Try]], arrivals: Iterable[Arrival]
) -> tuple[PolicyRow, ...]:
    """Return the effect of giving up earlier, for each number of tries that was needed"""
    came_on: dict[int, list[int]] = {}
    for arrival in arrivals:
        came_on.setdefault(arrival.sequence, []).append(arrival.number)
    most = max((len(own) for own in tries.values()), default=0)
    return tuple(_policy_row(tries, came_on, limit) for limit in range(1, most + 1))


def _policy_row(
    tries: Mapping[int, Sequence[Try]], came_on: Mapping[int, Sequence[int]], limit: int
) -> PolicyRow:
    unacked = came = duplicates = 0
    for sequence, own in tries.items():
        arrived = sum(number <= limit for number in came_on.get(sequence, ()))
        duplicates += max(0, arrived - 1)
        if any(each.outcome is TryOutcome.ACKED and each.number <= limit for each in own):
            continue
        unacked += 1
        came += bool(arrived)
    return PolicyRow(limit, unacked, came, unacked - came, duplicates)


@dataclass(frozen=True, slots=True)
class TimeoutSplit:
    """Of the tries that got no ack in time: how many had come, and how many were lost"""

    came: int
    lost: int


def split_timeouts(tries: Mapping[int, Sequence[Try]], arrivals: Iterable[Arrival]) -> TimeoutSplit:
    """Tell lost messages from lost or late acks, which the sender alone cannot"""
    there = {(arrival.sequence, arrival.number) for arrival in arrivals}
    silent = [
        (sequence, each.number)
        for sequence, own in tries.items()
        for each in own
        if each.outcome is TryOutcome.TIMEOUT
    ]
    came = sum(each in there for each in silent)
    return TimeoutSplit(came, len(silent) - came)
