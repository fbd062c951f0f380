"""From the records of a run to its result"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.causes import find_cause, stalled_ns
from iterapp_nats.delivery.events import event_results, seconds_since
from iterapp_nats.delivery.judgement import (
    ARRIVED,
    Verdict,
    count_verdicts,
    judge,
    judge_sight,
    losses_of,
)
from iterapp_nats.delivery.latency import histogram, summarize
from iterapp_nats.delivery.records import ReceiverRecord
from iterapp_nats.delivery.result import (
    DeliveryResult,
    GapResult,
    ReceiverResult,
    Tally,
    Timeline,
)
from iterapp_nats.delivery.sequences import merge_logs
from iterapp_nats.delivery.words import notes_of, verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iterapp_nats.delivery.judgement import Loss
    from iterapp_nats.delivery.records import DeliveryRecords
    from iterapp_nats.delivery.result import Conditions
    from iterapp_nats.delivery.sequences import ReceivedLog

_SLICES: Final = 120
_MIN_SLICE_S: Final = 0.02
_WORST_FIRST: Final = (
    Verdict.LOST_IN,
    Verdict.LOST_OUT,
    Verdict.UNKNOWN,
    Verdict.REFUSED,
    Verdict.DUPLICATE,
    Verdict.LATE,
    Verdict.IN_TIME,
)


def conclude(records: DeliveryRecords, conditions: Conditions) -> DeliveryResult:
    """Judge every message for every receiver"""
    judged = _judge_all(records)
    receivers = tuple(_receiver_result(records, record, verdicts) for record, verdicts in judged)
    worst = _worst([verdicts for _, verdicts in judged])
    tally = _tally(worst, [record.log for record, _ in judged], records)
    machine = records.machine.result
    gaps = tuple(gap for record, verdicts in judged for gap in _gaps(records, record, verdicts))
    return DeliveryResult(
        verdict=verdict_words(tally, gaps),
        conditions=conditions,
        tally=tally,
        duration_s=(records.ended_ns - records.began_ns) / 1e9,
        server_counted=_server_counted(records),
        receivers=receivers,
        gaps=gaps,
        events=event_results((*records.events, *records.machine.stalls), records.began_ns),
        refusals=dict(records.refusals),
        machine=machine,
        timeline=_timeline(records),
        notes=tuple(notes_of(tally, receivers, machine)),
    )


def _judge_all(records: DeliveryRecords) -> list[tuple[ReceiverRecord, list[Verdict]]]:
    logs = [record.log for record in records.receivers]
    sights = judge_sight(records.sent, logs, records.witness, records.passages)
    receivers = [_group(records)] if records.is_queue else list(records.receivers)
    return [
        (
            record,
            judge(
                records.sent,
                sights,
                record.log,
                is_settled=record.is_settled,
                late_after_ns=records.late_ns,
            ),
        )
        for record in receivers
    ]


def _group(records: DeliveryRecords) -> ReceiverRecord:
    """Return a queue group as one receiver: any of its members may get a message"""
    members = records.receivers
    return ReceiverRecord(
        "the queue group",
        merge_logs([member.log for member in members]),
        all(member.is_settled for member in members),
        merge_logs([member.warm_up for member in members]),
        sum(member.queued for member in members),
        members,
    )


def _worst(judged: Sequence[list[Verdict]]) -> list[Verdict]:
    rank = {verdict: place for place, verdict in enumerate(_WORST_FIRST)}
    return [min(verdicts, key=rank.__getitem__) for verdicts in zip(*judged, strict=True)]


def _tally(
    verdicts: Sequence[Verdict], logs: Sequence[ReceivedLog], records: DeliveryRecords
) -> Tally:
    counts = count_verdicts(verdicts)
    late_ns, sent_ns = records.late_ns, records.sent.sent_ns
    late = sum(
        1
        for sequence, verdict in enumerate(verdicts, 1)
        if verdict in ARRIVED
        and any(log.came_at_ns(sequence) - sent_ns[sequence - 1] > late_ns for log in logs)
    )
    return Tally(
        published=len(verdicts),
        received=sum(counts[verdict] for verdict in ARRIVED),
        refused=counts[Verdict.REFUSED],
        lost_in=counts[Verdict.LOST_IN],
        lost_out=counts[Verdict.LOST_OUT],
        unknown=counts[Verdict.UNKNOWN],
        late=late,
        duplicates=sum(log.duplicates for log in logs),
    )


def _receiver_result(
    records: DeliveryRecords, record: ReceiverRecord, verdicts: Sequence[Verdict]
) -> ReceiverResult:
    log, sent_ns = record.log, records.sent.sent_ns
    latencies = [came_ns - sent_ns[place] for place, came_ns in enumerate(log.first_ns) if came_ns]
    tally = _tally(verdicts, [log], records)
    return ReceiverResult(
        name=record.name,
        tally=tally,
        arrivals=tally.received + log.duplicates,
        late_by_machine=_late_by_machine(records, log),
        reordered=log.reordered,
        jumps=len(log.jumps),
        longest_jump=max((jump.after - jump.sequence for jump in log.jumps), default=0),
        first=log.first,
        last=log.last,
        join_lag=record.warm_up.join_lag,
        queued=record.queued,
        is_settled=record.is_settled,
        latency=summarize(latencies),
        histogram=histogram(latencies),
        members={member.name: member.log.received for member in record.members},
    )


def _late_by_machine(records: DeliveryRecords, log: ReceivedLog) -> int:
    sent_ns, stalls = records.sent.sent_ns, records.machine.stalls
    return sum(
        1
        for place, came_ns in enumerate(log.first_ns)
        if 0
        <= came_ns - sent_ns[place] - stalled_ns(sent_ns[place], came_ns, stalls)
        <= records.late_ns
        < came_ns - sent_ns[place]
    )


def _gaps(
    records: DeliveryRecords, record: ReceiverRecord, verdicts: Sequence[Verdict]
) -> Iterable[GapResult]:
    names = [receiver.name for receiver in records.receivers] if records.is_queue else [record.name]
    for loss in losses_of(records.sent, verdicts):
        yield GapResult(
            receiver=record.name,
            first=loss.numbers.first,
            last=loss.numbers.last,
            count=loss.numbers.count,
            verdict=str(loss.verdict),
            from_s=seconds_since(records.began_ns, loss.from_ns),
            until_s=seconds_since(records.began_ns, loss.until_ns),
            cause=_waiting(record, loss)
            or find_cause(loss, records.events, publisher=records.publisher, receivers=names),
        )


def _waiting(record: ReceiverRecord, loss: Loss) -> str:
    if loss.verdict is not Verdict.UNKNOWN or not record.queued:
        return ""
    return f"{record.queued:,} messages wait for the handler of {record.name}"


def _server_counted(records: DeliveryRecords) -> int | None:
    sessions = {session for session in records.sent.sessions if session}
    counts = [
        passage.counted
        for session in sessions
        if (passage := records.passages.get(session)) and passage.counted is not None
    ]
    return sum(counts) if len(counts) == len(sessions) else None


def _timeline(records: DeliveryRecords) -> Timeline:
    whole_s = max((records.ended_ns - records.began_ns) / 1e9, _MIN_SLICE_S)
    # Slices of the publisher's rhythm: others would show waves that are not there.
    step_s = max(_MIN_SLICE_S, round(whole_s / _SLICES / _MIN_SLICE_S) * _MIN_SLICE_S)
    slices = int(whole_s / step_s) + 1
    sent = records.sent

    def spread(times_ns: Iterable[int]) -> tuple[int, ...]:
        counts = [0] * slices
        for at_ns in times_ns:
            place = int((at_ns - records.began_ns) / 1e9 / step_s)
            counts[min(max(place, 0), slices - 1)] += 1
        return tuple(counts)

    refused = (sent.sent_ns[sequence - 1] for sequence in sorted(sent.refused))
    return Timeline(
        step_s=step_s,
        published=spread(sent.sent_ns),
        refused=spread(refused),
        received={
            record.name: spread(at_ns for at_ns in record.log.first_ns if at_ns)
            for record in records.receivers
        },
    )
