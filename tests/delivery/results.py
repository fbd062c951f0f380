"""Made-up runs: what was sent and what came is known"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.delivery.causes import Event, EventKind
from iterapp_nats.delivery.conclude import conclude
from iterapp_nats.delivery.judgement import Passage, Witness
from iterapp_nats.delivery.records import DeliveryRecords, MachineRecord, ReceiverRecord
from iterapp_nats.delivery.result import ClientOptions, Conditions
from iterapp_nats.delivery.sequences import ReceivedLog, SentLog

if TYPE_CHECKING:
    from iterapp_nats.delivery.result import DeliveryResult

MS = 1_000_000
LATE_MS = 100
CUT = Event("subscriber 1", EventKind.DISCONNECTED, 40 * MS, 60 * MS, "Kicked")
_OPTIONS = ClientOptions(0.1, 0, 20, 2)
CONDITIONS = Conditions(
    url="nats://127.0.0.1:4222",
    server="nats-server 2.15.1",
    client="nats-py 2.16.0",
    tool="iterapp-nats 0.1.0",
    python="Python 3.11",
    machine="Linux, 2 cores",
    rate_per_s=100,
    size_bytes=64,
    planned_s=0.1,
    subscribers=1,
    queue="",
    late_ms=LATE_MS,
    publisher_options=_OPTIONS,
    subscriber_options=_OPTIONS,
)


def result_of(
    arrivals: dict[str, dict[int, int]],
    *,
    sent: int = 10,
    witnessed: set[int] | None = None,
    events: tuple[Event, ...] = (),
    stalls: tuple[Event, ...] = (),
    is_queue: bool = False,
) -> DeliveryResult:
    """`sent` messages, 10 ms apart; `arrivals` says of each receiver what came after how many ms"""
    log = SentLog()
    for number in range(1, sent + 1):
        log.accepted(number * 10 * MS, session=1)
    seen = set(range(1, sent + 1)) if witnessed is None else witnessed
    return conclude(
        DeliveryRecords(
            sent=log,
            receivers=tuple(
                ReceiverRecord(name, received(after), is_settled=True)
                for name, after in arrivals.items()
            ),
            witness=Witness(received(dict.fromkeys(sorted(seen), 1)), 1, {1: 1}),
            passages={1: Passage(counted=len(seen), is_over=True)},
            events=events,
            refusals={},
            machine=MachineRecord(stalls),
            began_ns=10 * MS,
            ended_ns=1000 * MS,
            late_ns=LATE_MS * MS,
            is_queue=is_queue,
        ),
        CONDITIONS,
    )


def received(after_ms: dict[int, int]) -> ReceivedLog:
    log = ReceivedLog()
    for number, latency_ms in after_ms.items():
        log.take(number, number * 10 * MS + latency_ms * MS)
    return log


def soon(*numbers: int) -> dict[int, int]:
    return dict.fromkeys(numbers, 1)
