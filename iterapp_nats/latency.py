"""Many times as a few figures: percentiles and the extremes"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """How long something took, in milliseconds"""

    count: int
    min_ms: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float

    def __str__(self) -> str:
        return (
            f"min {self.min_ms:.3f} ms, p50 {self.p50_ms:.3f} ms, p90 {self.p90_ms:.3f} ms,"
            f" p99 {self.p99_ms:.3f} ms, max {self.max_ms:.3f} ms"
        )


def summarise_latency(times_s: Sequence[float]) -> LatencySummary | None:
    """Return the summary of times in seconds, None when there are none"""
    if not times_s:
        return None
    ordered = sorted(times_s)
    return LatencySummary(
        count=len(ordered),
        min_ms=1000 * ordered[0],
        p50_ms=1000 * percentile(ordered, 50),
        p90_ms=1000 * percentile(ordered, 90),
        p99_ms=1000 * percentile(ordered, 99),
        max_ms=1000 * ordered[-1],
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the smallest ordered value that so many percent do not exceed (nearest rank)"""
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]
