"""The messages of one `pub`: repeated, a line each, or recorded ones"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import group_messages
from iterapp_nats.client.records import parse_record
from iterapp_nats.input_stream import read_all, read_lines
from iterapp_nats.template import render_template

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.message import OutgoingBlock

_ID_BYTES: Final = 8
_BLOCK_BYTES: Final = 256 << 10
_FRAME_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What one `pub` sends; `first` is without payloads, `payload` is None when stdin holds it"""

    context: Context
    first: OutgoingBlock
    payload: bytes | None
    count: int
    template: bool

    async def repeated(self) -> AsyncIterator[OutgoingBlock]:
        """Yield the one message `count` times"""
        payload = self.payload
        if payload is None:
            payload = await read_all(self.context.stdin)
        first, size = 1, _fitting(payload)
        while first <= self.count:
            numbers = range(first, min(first + size, self.count + 1))
            yield self._block([payload] * len(numbers), first)
            first += size

    async def lines(self) -> AsyncIterator[OutgoingBlock]:
        """Yield a message for each line of stdin, `count` times"""
        first = 1
        async for lines in read_lines(self.context.stdin):
            payloads = lines
            if self.count > 1:
                payloads = [line for line in lines for _ in range(self.count)]
            yield self._block(payloads, first)
            first += len(payloads)

    def _block(self, payloads: list[bytes], first: int) -> OutgoingBlock:
        if self.template:
            payloads = [self._filled(each, number) for number, each in enumerate(payloads, first)]
        return replace(self.first, payloads=payloads)

    def _filled(self, template: bytes, number: int) -> bytes:
        return render_template(
            template, count=number, now_s=self.context.now(), entropy=os.urandom(_ID_BYTES)
        )


async def recorded_messages(context: Context, subject: str | None) -> AsyncIterator[OutgoingBlock]:
    """Yield what `sub --format json` wrote to stdin; `subject` replaces those of the records"""
    number = 0
    async for lines in read_lines(context.stdin):
        numbered = list(enumerate(lines, number + 1))
        number += len(lines)
        for block in group_messages(
            parse_record(line, number=place, subject=subject)
            for place, line in numbered
            if line.strip()
        ):
            yield block


def _fitting(payload: bytes) -> int:
    """Return how many times a payload is to be repeated at once"""
    return max(1, _BLOCK_BYTES // (len(payload) + _FRAME_BYTES))
