from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.delivery.acknowledgements import (
    Arrival,
    Fate,
    PolicyRow,
    TimeoutSplit,
    Try,
    TryOutcome,
    fates_of,
    policy_rows,
    split_timeouts,
)

ACKED, TIMEOUT = TryOutcome.ACKED, TryOutcome.TIMEOUT
NOBODY, REFUSED = TryOutcome.NO_RESPONDERS, TryOutcome.REFUSED
# What really happened to one try: did it come, did the ack come back in time?
WAYS: Final = {
    "all well": (True, ACKED),
    "ack lost": (True, TIMEOUT),
    "message lost": (False, TIMEOUT),
    "nobody there": (False, NOBODY),
    "not connected": (False, REFUSED),
}
RUNS = st.dictionaries(
    st.integers(1, 20), st.lists(st.sampled_from(sorted(WAYS)), min_size=1, max_size=6)
)


def records(runs: dict[int, list[str]]) -> tuple[dict[int, list[Try]], list[Arrival]]:
    """What both sides note when tries end at the first ack"""
    tries: dict[int, list[Try]] = {}
    arrivals = []
    for sequence, ways in runs.items():
        tries[sequence] = []
        for number, way in enumerate(ways, 1):
            came, outcome = WAYS[way]
            tries[sequence].append(Try(number, outcome))
            if came:
                arrivals.append(Arrival(sequence, number, "responder 1", number))
            if outcome is ACKED:
                break
    return tries, arrivals


@given(RUNS)
def test_message_is_lost_when_no_try_came_and_unknown_to_nobody(
    runs: dict[int, list[str]],
) -> None:
    tries, arrivals = records(runs)
    fates = fates_of(tries, arrivals, is_settled=True)
    for sequence, own in tries.items():
        came = sum(arrival.sequence == sequence for arrival in arrivals)
        is_acked = own[-1].outcome is ACKED
        expected = {
            (True, True): Fate.MORE_THAN_ONCE if came > 1 else Fate.ONCE,
            (False, True): Fate.ACK_LOST,
            (False, False): Fate.LOST,
        }
        assert fates[sequence] is expected[is_acked, came > 0]


@given(RUNS)
def test_last_row_of_the_policy_is_what_happened(runs: dict[int, list[str]]) -> None:
    tries, arrivals = records(runs)
    rows = policy_rows(tries, arrivals)
    fates = list(fates_of(tries, arrivals, is_settled=True).values())
    if rows:
        assert rows[-1].unacked == fates.count(Fate.ACK_LOST) + fates.count(Fate.LOST)
        assert rows[-1].lost == fates.count(Fate.LOST)
    assert [row.unacked for row in rows] == sorted((row.unacked for row in rows), reverse=True)
    assert [row.duplicates for row in rows] == sorted(row.duplicates for row in rows)


def test_nothing_is_called_lost_that_may_still_be_under_way() -> None:
    tries = {1: [Try(1, TIMEOUT)]}
    assert fates_of(tries, [], is_settled=False) == {1: Fate.UNKNOWN}


def test_each_further_try_makes_up_for_losses_and_makes_duplicates() -> None:
    tries, arrivals = records(
        {
            1: ["all well"],
            2: ["message lost", "all well"],
            3: ["ack lost", "ack lost", "all well"],
        }
    )
    assert policy_rows(tries, arrivals) == (
        PolicyRow(tries=1, unacked=2, came=1, lost=1, duplicates=0),
        PolicyRow(tries=2, unacked=1, came=1, lost=0, duplicates=1),
        PolicyRow(tries=3, unacked=0, came=0, lost=0, duplicates=2),
    )


def test_lost_acks_are_told_from_lost_messages() -> None:
    tries, arrivals = records({1: ["ack lost", "message lost", "nobody there", "ack lost"]})
    assert split_timeouts(tries, arrivals) == TimeoutSplit(came=2, lost=1)
