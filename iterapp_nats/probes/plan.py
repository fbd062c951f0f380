"""What a probe is to send, and over which connections"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.stamp import MIN_BYTES
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.settings import Settings

SUBJECT_PREFIX: Final = "iterapp.probe"
_MAX_MESSAGES: Final = 50_000_000
_MAX_RATE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much is sent, how fast, and who receives it

    With a `queue` all subscribers share the messages, otherwise each of them gets every one.
    A handler takes `handler_delay_s` for a message, as an app that is too slow.
    """

    run_id: str
    rate_per_s: float = 1000.0
    duration_s: float = 10.0
    size_bytes: int = 64
    subscribers: int = 1
    queue: str = ""
    handler_delay_s: float = 0.0

    @property
    def messages(self) -> int:
        """How many are published"""
        return max(1, round(self.rate_per_s * self.duration_s))

    @property
    def subject(self) -> str:
        """Where they are published; nobody else uses it"""
        return f"{SUBJECT_PREFIX}.{self.run_id}.numbers"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a probe waits, all in seconds

    Messages later than `late_s` count as late. At the end it waits until nothing has come for
    `quiet_s`, and for a connection that is away until `settle_s` have passed.
    """

    warm_up_s: float = 10.0
    late_s: float = 0.1
    quiet_s: float = 0.5
    settle_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """How one side connects"""

    settings: Settings
    policy: ConnectPolicy


@dataclass(frozen=True, slots=True)
class Wiring:
    """Who connects where: the three may go different ways to the same server"""

    publisher: Line
    subscriber: Line
    witness: Line


def require_traffic(traffic: Traffic) -> Traffic:
    """Return traffic that a machine can make, or raise `rate-invalid`, `size-invalid`"""
    if not 0 < traffic.rate_per_s <= _MAX_RATE or traffic.messages > _MAX_MESSAGES:
        raise InputError(
            "rate-invalid",
            f"cannot publish {traffic.rate_per_s:g} messages per second"
            f" for {traffic.duration_s:g} s: the rate may be up to {_MAX_RATE},"
            f" all messages up to {_MAX_MESSAGES}",
            hints=("measure throughput with another tool; this one looks for what is missing",),
        )
    if traffic.size_bytes < MIN_BYTES:
        raise InputError(
            "size-invalid",
            f"a numbered message cannot be {traffic.size_bytes} bytes:"
            f" the numbers alone take {MIN_BYTES}",
        )
    return traffic
