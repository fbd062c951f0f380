"""What a client sends: many messages as one piece of bytes

A frame is `PUB subject [reply] size` or `HPUB subject [reply] header-size size`, a line end, so
many bytes, and a line end. Joining them takes a fifth of a microsecond a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.wire.blocks import Envelope

PING: Final = b"PING\r\n"
_LINE_END: Final = b"\r\n"


def join_frames(envelope: Envelope, payloads: Sequence[bytes]) -> bytes:
    """Return the frames of messages that differ in their payload alone"""
    heads = {size: _head(envelope, size) for size in set(map(len, payloads))}
    if len(heads) == 1:
        head = next(iter(heads.values()))
        return head + (_LINE_END + head).join(payloads) + _LINE_END
    parts = [part for each in payloads for part in (heads[len(each)], each, _LINE_END)]
    return b"".join(parts)


def _head(envelope: Envelope, size: int) -> bytes:
    """Return what stands before a payload of this size"""
    header_block = envelope.header_block
    reply = f" {envelope.reply}" if envelope.reply else ""
    sizes = f"{len(header_block)} {len(header_block) + size}" if header_block else str(size)
    line = f"{'HPUB' if header_block else 'PUB'} {envelope.subject}{reply} {sizes}\r\n"
    return line.encode("utf-8", "surrogateescape") + header_block
