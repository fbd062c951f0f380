"""Publishing many messages: in batches, each confirmed while the next is sent

A batch ends with a message to the own inbox. When that is back, the server has handled the batch,
and a refusal of one of its subjects has arrived before. Few batches are under way at once, so that
a slow server or network slows the source down instead of filling memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import repeat as repeat_value
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.inbox import Confirmation
from iterapp_nats.client.message import require_sendable
from iterapp_nats.client.policy import DEFAULT_TIMEOUT_S
from iterapp_nats.errors import IterappNatsError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Iterator

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import OutgoingMessage
    from iterapp_nats.client.watch import Attention

_BATCH_BYTES: Final = 256 << 10
_BATCHES_UNDER_WAY: Final = 2
_FRAME_BYTES: Final = 32
"""About what a message takes beside its payload"""


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What was published; `bytes` counts payloads

    `confirmed` means seen by the server, not received by anybody. Without it an own inbox is
    forbidden to this user, and the messages were handed to the network.
    """

    messages: int
    bytes: int
    confirmed: bool


async def publish(
    connection: Connection,
    messages: Iterable[OutgoingMessage] | AsyncIterable[OutgoingMessage],
    *,
    interval_s: float = 0.0,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> PublishResult:
    """Publish everything, `interval_s` apart, and wait until the server has seen it

    An error says in its context how many messages were `sent` and `confirmed` before.

    Raises:
        InputError: `subject-invalid`, `subject-wildcard`, `header-invalid`, `payload-too-large`
        Refused: `publish-denied`, naming the subject
        Unreachable: `connection-lost`, `confirm-timeout`

    """
    import asyncio

    with connection.attending() as attention:
        run = _Run(connection, attention, timeout_s)
        try:
            async with aclosing(_each(messages)) as source:
                async for message in source:
                    if run.sent and interval_s:
                        await run.pause(asyncio.sleep(interval_s))
                    await run.send(message)
            return await run.finish()
        except IterappNatsError as error:
            error.context.update(sent=str(run.sent), confirmed=str(run.confirmed))
            raise


def repeat(message: OutgoingMessage, count: int) -> Iterator[OutgoingMessage]:
    """Return the same message `count` times"""
    return repeat_value(message, count)


class _Run:
    def __init__(self, connection: Connection, attention: Attention, timeout_s: float) -> None:
        self.sent = 0
        self.confirmed = 0
        self._bytes = 0
        self._batch_bytes = 0
        self._connection = connection
        self._timeout_s = timeout_s
        self._attention = attention
        self._under_way: deque[tuple[Awaitable[None], int]] = deque()
        self._confirmation: Confirmation | None = None

    async def send(self, message: OutgoingMessage) -> None:
        require_sendable(message, self._connection.client.max_payload)
        self._attention.add(message.subject)
        await self._connection.send(message)
        self.sent += 1
        self._bytes += len(message.payload)
        self._batch_bytes += len(message.payload) + len(message.subject) + _FRAME_BYTES
        if self._batch_bytes >= _BATCH_BYTES:
            await self._end_batch()

    async def pause(self, sleep: Awaitable[None]) -> None:
        await self._connection.wait(sleep, None, self._attention)

    async def finish(self) -> PublishResult:
        while self._under_way:
            await self._settle()
        if self.confirmed < self.sent:
            await self._confirm()
        is_seen = self._confirmation is not Confirmation.FLUSHED
        return PublishResult(self.sent, self._bytes, is_seen)

    async def _end_batch(self) -> None:
        self._batch_bytes = 0
        if self._confirmation is not Confirmation.SEEN:
            # The first time this finds out whether an own inbox is allowed.
            await self._confirm()
            return
        self._under_way.append((await self._connection.inbox.send_echo(), self.sent))
        if len(self._under_way) > _BATCHES_UNDER_WAY:
            await self._settle()

    async def _settle(self) -> None:
        echo, sent = self._under_way.popleft()
        try:
            await self._connection.wait(echo, self._timeout_s, self._attention)
        except TimeoutError as error:
            raise Unreachable.unconfirmed(self._connection.url, self._timeout_s) from error
        self._attention.require_allowed()
        self.confirmed = sent

    async def _confirm(self) -> None:
        self._confirmation = await self._connection.confirm(self._timeout_s)
        self._attention.require_allowed()
        self.confirmed = self.sent


async def _each(
    messages: Iterable[OutgoingMessage] | AsyncIterable[OutgoingMessage],
) -> AsyncGenerator[OutgoingMessage, None]:
    if isinstance(messages, AsyncGenerator):
        # Left to itself after an error it would end some time later, in a task of its own.
        async with aclosing(messages):
            async for message in messages:
                yield message
    elif isinstance(messages, AsyncIterable):
        async for message in messages:
            yield message
    else:
        for message in messages:
            yield message
