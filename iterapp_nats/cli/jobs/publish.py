"""The messages of one `pub`: repeated, a line each, or recorded ones"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.records import parse_record
from iterapp_nats.input_stream import read_all, read_lines
from iterapp_nats.template import render_template

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.cli.context import Context

_ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What one `pub` sends; `payload` is None when stdin holds it"""

    context: Context
    first: OutgoingMessage
    payload: bytes | None
    count: int
    template: bool

    async def repeated(self) -> AsyncIterator[OutgoingMessage]:
        """Yield the one message `count` times"""
        payload = self.payload
        if payload is None:
            payload = await read_all(self.context.stdin)
        for number in range(1, self.count + 1):
            yield self._message(payload, number)

    async def lines(self) -> AsyncIterator[OutgoingMessage]:
        """Yield a message for each line of stdin"""
        number = 0
        async for line in read_lines(self.context.stdin):
            for _ in range(self.count):
                number += 1
                yield self._message(line, number)

    def _message(self, payload: bytes, number: int) -> OutgoingMessage:
        if self.template:
            payload = render_template(
                payload,
                count=number,
                now_s=self.context.now(),
                entropy=os.urandom(_ID_BYTES),
            )
        first = self.first
        return OutgoingMessage(first.subject, payload, reply=first.reply, headers=first.headers)


async def recorded_messages(
    context: Context, subject: str | None
) -> AsyncIterator[OutgoingMessage]:
    """Yield what `sub --format json` wrote to stdin; `subject` replaces those of the records"""
    number = 0
    async for line in read_lines(context.stdin):
        number += 1
        if line.strip():
            yield parse_record(line, number=number, subject=subject)
