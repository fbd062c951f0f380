"""What scenarios do to numbered traffic: one row for each run"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.delivery.result import DeliveryResult


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One run: the scenario, whom it struck, the client options, and what it did

    `trial` counts repetitions from 1: whoever comes back first is a coin flip.
    """

    scenario: str
    struck: str
    options: str
    trial: int
    result: DeliveryResult

    @property
    def cause(self) -> str:
        """What most of the missing messages are due to, empty when none is missing"""
        counts: dict[str, int] = {}
        for gap in self.result.gaps:
            counts[gap.cause] = counts.get(gap.cause, 0) + gap.count
        return max(counts, key=lambda cause: counts[cause]) if counts else ""


HEAD = (
    "scenario", "struck", "client options", "published", "refused", "lost in", "lost out",
    "unknown", "late", "twice", "p50 ms", "max ms", "mostly because",
)  # fmt: skip


def cells(row: ProofRow) -> tuple[str | int, ...]:
    """Return a row as it stands below `HEAD`"""
    tally, receiver = row.result.tally, row.result.receivers[0]
    latency = receiver.latency
    return (
        row.scenario,
        row.struck,
        row.options,
        tally.published,
        tally.refused,
        tally.lost_in,
        tally.lost_out,
        tally.unknown,
        tally.late,
        tally.duplicates,
        f"{latency.p50_ms:.1f}" if latency else "",
        f"{latency.max_ms:.0f}" if latency else "",
        row.cause,
    )
