from __future__ import annotations

import pytest

from iterapp_nats.delivery.causes import SILENT, Event, EventKind, find_cause, length, stalled_ns
from iterapp_nats.delivery.judgement import Loss, Verdict
from iterapp_nats.delivery.sequences import Range

SECOND_NS = 1_000_000_000
SUBSCRIBER_CUT = Event(
    "subscriber 1", EventKind.DISCONNECTED, 10 * SECOND_NS, 12 * SECOND_NS, "Kicked"
)
PUBLISHER_CUT = Event("the publisher", EventKind.DISCONNECTED, 10 * SECOND_NS)


def loss(verdict: Verdict, from_s: float = 10.0, until_s: float = 11.0) -> Loss:
    return Loss(Range(1, 2), verdict, int(from_s * SECOND_NS), int(until_s * SECOND_NS))


def cause(lost: Loss, *events: Event) -> str:
    return find_cause(lost, events, publisher="the publisher", receivers=["subscriber 1"])


def test_cause_is_what_the_losing_side_noticed() -> None:
    both = (PUBLISHER_CUT, SUBSCRIBER_CUT)
    assert cause(loss(Verdict.LOST_IN), *both) == "the publisher was disconnected"
    assert (
        cause(loss(Verdict.LOST_OUT), *both) == "subscriber 1 was disconnected for 2.00 s (Kicked)"
    )


def test_loss_on_the_way_in_is_never_the_subscribers_fault() -> None:
    assert cause(loss(Verdict.LOST_IN), SUBSCRIBER_CUT) == SILENT


@pytest.mark.parametrize(
    ("from_s", "until_s", "is_near"),
    [(8.0, 9.5, False), (8.0, 9.8, True), (12.2, 13.0, True), (12.3, 13.0, False)],
)
def test_cause_lies_close_to_the_loss(from_s: float, until_s: float, is_near: bool) -> None:
    found = cause(loss(Verdict.LOST_OUT, from_s, until_s), SUBSCRIBER_CUT)
    assert (found != SILENT) == is_near


def test_loss_that_nobody_noticed_is_silent() -> None:
    assert cause(loss(Verdict.LOST_OUT)) == SILENT


def test_only_the_time_that_a_message_was_under_way_counts_as_stalled() -> None:
    stalls = [
        Event("the machine", EventKind.STALL, 100, 200),
        Event("the machine", EventKind.STALL, 300, 400),
    ]
    assert stalled_ns(150, 350, stalls) == 100
    assert stalled_ns(210, 290, stalls) == 0


@pytest.mark.parametrize(
    ("ns", "words"), [(2_040_000_000, "2.04 s"), (21_400_000, "21.4 ms"), (310_000_000, "310 ms")]
)
def test_length_reads_well(ns: int, words: str) -> None:
    assert length(ns) == words
