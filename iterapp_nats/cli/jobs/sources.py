"""The messages of one `pub`: repeated, a line each, or recorded ones"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import group_messages
from iterapp_nats.client.records import parse_record
from iterapp_nats.errors import InputError
from iterapp_nats.input_stream import read_all, read_lines
from iterapp_nats.template import render_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.message import OutgoingBlock
    from iterapp_nats.client.records import Record

    # Closed by whoever iterates over it.
    Blocks = AsyncGenerator[OutgoingBlock, None]

_ID_BYTES: Final = 8
_BLOCK_BYTES: Final = 256 << 10
_FRAME_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Payloads:
    """What `pub` sends to one subject

    `envelope` is a block without payloads; `payload` is None when stdin holds it.
    """

    context: Context
    envelope: OutgoingBlock
    payload: bytes | None
    count: int
    template: bool

    async def repeated(self) -> Blocks:
        """Yield the one message `count` times"""
        payload = self.payload
        if payload is None:
            payload = await read_all(self.context.stdin)
        size = max(1, _BLOCK_BYTES // (len(payload) + _FRAME_BYTES))
        for first in range(1, self.count + 1, size):
            yield self._block([payload] * min(size, self.count + 1 - first), first)

    async def lines(self) -> Blocks:
        """Yield a message for each line of stdin, `count` times"""
        first = 1
        async for lines in read_lines(self.context.stdin):
            for payloads in self._multiplied(lines):
                yield self._block(payloads, first)
                first += len(payloads)

    def _multiplied(self, lines: list[bytes]) -> Iterator[list[bytes]]:
        """Yield each line `count` times, in pieces that are small whatever the count"""
        if self.count == 1:
            yield lines
            return
        piece: list[bytes] = []
        piece_bytes = 0
        for line in lines:
            line_bytes, left = len(line) + _FRAME_BYTES, self.count
            while left:
                taken = min(left, max(1, (_BLOCK_BYTES - piece_bytes) // line_bytes))
                piece += [line] * taken
                piece_bytes += taken * line_bytes
                left -= taken
                if piece_bytes + line_bytes > _BLOCK_BYTES:
                    yield piece
                    piece, piece_bytes = [], 0
        if piece:
            yield piece

    def _block(self, payloads: list[bytes], first: int) -> OutgoingBlock:
        if self.template:
            payloads = [self._filled(each, number) for number, each in enumerate(payloads, first)]
        return replace(self.envelope, payloads=payloads)

    def _filled(self, template: bytes, number: int) -> bytes:
        return render_template(
            template, count=number, now_s=self.context.now(), entropy=os.urandom(_ID_BYTES)
        )


async def recorded(context: Context, subject: str | None, *, keep_timing: bool) -> Blocks:
    """Yield what `sub --format json` wrote to stdin; `subject` replaces those of the records

    With `keep_timing` the messages come as far apart as they were received.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    number, offset_s = 1, None
    async for lines in read_lines(context.stdin):
        records, trouble = _parse_records(lines, number, subject)
        number += len(lines)
        for received_at_s, together in groupby(records, lambda record: record.received_at_s):
            if keep_timing and received_at_s is not None:
                offset_s = loop.time() - received_at_s if offset_s is None else offset_s
                await asyncio.sleep(received_at_s + offset_s - loop.time())
            for block in group_messages(record.message for record in together):
                yield block
        if trouble:
            raise trouble


def _parse_records(
    lines: list[bytes], first: int, subject: str | None
) -> tuple[list[Record], InputError | None]:
    """Return the records of lines up to one that is none, and what is wrong with that"""
    records: list[Record] = []
    for number, line in enumerate(lines, first):
        if line.strip():
            try:
                records.append(parse_record(line, number=number, subject=subject))
            except InputError as trouble:
                return records, trouble
    return records, None
