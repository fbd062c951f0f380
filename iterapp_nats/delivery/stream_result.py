"""What a probe of a stream has found out: stored, acked, delivered at least once, and the price"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.acknowledgements import TryOutcome
from iterapp_nats.delivery.events import event_results
from iterapp_nats.delivery.latency import histogram, summarize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from iterapp_nats.delivery.acknowledgements import Try
    from iterapp_nats.delivery.acks_result import RetryPolicy
    from iterapp_nats.delivery.causes import Event
    from iterapp_nats.delivery.latency import Bar, Latency
    from iterapp_nats.delivery.records import MachineRecord
    from iterapp_nats.delivery.result import Conditions, EventResult, MachineResult
    from iterapp_nats.delivery.sequences import ReceivedLog

DURABILITY: Final = (
    "An ack says that the server has the message, and that killing the server (kill -9) does not"
    " lose it: the operating system still writes it. Power loss is something else: by default the"
    " server syncs its files every two minutes (sync_interval), and a lost disk needs replicas."
)


@dataclass(frozen=True, slots=True)
class ConsumerRecord:
    """What one subscriber got from its consumer; `redelivered` messages came by a later try"""

    name: str
    log: ReceivedLog
    redelivered: int
    is_settled: bool


@dataclass(frozen=True, slots=True)
class StreamRecords:
    """What was noted; `rejected` tries were duplicates that the stream knew by their id

    `stored` is how many messages the stream holds in the end, None when it did not say.
    `round_trip_ns` is what a message to the server and back takes without any stream.
    """

    tries: Mapping[int, Sequence[Try]]
    sent_ns: Mapping[int, int]
    consumers: Sequence[ConsumerRecord]
    rejected: int
    stored: int | None
    round_trip_ns: int
    events: Sequence[Event]
    machine: MachineRecord
    began_ns: int
    ended_ns: int
    is_left_behind: bool = False


@dataclass(frozen=True, slots=True)
class ConsumerResult:
    """What one subscriber got; `missing` were acked to the publisher and did not come"""

    name: str
    received: int
    missing: int
    duplicates: int
    redelivered: int
    is_settled: bool
    latency: Latency | None
    histogram: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class StreamResult:
    """The outcome of one run; latencies in milliseconds

    `price_ms` is what the median ack takes beyond a round trip to the server.
    """

    verdict: str
    conditions: Conditions
    policy: RetryPolicy
    sent: int
    acked: int
    unacked: int
    retried: int
    tries: dict[str, int]
    rejected: int
    stored: int | None
    lost: int
    unknown: int
    ack_latency: Latency | None
    ack_histogram: tuple[Bar, ...]
    round_trip_ms: float
    price_ms: float | None
    consumers: tuple[ConsumerResult, ...]
    duration_s: float
    events: tuple[EventResult, ...]
    machine: MachineResult
    notes: tuple[str, ...]


def conclude_stream(
    records: StreamRecords, conditions: Conditions, policy: RetryPolicy
) -> StreamResult:
    """Compare what was acked with what came"""
    acked = {
        sequence: own[-1].latency_ns
        for sequence, own in records.tries.items()
        if own and own[-1].outcome is TryOutcome.ACKED
    }
    consumers = tuple(_consumer(record, acked, records) for record in records.consumers)
    lost = sum(one.missing for one in consumers if one.is_settled)
    unknown = sum(one.missing for one in consumers if not one.is_settled)
    latency = summarize(acked.values())
    outcomes = [one.outcome for own in records.tries.values() for one in own]
    round_trip_ms = records.round_trip_ns / 1e6
    unacked = len(records.tries) - len(acked)
    return StreamResult(
        verdict=_verdict(len(acked), unacked, lost, unknown),
        conditions=conditions,
        policy=policy,
        sent=len(records.tries),
        acked=len(acked),
        unacked=unacked,
        retried=sum(len(own) > 1 for own in records.tries.values()),
        tries={str(outcome): outcomes.count(outcome) for outcome in TryOutcome},
        rejected=records.rejected,
        stored=records.stored,
        lost=lost,
        unknown=unknown,
        ack_latency=latency,
        ack_histogram=histogram(acked.values()),
        round_trip_ms=round_trip_ms,
        price_ms=latency.p50_ms - round_trip_ms if latency else None,
        consumers=consumers,
        duration_s=(records.ended_ns - records.began_ns) / 1e9,
        events=event_results((*records.events, *records.machine.stalls), records.began_ns),
        machine=records.machine.result,
        notes=tuple(_notes(records, unacked)),
    )


def _consumer(
    record: ConsumerRecord, acked: Mapping[int, int], records: StreamRecords
) -> ConsumerResult:
    log = record.log
    latencies = [
        log.came_at_ns(sequence) - sent_ns
        for sequence, sent_ns in records.sent_ns.items()
        if log.has(sequence)
    ]
    return ConsumerResult(
        name=record.name,
        received=log.received,
        missing=sum(not log.has(sequence) for sequence in acked),
        duplicates=log.duplicates,
        redelivered=record.redelivered,
        is_settled=record.is_settled,
        latency=summarize(latencies),
        histogram=histogram(latencies),
    )


def _verdict(acked: int, unacked: int, lost: int, unknown: int) -> str:
    parts = [
        f"{count:,} {words}"
        for count, words in (
            (lost, "acked and lost"),
            (unknown, "acked and not seen yet: unknown"),
            (unacked, "never acked: the publisher knows"),
        )
        if count
    ]
    if lost or unknown:
        return f"of {acked + unacked:,} messages {', '.join(parts)}"
    rest = f", {parts[0]}" if parts else ""
    return f"at least once: all {acked:,} acked messages were received{rest}"


def _notes(records: StreamRecords, unacked: int) -> Iterator[str]:
    if records.stored is not None:
        beyond = records.stored - (len(records.tries) - unacked)
        if beyond > 0:
            yield f"{beyond:,} messages are stored although no ack came: the ack was lost"
    if records.is_left_behind:
        yield "the stream of this probe could not be removed; it empties itself after an hour"
    yield DURABILITY
