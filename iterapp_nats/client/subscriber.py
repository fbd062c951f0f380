"""Receiving: every message once, in blocks, until enough or long enough

nats-py hands over one message at a time; those that have arrived together become one block, so
that a command formats and writes once for all of them.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.events import Gap
    from iterapp_nats.client.message import Message


@dataclass(frozen=True, slots=True)
class SubscribeResult:
    """What was received; `bytes` counts payloads

    `complete` says that no count was asked for, or that it was reached. In each of `gaps` the
    server was away, and what was published then is missing.
    """

    messages: int
    bytes: int
    complete: bool
    gaps: tuple[Gap, ...]


class Subscriber:
    """Counts and groups what arrives; made by `subscribe`"""

    def __init__(
        self,
        connection: Connection,
        on_block: Callable[[Sequence[Message]], None],
        count: int | None,
    ) -> None:
        import asyncio

        self.received = 0
        self.received_bytes = 0
        self._connection = connection
        self._on_block = on_block
        self._count = count
        self._loop = asyncio.get_running_loop()
        self._block: list[Message] = []
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._gaps_before = len(connection.gaps)

    async def finished(self, timeout_s: float | None = None) -> SubscribeResult:
        """Wait for the count, the end of `timeout_s` or `stop`

        Raises what `on_block` raised, and the reason when the connection ends for good.
        """
        try:
            await self._connection.wait(self._done, timeout_s)
        except TimeoutError:
            self._hand_over()
        return SubscribeResult(
            self.received,
            self.received_bytes,
            self._count is None or self.received >= self._count,
            self._connection.gaps[self._gaps_before :],
        )

    def stop(self) -> None:
        """Let `finished` return; called on the event loop, for example by a signal handler"""
        self._hand_over()
        if not self._done.done():
            self._done.set_result(None)

    async def collect(self, message: Message) -> None:
        """Take one message; the block is handed over when no more have arrived"""
        if not self._block:
            self._loop.call_soon(self._hand_over)
        self._block.append(message)

    def _hand_over(self) -> None:
        block, self._block = self._block, []
        if self._count is not None:
            block = block[: self._count - self.received]
        if not block or self._done.done():
            return
        self.received += len(block)
        self.received_bytes += sum(len(message.payload) for message in block)
        try:
            self._on_block(block)
        except Exception as error:  # noqa: BLE001 - it is raised again where `finished` is awaited
            self._done.set_exception(error)
            return
        if self._count is not None and self.received >= self._count:
            self._done.set_result(None)


@asynccontextmanager
async def subscribe(
    connection: Connection,
    subjects: Sequence[str],
    on_block: Callable[[Sequence[Message]], None],
    *,
    queue: str = "",
    count: int | None = None,
) -> AsyncIterator[Subscriber]:
    """Receive from all `subjects` until `count` messages have come

    Inside the `async with` the server knows the subscriptions: the next message published anywhere
    near arrives. `on_block` gets one or more messages in order of arrival; while it runs nothing is
    read, so that a slow reader slows the server down instead of filling memory.

    Raises:
        InputError: `subject-invalid`, `queue-group-invalid`
        Refused: `subscribe-denied`, naming the subject
        Unreachable: `connection-lost`, `confirm-timeout`

    """
    subscriber = Subscriber(connection, on_block, count)
    async with AsyncExitStack() as subscribed:
        with connection.attending(*subjects) as attention:
            for subject in subjects:
                subscription = await connection.listen(subject, subscriber.collect, queue=queue)
                subscribed.push_async_callback(subscription.unsubscribe)
            await connection.confirm()
            attention.require_allowed()
        yield subscriber
