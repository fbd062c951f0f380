"""What a delivery probe has found out; what `--format json` prints

Times are seconds since the first message, latencies milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.delivery.latency import Bar, Latency


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How one side of a probe connects; without a buffer what is published meanwhile is refused"""

    reconnect_wait_s: float
    buffer_bytes: int
    ping_interval_s: float
    max_outstanding_pings: int

    @property
    def words(self) -> str:
        """The options as people speak of them"""
        buffer = f"{self.buffer_bytes:,} bytes buffered" if self.buffer_bytes else "no buffer"
        return (
            f"reconnect wait {self.reconnect_wait_s:g} s, {buffer},"
            f" ping {self.ping_interval_s:g} s x {self.max_outstanding_pings}"
        )


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the numbers of a run depend on; a number without them says nothing"""

    url: str
    server: str
    client: str
    tool: str
    python: str
    machine: str
    rate_per_s: float
    size_bytes: int
    planned_s: float
    subscribers: int
    queue: str
    late_ms: float
    publisher_options: ClientOptions
    subscriber_options: ClientOptions


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages met which fate; a message counts once, at its worst

    `received` ones came to everybody who should get them; `late` and `duplicates` are among them.
    """

    published: int
    received: int
    refused: int
    lost_in: int
    lost_out: int
    unknown: int
    late: int
    duplicates: int

    @property
    def lost(self) -> int:
        """How many are proven to be lost"""
        return self.lost_in + self.lost_out


@dataclass(frozen=True, slots=True)
class GapResult:
    """Consecutive messages that did not come to a receiver, and why as far as anybody noticed"""

    receiver: str
    first: int
    last: int
    count: int
    verdict: str
    from_s: float
    until_s: float
    cause: str


@dataclass(frozen=True, slots=True)
class ReceiverResult:
    """What one subscriber, or a whole queue group, got

    `late_by_machine` late messages would have been in time if the probe's own machine had not
    stood still. `jumps` counts how often the order went backwards, `reordered` the messages behind
    a higher number. `join_lag` messages of the warm-up passed before the subscription worked.
    `members` says how many each member of a queue group got.
    """

    name: str
    tally: Tally
    arrivals: int
    late_by_machine: int
    reordered: int
    jumps: int
    longest_jump: int
    first: int | None
    last: int | None
    join_lag: int
    queued: int
    is_settled: bool
    latency: Latency | None
    histogram: tuple[Bar, ...]
    members: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventResult:
    """Something that happened, from one time to another; None: it lasted to the end"""

    who: str
    kind: str
    from_s: float
    until_s: float | None
    words: str


@dataclass(frozen=True, slots=True)
class MachineResult:
    """How well the probe's own machine kept up

    `processor_share` is of one core; `stalls` are the times when it was given none of it.
    """

    processor_share: float
    stalls: int
    longest_stall_ms: float
    slip_ms: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Messages per slice of `step_s`: published, refused, and what came to each receiver"""

    step_s: float
    published: tuple[int, ...]
    refused: tuple[int, ...]
    received: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The outcome of one run

    `verdict` says it in a sentence. `server_counted` is how many of the messages the server took
    in by its own count, None where it does not tell.
    """

    verdict: str
    conditions: Conditions
    tally: Tally
    duration_s: float
    server_counted: int | None
    receivers: tuple[ReceiverResult, ...]
    gaps: tuple[GapResult, ...]
    events: tuple[EventResult, ...]
    refusals: dict[str, int]
    machine: MachineResult
    timeline: Timeline
    notes: tuple[str, ...] = ()
