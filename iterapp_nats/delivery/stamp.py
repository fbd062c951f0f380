"""What a numbered message carries: its origin, its number and when it was sent, then filling"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from iterapp_nats.delivery.sequences import Origin

_FIELDS: Final = struct.Struct(">4sHHQQ")
STAMP_START: Final = b"NUM1"
MIN_BYTES: Final = _FIELDS.size


@dataclass(frozen=True, slots=True)
class Stamp:
    """One numbered message; `sent_ns` is of the sender's monotonic clock"""

    origin: Origin
    sequence: int
    sent_ns: int


def render_stamp(stamp: Stamp, size_bytes: int) -> bytes:
    """Return the payload, `size_bytes` long or as long as the stamp itself needs"""
    origin = stamp.origin
    fields = _FIELDS.pack(
        STAMP_START, origin.publisher, origin.epoch, stamp.sequence, stamp.sent_ns
    )
    return fields.ljust(size_bytes, b".")


def parse_stamp(payload: bytes) -> Stamp | None:
    """Return the stamp of a payload, None when it is not a numbered message"""
    if len(payload) < MIN_BYTES or not payload.startswith(STAMP_START):
        return None
    _, publisher, epoch, sequence, sent_ns = _FIELDS.unpack_from(payload)
    return Stamp(Origin(publisher, epoch), sequence, sent_ns)
