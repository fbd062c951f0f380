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


def test_fates_of_all_messages_add_up() -> None:
    result = result_of({"a": soon(1, 2, 3, 7, 8)}, witnessed={1, 2, 3, 4, 5, 7, 8, 9, 10})
    tally = result.tally
    assert (tally.received, tally.lost_in, tally.lost_out) == (5, 1, 4)
    assert tally.received + tally.refused + tally.lost + tally.unknown == tally.published == 10
    assert [(gap.first, gap.last, gap.verdict) for gap in result.gaps] == [
        (4, 5, "lost on the way out"),
        (6, 6, "lost on the way in"),
        (9, 10, "lost on the way out"),
    ]


def test_message_is_received_when_everybody_has_it() -> None:
    everything = soon(*range(1, 11))
    result = result_of({"a": everything, "b": soon(1, 2)})
    assert result.tally.received == 2
    assert [each.tally.received for each in result.receivers] == [10, 2]


def test_queue_group_shares_the_messages() -> None:
    result = result_of({"a": soon(1, 3, 5), "b": soon(2, 4)}, sent=5, is_queue=True)
    assert [each.name for each in result.receivers] == ["the queue group"]
    assert result.tally.lost == 0
    assert result.timeline.received.keys() == {"a", "b"}


def test_lateness_of_the_machine_is_not_that_of_the_bus() -> None:
    stall = Event("the machine", EventKind.STALL, 10 * MS, 160 * MS)
    result = result_of({"a": {1: 150, 2: 1, 3: 300}}, sent=3, stalls=(stall,))
    assert (result.receivers[0].tally.late, result.receivers[0].late_by_machine) == (2, 1)
    assert result.notes[0].startswith("the machine, not the bus, was late: 1 message")


def test_gap_names_what_was_noticed_at_that_time() -> None:
    cut = Event("a", EventKind.DISCONNECTED, 40 * MS, 60 * MS, "Kicked")
    result = result_of({"a": soon(1, 2, 3, 7, 8, 9, 10)}, events=(cut,))
    assert result.gaps[0].cause == "a was disconnected for 20.0 ms (Kicked)"
    assert result.gaps[0].cause in result.verdict


def test_count_of_the_server_stands_beside_our_own() -> None:
    assert result_of({"a": soon(1)}, sent=3, witnessed={1, 2}).server_counted == 2


def test_timeline_holds_every_message_once() -> None:
    result = result_of({"a": soon(*range(1, 11))})
    assert sum(result.timeline.published) == sum(result.timeline.received["a"]) == 10
