"""What a probe has written down when it is over: the material for its result"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iterapp_nats.delivery.result import MachineResult
from iterapp_nats.delivery.sequences import ReceivedLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iterapp_nats.delivery.causes import Event
    from iterapp_nats.delivery.judgement import Passage, Witness
    from iterapp_nats.delivery.sequences import SentLog


@dataclass(frozen=True, slots=True)
class ReceiverRecord:
    """What one subscriber got, and whether everything that was under way to it has come

    `queued` messages have come and still wait for its handler. A queue group has `members`.
    """

    name: str
    log: ReceivedLog
    is_settled: bool
    warm_up: ReceivedLog = field(default_factory=ReceivedLog)
    queued: int = 0
    members: tuple[ReceiverRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class MachineRecord:
    """How well the probe's own machine kept up; `processor_share` is of one core"""

    stalls: tuple[Event, ...] = ()
    slip_ns: int = 0
    processor_share: float = 0.0

    @property
    def result(self) -> MachineResult:
        """The record as a result tells it"""
        lengths = [(stall.ended_ns or 0) - stall.began_ns for stall in self.stalls]
        return MachineResult(
            processor_share=round(self.processor_share, 3),
            stalls=len(lengths),
            longest_stall_ms=max(lengths, default=0) / 1e6,
            slip_ms=self.slip_ns / 1e6,
        )


@dataclass(frozen=True, slots=True)
class DeliveryRecords:
    """Everything that was noted about the counted messages; times are of one monotonic clock

    `passages` are the publisher's connections. With `is_queue` the receivers share the messages.
    """

    sent: SentLog
    receivers: tuple[ReceiverRecord, ...]
    witness: Witness | None
    passages: Mapping[int, Passage]
    events: tuple[Event, ...]
    refusals: Mapping[str, int]
    machine: MachineRecord
    began_ns: int
    ended_ns: int
    late_ns: int
    is_queue: bool = False
    publisher: str = "the publisher"
