"""When the answer of a probe is no"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.delivery.result import DeliveryResult
    from iterapp_nats.delivery.stream_result import StreamResult


@dataclass(frozen=True, slots=True)
class Limits:
    """What is tolerated: so many messages lost or unknown, and so much for the slowest 1 %"""

    max_lost: int = 0
    max_p99_ms: float | None = None

    def broken_by(self, result: DeliveryResult) -> tuple[str, ...]:
        """Return in words every limit that a result exceeds"""
        missing = result.tally.lost + result.tally.unknown
        found = []
        if missing > self.max_lost:
            found.append(f"{missing:,} messages lost or unknown, {self.max_lost:,} are tolerated")
        limit_ms = self.max_p99_ms
        found += [
            f"p99 of {receiver.name} is {receiver.latency.p99_ms:.1f} ms,"
            f" {limit_ms:g} ms are tolerated"
            for receiver in result.receivers
            if limit_ms is not None and receiver.latency and receiver.latency.p99_ms > limit_ms
        ]
        return tuple(found)

    def broken_by_stream(self, result: StreamResult) -> tuple[str, ...]:
        """Return in words every limit that the result of a stream exceeds"""
        found = []
        missing = result.lost + result.unknown + result.unacked
        if missing > self.max_lost:
            found.append(f"{missing:,} messages lost or unsure, {self.max_lost:,} are tolerated")
        latency, limit_ms = result.ack_latency, self.max_p99_ms
        if limit_ms is not None and latency and latency.p99_ms > limit_ms:
            found.append(
                f"p99 of the acks is {latency.p99_ms:.1f} ms, {limit_ms:g} ms are tolerated"
            )
        return tuple(found)
