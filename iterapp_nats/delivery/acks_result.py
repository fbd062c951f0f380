"""What an acks probe has found out, from the records of both sides"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.delivery.acknowledgements import (
    Fate,
    TryOutcome,
    fates_of,
    policy_rows,
    split_timeouts,
)
from iterapp_nats.delivery.events import event_results
from iterapp_nats.delivery.latency import histogram, summarize
from iterapp_nats.delivery.sequences import ReceivedLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iterapp_nats.delivery.acknowledgements import Arrival, PolicyRow, Try
    from iterapp_nats.delivery.causes import Event
    from iterapp_nats.delivery.latency import Bar, Latency
    from iterapp_nats.delivery.records import MachineRecord
    from iterapp_nats.delivery.result import Conditions, EventResult, MachineResult


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a message is sent until it is acked

    The pause before the next try begins with `pause_s` and doubles up to `longest_pause_s`.
    """

    tries: int = 8
    timeout_s: float = 1.0
    pause_s: float = 0.1
    longest_pause_s: float = 2.0

    def pause_after_s(self, number: int) -> float:
        """Return how long to wait behind a try, which are numbered from 1"""
        doubled: float = self.pause_s * 2 ** (number - 1)
        return min(self.longest_pause_s, doubled)


@dataclass(frozen=True, slots=True)
class AcksRecords:
    """What both sides have noted; times are of one monotonic clock

    `processed_twice` messages were handled again although each responder drops the ids it knows.
    """

    tries: Mapping[int, Sequence[Try]]
    arrivals: Sequence[Arrival]
    processed_twice: int
    is_settled: bool
    events: Sequence[Event]
    machine: MachineRecord
    began_ns: int
    ended_ns: int


@dataclass(frozen=True, slots=True)
class AcksResult:
    """The outcome of one run; a message is counted in one of the first five numbers

    `acked_once` and `acked_again` were acknowledged, and came once or more often. `ack_lost` came
    without the sender ever knowing. `duplicates` arrivals were dropped by their message id, but for
    the `processed_twice` that went to a responder which did not know it.
    """

    verdict: str
    conditions: Conditions
    policy: RetryPolicy
    sent: int
    acked_once: int
    acked_again: int
    ack_lost: int
    lost: int
    unknown: int
    retried: int
    tries: dict[str, int]
    timeouts_that_came: int
    timeouts_lost: int
    duplicates: int
    processed_twice: int
    reordered: int
    latency: Latency | None
    histogram: tuple[Bar, ...]
    by_tries: tuple[PolicyRow, ...]
    responders: dict[str, int]
    duration_s: float
    events: tuple[EventResult, ...]
    machine: MachineResult
    notes: tuple[str, ...] = ()

    @property
    def unsure(self) -> int:
        """How many messages are lost, or not known to have come"""
        return self.ack_lost + self.lost + self.unknown


def conclude_acks(records: AcksRecords, conditions: Conditions, policy: RetryPolicy) -> AcksResult:
    """Judge every message by what both sides noted"""
    fates = Counter(
        fates_of(records.tries, records.arrivals, is_settled=records.is_settled).values()
    )
    outcomes = Counter(one.outcome for own in records.tries.values() for one in own)
    acked_ns = [
        one.latency_ns
        for own in records.tries.values()
        for one in own
        if one.outcome is TryOutcome.ACKED
    ]
    split = split_timeouts(records.tries, records.arrivals)
    order = _order(records)
    return AcksResult(
        verdict=_verdict(fates),
        conditions=conditions,
        policy=policy,
        sent=len(records.tries),
        acked_once=fates[Fate.ONCE],
        acked_again=fates[Fate.MORE_THAN_ONCE],
        ack_lost=fates[Fate.ACK_LOST],
        lost=fates[Fate.LOST],
        unknown=fates[Fate.UNKNOWN],
        retried=sum(len(own) > 1 for own in records.tries.values()),
        tries={str(outcome): outcomes[outcome] for outcome in TryOutcome},
        timeouts_that_came=split.came,
        timeouts_lost=split.lost,
        duplicates=order.duplicates,
        processed_twice=records.processed_twice,
        reordered=order.reordered,
        latency=summarize(acked_ns),
        histogram=histogram(acked_ns),
        by_tries=policy_rows(records.tries, records.arrivals),
        responders=dict(Counter(arrival.responder for arrival in records.arrivals)),
        duration_s=(records.ended_ns - records.began_ns) / 1e9,
        events=event_results((*records.events, *records.machine.stalls), records.began_ns),
        machine=records.machine.result,
        notes=_notes(records),
    )


def _order(records: AcksRecords) -> ReceivedLog:
    log = ReceivedLog()
    for arrival in sorted(records.arrivals, key=lambda one: one.at_ns):
        log.take(arrival.sequence, arrival.at_ns)
    return log


def _verdict(fates: Counter[Fate]) -> str:
    sent = fates.total()
    missing = [
        f"{fates[fate]:,} {words}"
        for fate, words in (
            (Fate.LOST, "lost"),
            (Fate.ACK_LOST, "came without an ack"),
            (Fate.UNKNOWN, "unknown"),
        )
        if fates[fate]
    ]
    again = fates[Fate.MORE_THAN_ONCE]
    duplicates = f", {again:,} of them came more than once" if again else ""
    if missing:
        return f"of {sent:,} messages {', '.join(missing)}{duplicates}"
    return f"at least once: all {sent:,} messages were acknowledged{duplicates}"


def _notes(records: AcksRecords) -> tuple[str, ...]:
    notes = []
    if not records.is_settled:
        notes.append("a responder was not reachable at the end: more may be on its way to it")
    if records.processed_twice:
        notes.append(
            f"{records.processed_twice:,} messages were processed twice: a responder that drops"
            " the ids it knows does not know those of the others, so keep ids where all can look"
        )
    return tuple(notes)
