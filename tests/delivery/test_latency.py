from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.delivery.latency import Latency, histogram, percentile, summarize

LATENCIES = st.lists(st.integers(0, 10_000_000_000), max_size=50)


@given(LATENCIES)
def test_bars_hold_every_message_once(latencies_ns: list[int]) -> None:
    bars = histogram(latencies_ns)
    assert sum(bar.count for bar in bars) == len(latencies_ns)
    for before, bar in zip((None, *bars), bars, strict=False):
        above_ms = before.below_ms if before else 0
        assert bar.count == sum(above_ms * 1e6 <= ns < bar.below_ms * 1e6 for ns in latencies_ns)
    assert not bars or bars[-1].count > 0


@given(LATENCIES.filter(bool), st.floats(0.01, 1.0))
def test_percentile_is_the_least_value_that_enough_do_not_exceed(
    latencies_ns: list[int], share: float
) -> None:
    ordered = sorted(latencies_ns)
    found = percentile(ordered, share)
    assert sum(ns <= found for ns in ordered) >= share * len(ordered) - 1e-9
    below = [ns for ns in ordered if ns < found]
    assert len(below) < share * len(ordered) + 1e-9


def test_latencies_are_in_milliseconds() -> None:
    assert summarize(range(1_000_000, 101_000_000, 1_000_000)) == Latency(50.0, 95.0, 99.0, 100.0)
    assert summarize([]) is None
