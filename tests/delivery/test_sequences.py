from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.delivery.sequences import (
    HELD,
    Jump,
    Range,
    ReceivedLog,
    SentLog,
    merge_logs,
    ranges_of,
)

ARRIVALS = st.lists(st.integers(1, 40), max_size=80)


def received(sequences: list[int]) -> ReceivedLog:
    log = ReceivedLog()
    for at_ns, sequence in enumerate(sequences, 1):
        log.take(sequence, at_ns)
    return log


@given(st.sets(st.integers(1, 60)))
def test_ranges_hold_exactly_what_they_are_made_of(numbers: set[int]) -> None:
    ranges = ranges_of(sorted(numbers))
    assert [number for each in ranges for number in each] == sorted(numbers)
    assert sum(each.count for each in ranges) == len(numbers)
    assert all(a.last + 1 < b.first for a, b in pairwise(ranges))


@given(ARRIVALS)
def test_log_counts_like_a_person_with_all_arrivals_before_them(arrivals: list[int]) -> None:
    log = received(arrivals)
    firsts = list(dict.fromkeys(arrivals))
    assert log.received == len(firsts)
    assert log.duplicates == len(arrivals) - len(firsts)
    assert log.repeats == {n: times - 1 for n, times in Counter(arrivals).items() if times > 1}
    assert log.reordered == sum(
        1 for place, number in enumerate(firsts) if number < max(firsts[:place], default=0)
    )
    pairs = pairwise(firsts)
    assert log.jumps == [Jump(before, number) for before, number in pairs if number < before]
    assert (log.first, log.last) == (min(firsts, default=None), max(firsts, default=None))


@given(ARRIVALS, st.integers(0, 50))
def test_gaps_and_arrivals_make_up_everything_that_was_sent(arrivals: list[int], sent: int) -> None:
    log = received(arrivals)
    missing = [number for gap in log.gaps(sent) for number in gap]
    came = [number for number in log.arrived() if number <= sent]
    assert sorted(missing + came) == list(range(1, sent + 1))


def test_message_came_when_it_came_first() -> None:
    log = ReceivedLog()
    log.take(2, 10, session=1)
    log.take(2, 20, session=2)
    assert (log.came_at_ns(2), log.session_of(2)) == (10, 1)
    assert (log.came_at_ns(1), log.session_of(1)) == (0, 0)
    assert (log.came_at_ns(3), log.session_of(3)) == (0, 0)


def test_join_lag_counts_what_passed_before_the_first_message() -> None:
    assert received([48, 49]).join_lag == 47
    assert received([1, 2]).join_lag == 0
    assert received([]).join_lag == 0


@given(st.lists(ARRIVALS, min_size=1, max_size=4))
def test_members_of_a_queue_group_are_one_receiver(members: list[list[int]]) -> None:
    merged = merge_logs([received(arrivals) for arrivals in members])
    everything = [number for arrivals in members for number in arrivals]
    assert list(merged.arrived()) == sorted(set(everything))
    assert merged.duplicates == len(everything) - len(set(everything))
    assert merged.reordered == 0


def test_gap_is_one_range() -> None:
    assert received([1, 2, 6]).gaps(8) == (Range(3, 5), Range(7, 8))


def test_what_was_still_in_the_buffer_travels_on_the_next_connection() -> None:
    sent = SentLog()
    for at_ns in range(1, 5):
        sent.accepted(at_ns, session=1)
    sent.refuse(5, HELD)
    sent.hold_last(2)
    sent.send_held(session=3)
    assert sent.accepted_on(1) == [1, 2]
    assert sent.accepted_on(3) == [3, 4]
    assert sent.refused == {5}


def test_sending_the_buffer_moves_nothing_that_has_left_before() -> None:
    sent = SentLog()
    sent.accepted(1, session=1)
    sent.accepted(2, session=HELD)
    sent.send_held(session=2)
    sent.accepted(3, session=2)
    sent.send_held(session=9)
    assert list(sent.sessions) == [1, 2, 2]
