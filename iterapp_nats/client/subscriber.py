"""Receiving: every message once, in blocks, until enough or long enough

What has been read from the network at once becomes one block, so that a command formats and writes
once for all of it.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.client.incoming import BlockReceiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from iterapp_nats.client.block import BlockTaker, MessageBlock
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.events import Gap


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
    """Counts what arrives and hands it on; made by `subscribe`"""

    def __init__(self, connection: Connection, on_block: BlockTaker, count: int | None) -> None:
        import asyncio

        self.received = 0
        self.received_bytes = 0
        self.receiver = BlockReceiver(self._take)
        self._connection = connection
        self._on_block = on_block
        self._count = count
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gaps_before = len(connection.gaps)

    async def finished(self, timeout_s: float | None = None) -> SubscribeResult:
        """Wait for the count, the end of `timeout_s` or `stop`

        Raises what `on_block` raised, and the reason when the connection ends for good.
        """
        try:
            await self._connection.wait(self._done, timeout_s)
        except TimeoutError:
            self.receiver.hand_over()
        return self.result()

    def result(self) -> SubscribeResult:
        """Return what has come so far"""
        gap = self._connection.present_gap
        return SubscribeResult(
            self.received,
            self.received_bytes,
            self._count is None or self.received >= self._count,
            (*self._connection.gaps[self._gaps_before :], *([gap] if gap else [])),
        )

    def stop(self, error: Exception | None = None) -> None:
        """Let `finished` return, or raise `error`; called on the event loop"""
        self.receiver.hand_over()
        if self._done.done():
            return
        if error:
            self._done.set_exception(error)
        else:
            self._done.set_result(None)

    def _take(self, block: MessageBlock) -> Awaitable[None] | None:
        if self._done.done():
            return None
        if self._count is not None and len(block) > self._count - self.received:
            block = block[: self._count - self.received]
        self.received += len(block)
        self.received_bytes += sum(map(len, block.payloads))
        try:
            pause = self._on_block(block)
        except Exception as error:  # noqa: BLE001 - it is raised again where `finished` is awaited
            self._done.set_exception(error)
            return None
        if self._count is not None and self.received >= self._count:
            self._done.set_result(None)
        return pause


@asynccontextmanager
async def subscribe(
    connection: Connection,
    subjects: Sequence[str],
    on_block: BlockTaker,
    *,
    queue: str = "",
    count: int | None = None,
) -> AsyncIterator[Subscriber]:
    """Receive from all `subjects` until `count` messages have come

    Inside the `async with` the server knows the subscriptions: the next message published anywhere
    near arrives. `on_block` gets one or more messages in order of arrival. While it runs nothing is
    read, nor until what it returns is done: a slow reader slows the server down instead of filling
    memory.

    Raises:
        InputError: `subject-invalid`, `queue-group-invalid`
        Refused: `subscribe-denied`, naming the subject
        Unreachable: `connection-lost`, `confirm-timeout`

    """
    subscriber = Subscriber(connection, on_block, count)
    async with listening(connection, subjects, subscriber.receiver, queue=queue):
        yield subscriber


@asynccontextmanager
async def listening(
    connection: Connection, subjects: Sequence[str], receiver: BlockReceiver, *, queue: str = ""
) -> AsyncIterator[None]:
    """Hand messages of all `subjects` to `receiver` inside the `async with`

    The server knows the subscriptions by then. Raises what `subscribe` raises.
    """
    async with AsyncExitStack() as subscribed:
        subscribed.callback(receiver.close)
        with connection.attending(*subjects) as attention:
            for subject in subjects:
                subscription = await connection.listen_blocks(subject, receiver, queue=queue)
                subscribed.push_async_callback(subscription.unsubscribe)
            await connection.confirm()
            attention.require_allowed()
        yield
