from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iterapp_nats.delivery.judgement import (
    ARRIVED,
    Passage,
    Sight,
    Verdict,
    Witness,
    count_verdicts,
    judge,
    judge_sight,
    losses_of,
)
from iterapp_nats.delivery.sequences import Range, ReceivedLog, SentLog
from tests.delivery.world import STEPS, play

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.delivery.world import World

    Steps = list[str | tuple[str, bool]]

LATE_NS = 100


def sent_log(count: int, session: int = 1) -> SentLog:
    sent = SentLog()
    for number in range(1, count + 1):
        sent.accepted(number * 10, session)
    return sent


def log_of(sequences: Iterable[int], session: int = 1) -> ReceivedLog:
    log = ReceivedLog()
    for sequence in sequences:
        log.take(sequence, sequence * 10 + 1, session)
    return log


def sights_of(world: World, *, counts: bool, tells: bool) -> list[Sight]:
    passages = world.passages(server_counts=counts, server_tells=tells)
    return judge_sight(world.sent, [world.receiver], world.witness_record, passages)


@settings(max_examples=500)
@given(STEPS, st.booleans(), st.booleans())
def test_nothing_is_claimed_that_is_not_so(steps: Steps, counts: bool, tells: bool) -> None:
    world = play(steps)
    for number, sight in enumerate(sights_of(world, counts=counts, tells=tells), 1):
        if sight is Sight.SEEN:
            assert number in world.seen
        if sight is Sight.NOT_SEEN:
            assert number not in world.seen
            assert number not in world.under_way


@settings(max_examples=300)
@given(STEPS, st.booleans())
def test_a_witness_that_was_always_there_can_tell_everything(steps: Steps, counts: bool) -> None:
    world = play([step for step in steps if step != "witness breaks"])
    sights = sights_of(world, counts=counts, tells=True)
    over = {
        number
        for session, passage in world.passages(server_counts=True, server_tells=True).items()
        for number in world.sent.accepted_on(session)
        if passage.is_over
    }
    for number in over:
        assert sights[number - 1] is (Sight.SEEN if number in world.seen else Sight.NOT_SEEN)


@given(STEPS, st.booleans())
def test_every_message_gets_one_verdict(steps: Steps, settled: bool) -> None:
    world = play(steps)
    sights = sights_of(world, counts=True, tells=True)
    verdicts = judge(world.sent, sights, world.receiver, is_settled=settled, late_after_ns=LATE_NS)
    assert sum(count_verdicts(verdicts).values()) == len(world.sent)
    for number, verdict in enumerate(verdicts, 1):
        assert (verdict in ARRIVED) == world.receiver.has(number)
        if not settled:
            assert verdict is not Verdict.LOST_OUT


def test_nobody_is_asked_where_a_message_went_without_a_witness() -> None:
    sights = judge_sight(sent_log(3), [log_of([1, 3])], None, {})
    assert sights == [Sight.SEEN, Sight.UNTOLD, Sight.SEEN]


def test_witness_that_came_back_meanwhile_tells_nothing_of_before() -> None:
    log = log_of([1])
    log.take(4, 41, session=2)
    sights = judge_sight(sent_log(4), [], Witness(log, 2), {1: Passage(is_over=True)})
    assert sights == [Sight.SEEN, Sight.UNTOLD, Sight.UNTOLD, Sight.SEEN]


def test_what_is_missing_between_two_of_a_burst_was_not_seen() -> None:
    log = ReceivedLog()
    log.take(1, 500, session=2)
    log.take(3, 501, session=2)
    assert judge_sight(sent_log(3), [], Witness(log, None), {})[1] is Sight.NOT_SEEN


def test_end_of_a_connection_that_may_still_bring_something_stays_open() -> None:
    witness = Witness(log_of([1]), last_session=1)
    assert judge_sight(sent_log(2), [], witness, {})[1] is Sight.UNTOLD
    assert judge_sight(sent_log(2), [], witness, {1: Passage(is_over=False)})[1] is Sight.UNTOLD
    assert judge_sight(sent_log(2), [], witness, {1: Passage(is_over=True)})[1] is Sight.NOT_SEEN


@pytest.mark.parametrize(
    ("passage", "sight"),
    [
        (Passage(counted=3), Sight.SEEN),
        (Passage(counted=1, is_over=True), Sight.NOT_SEEN),
        (Passage(counted=1, is_over=False), Sight.UNTOLD),
        (Passage(counted=2, is_over=True), Sight.UNTOLD),
        (Passage(is_over=True), Sight.UNTOLD),
    ],
)
def test_count_of_the_server_tells_where_it_is_all_or_nothing(
    passage: Passage, sight: Sight
) -> None:
    assert judge_sight(sent_log(3), [log_of([1])], None, {1: passage})[2] is sight


@pytest.mark.parametrize(
    ("came_ns", "times", "verdict"),
    [
        (110, 1, Verdict.IN_TIME),
        (111, 1, Verdict.LATE),
        (20, 2, Verdict.DUPLICATE),
    ],
)
def test_what_came_is_in_time_late_or_there_twice(
    came_ns: int, times: int, verdict: Verdict
) -> None:
    log = ReceivedLog()
    for _ in range(times):
        log.take(1, came_ns)
    assert judge(sent_log(1), [Sight.SEEN], log, is_settled=True, late_after_ns=LATE_NS) == [
        verdict
    ]


def test_refused_message_is_not_lost() -> None:
    sent = sent_log(1)
    sent.refuse(20, session=0)
    verdicts = judge(
        sent, [Sight.SEEN, Sight.UNTOLD], log_of([1]), is_settled=False, late_after_ns=LATE_NS
    )
    assert verdicts == [Verdict.IN_TIME, Verdict.REFUSED]


def test_losses_are_ranges_of_one_verdict() -> None:
    lost_in, lost_out = Verdict.LOST_IN, Verdict.LOST_OUT
    losses = losses_of(sent_log(5), [lost_in, lost_in, lost_out, Verdict.IN_TIME, lost_out])
    assert [(loss.numbers, loss.verdict) for loss in losses] == [
        (Range(1, 2), lost_in),
        (Range(3, 3), lost_out),
        (Range(5, 5), lost_out),
    ]
    assert (losses[0].from_ns, losses[0].until_ns) == (10, 20)
