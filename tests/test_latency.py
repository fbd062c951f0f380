from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.latency import percentile, summarise_latency

times = st.lists(st.floats(0, 100), min_size=1, max_size=300)


@given(times, st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(
    values: list[float], percent: int
) -> None:
    ordered = sorted(values)
    found = percentile(ordered, percent)
    enough = len(values) * percent / 100
    assert sum(value <= found for value in values) >= enough
    assert sum(value < found for value in values) < enough


def test_a_summary_is_in_milliseconds() -> None:
    summary = summarise_latency([number / 1000 for number in range(1, 101)])
    assert summary
    assert summary.count == 100
    assert (summary.p50_ms, summary.p90_ms, summary.p99_ms) == (50, 90, 99)
    assert str(summary) == (
        "min 1.000 ms, p50 50.000 ms, p90 90.000 ms, p99 99.000 ms, max 100.000 ms"
    )


def test_of_nothing_there_is_no_summary() -> None:
    assert summarise_latency([]) is None
