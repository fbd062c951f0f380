from __future__ import annotations

from iterapp_nats.delivery.causes import Event, EventKind
from tests.delivery.results import CUT, MS, result_of, soon


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
    result = result_of({"subscriber 1": soon(1, 2, 3, 7, 8, 9, 10)}, events=(CUT,))
    assert result.gaps[0].cause == "subscriber 1 was disconnected for 20.0 ms (Kicked)"
    assert result.gaps[0].cause in result.verdict


def test_count_of_the_server_stands_beside_our_own() -> None:
    assert result_of({"a": soon(1)}, sent=3, witnessed={1, 2}).server_counted == 2


def test_timeline_holds_every_message_once() -> None:
    result = result_of({"a": soon(*range(1, 11))})
    assert sum(result.timeline.published) == sum(result.timeline.received["a"]) == 10
