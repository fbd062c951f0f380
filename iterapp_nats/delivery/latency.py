"""Latencies: percentiles and a histogram whose bars grow twofold"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FIRST_BAR_MS: Final = 0.125


@dataclass(frozen=True, slots=True)
class Latency:
    """How long messages took, in milliseconds"""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class Bar:
    """How many messages took less than `below_ms`, and not less than the bar before"""

    below_ms: float
    count: int


def summarize(latencies_ns: Iterable[int]) -> Latency | None:
    """Return the percentiles, None for no message at all"""
    ordered = sorted(latencies_ns)
    if not ordered:
        return None
    p50_ms, p95_ms, p99_ms = (percentile(ordered, share) / 1e6 for share in (0.5, 0.95, 0.99))
    return Latency(p50_ms, p95_ms, p99_ms, ordered[-1] / 1e6)


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the value that `share` of the ordered values do not exceed (nearest rank)"""
    rank = -(-len(ordered) * share // 1)
    return ordered[max(0, int(rank) - 1)]


def histogram(latencies_ns: Iterable[int]) -> tuple[Bar, ...]:
    """Return bars up to the slowest message, none for no message"""
    counts: list[int] = []
    for latency_ns in latencies_ns:
        place, below_ms = 0, _FIRST_BAR_MS
        while latency_ns >= below_ms * 1e6:
            place, below_ms = place + 1, below_ms * 2
        counts.extend([0] * (place + 1 - len(counts)))
        counts[place] += 1
    return tuple(Bar(_FIRST_BAR_MS * 2**place, count) for place, count in enumerate(counts))
