from __future__ import annotations

import pytest

from iterapp_nats.bench.plan import RoundReport
from iterapp_nats.bench.result import (
    BenchResult,
    Thresholds,
    find_shortfalls,
    summarise_latencies,
    summarise_throughput,
)

EARLY = RoundReport(100, 1000, 10.0, 11.0, (0.001,))
LATE = RoundReport(300, 3000, 10.5, 12.0, (0.003, 0.005))
THROUGHPUT = summarise_throughput([EARLY, LATE])
LATENCY = summarise_latencies([EARLY, LATE])


def test_clients_together_last_from_the_first_begin_to_the_last_end() -> None:
    assert THROUGHPUT
    assert (THROUGHPUT.clients, THROUGHPUT.messages) == (2, 400)
    assert (THROUGHPUT.duration_s, THROUGHPUT.rate, THROUGHPUT.bytes_rate) == (2.0, 200, 2000)
    assert THROUGHPUT.by_client == (100, 200)


def test_latencies_of_all_clients_are_one_distribution() -> None:
    assert LATENCY
    assert (LATENCY.count, LATENCY.min_ms, LATENCY.max_ms) == (3, 1, 5)


def test_of_no_clients_there_is_no_throughput() -> None:
    assert summarise_throughput([]) is None


def test_what_came_at_one_moment_has_no_rate_and_falls_short_of_none() -> None:
    at_once = summarise_throughput([RoundReport(10, 100, 5.0, 5.0, ())])
    assert at_once
    assert (at_once.messages, at_once.rate, at_once.by_client) == (10, None, (None,))
    assert find_shortfalls(BenchResult("s", received=at_once), Thresholds(min_rate=1)) == []


@pytest.mark.parametrize(
    ("result", "thresholds", "expected"),
    [
        (BenchResult("s", received=THROUGHPUT), Thresholds(), []),
        (BenchResult("s", received=THROUGHPUT), Thresholds(min_rate=200), []),
        (
            BenchResult("s", published=THROUGHPUT),
            Thresholds(min_rate=201),
            ["200 a second are below 201"],
        ),
        (BenchResult("s", received=THROUGHPUT, lost=1), Thresholds(), ["1 message did not come"]),
        (
            BenchResult("s", requested=THROUGHPUT, lost=2),
            Thresholds(),
            ["2 requests without an answer"],
        ),
        (BenchResult("s", latency=LATENCY), Thresholds(max_p99_s=0.005), []),
        (
            BenchResult("s", latency=LATENCY),
            Thresholds(max_p99_s=0.004),
            ["p99 of 5.000 ms is above 4 ms"],
        ),
        (BenchResult("s"), Thresholds(max_p99_s=0.004), ["no latency was measured"]),
    ],
)
def test_what_is_not_as_expected_is_told(
    result: BenchResult, thresholds: Thresholds, expected: list[str]
) -> None:
    assert find_shortfalls(result, thresholds) == expected
