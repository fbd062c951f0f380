"""What a benchmark found, and whether that is enough"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.latency import LatencySummary, summarise_latency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.bench.plan import RoundReport


@dataclass(frozen=True, slots=True)
class Throughput:
    """So many messages of all clients of a kind, from the first one's begin to the last one's end

    Rates are a second, None when everything came at one moment; `by_client` holds that of each
    client alone.
    """

    clients: int
    messages: int
    duration_s: float
    rate: float | None
    bytes_rate: float | None
    by_client: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class BenchResult:
    """What a benchmark found; None stands for what was not measured

    `lost` counts messages that a subscriber expected and did not get, or requests without an
    answer.
    """

    server: str
    published: Throughput | None = None
    received: Throughput | None = None
    requested: Throughput | None = None
    latency: LatencySummary | None = None
    lost: int = 0

    @property
    def main(self) -> Throughput | None:
        """What a threshold of the rate is about"""
        return self.requested or self.received or self.published


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is expected; None means nothing is"""

    min_rate: float | None = None
    max_p99_s: float | None = None


def summarise_throughput(reports: Sequence[RoundReport]) -> Throughput | None:
    """Return what clients of one kind did together, None when there are none"""
    if not reports:
        return None
    began_s = min(report.began_s for report in reports)
    ended_s = max(report.ended_s for report in reports)
    messages = sum(report.messages for report in reports)
    return Throughput(
        clients=len(reports),
        messages=messages,
        duration_s=ended_s - began_s,
        rate=_rate(messages, ended_s - began_s),
        bytes_rate=_rate(sum(report.bytes for report in reports), ended_s - began_s),
        by_client=tuple(
            _rate(report.messages, report.ended_s - report.began_s) for report in reports
        ),
    )


def summarise_latencies(reports: Sequence[RoundReport]) -> LatencySummary | None:
    """Return the latencies of all clients together"""
    return summarise_latency([each for report in reports for each in report.latencies_s])


def find_shortfalls(result: BenchResult, thresholds: Thresholds) -> list[str]:
    """Return what is not as expected, each as a text"""
    shortfalls = []
    if result.lost:
        noun = "request" if result.requested else "message"
        what = "without an answer" if result.requested else "did not come"
        shortfalls.append(f"{result.lost} {noun}{'' if result.lost == 1 else 's'} {what}")
    rate = result.main.rate if result.main else 0.0
    if thresholds.min_rate is not None and rate is not None and rate < thresholds.min_rate:
        shortfalls.append(f"{rate:.0f} a second are below {thresholds.min_rate:.0f}")
    if thresholds.max_p99_s is not None:
        wanted_ms = 1000 * thresholds.max_p99_s
        if result.latency is None:
            shortfalls.append("no latency was measured")
        elif result.latency.p99_ms > wanted_ms:
            shortfalls.append(f"p99 of {result.latency.p99_ms:.3f} ms is above {wanted_ms:g} ms")
    return shortfalls


def _rate(count: int, duration_s: float) -> float | None:
    if not count:
        return 0.0
    return count / duration_s if duration_s > 0 else None
