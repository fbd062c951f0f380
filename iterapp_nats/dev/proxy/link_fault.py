"""What a network can do to a connection; values only, as text between two processes too"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from iterapp_nats.errors import InputError


class Direction(StrEnum):
    """Which bytes a fault is about"""

    TO_SERVER = "to-server"
    TO_CLIENT = "to-client"
    BOTH = "both"

    def covers(self, other: Direction) -> bool:
        """Tell whether the bytes of a direction are among these"""
        return self is Direction.BOTH or self is other


class LinkTrouble(StrEnum):
    """The kinds of a bad network"""

    LATENCY = "latency"
    """Every byte takes longer"""
    THROTTLE = "throttle"
    """Only so many bytes a second pass"""
    DROP = "drop"
    """Bytes vanish; a connection that lost some is reset at the end, as in a real network"""
    PARTITION = "partition"
    """Bytes wait, and nobody is told; at the end they come"""
    RESET = "reset"
    """Every connection is cut at once"""


@dataclass(frozen=True, slots=True)
class LinkFault:
    """One trouble with its strength; a delay of `delay_s` grows by up to `jitter_s` at random"""

    trouble: LinkTrouble
    direction: Direction = Direction.BOTH
    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: int = 0

    def hits(self, trouble: LinkTrouble, direction: Direction) -> bool:
        """Tell whether this is that trouble, and about the bytes of this direction"""
        return self.trouble is trouble and self.direction.covers(direction)


MIN_BYTES_PER_S: Final = 1024


def require_throttle(bytes_per_s: int) -> int:
    """Return a rate at which a NATS client can still log in, or raise `throttle-invalid`"""
    if bytes_per_s >= MIN_BYTES_PER_S:
        return bytes_per_s
    raise InputError(
        "throttle-invalid",
        f"cannot throttle to {bytes_per_s} bytes per second: at least {MIN_BYTES_PER_S} are needed",
        hints=("use iterapp-nats dev chaos partition to let nothing through",),
    )


def render_fault(fault: LinkFault) -> str:
    """Return a fault as one line of JSON"""
    return json.dumps(asdict(fault))


def parse_fault(text: str) -> LinkFault:
    """Read what `render_fault` wrote; raises ValueError, KeyError or TypeError for anything else"""
    values = json.loads(text)
    return LinkFault(
        LinkTrouble(values["trouble"]),
        Direction(values["direction"]),
        float(values["delay_s"]),
        float(values["jitter_s"]),
        int(values["bytes_per_s"]),
    )
