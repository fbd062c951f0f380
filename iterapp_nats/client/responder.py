"""Answering requests, one after the other or several at once"""

from __future__ import annotations

from collections import deque
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.incoming import BlockReceiver
from iterapp_nats.client.subscriber import listening
from iterapp_nats.errors import Unreachable

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Awaitable, Callable

    from iterapp_nats.client.block import MessageBlock
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message
    from iterapp_nats.headers import Headers

    Handler = Callable[[Message], Awaitable["Answer | None"]]

_ANSWERS_A_TURN: Final = 64
"""So many are sent off before more requests are looked at"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a responder sends back"""

    payload: bytes = b""
    headers: Headers = ()


class Responder:
    """Answers requests; made by `respond`"""

    def __init__(self, connection: Connection, handler: Handler, count: int | None) -> None:
        import asyncio

        self.answered = 0
        self.unsent = 0
        """How many answers fell into a time without connection"""
        self.receiver = BlockReceiver(self._take)
        self._connection = connection
        self._handler = handler
        self._count = count
        self._waiting: deque[Message] = deque()
        self._has_come = asyncio.Event()
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def finished(self, timeout_s: float | None = None) -> int:
        """Wait for the count, the end of `timeout_s` or `stop`; return how many were answered

        Raises what the handler raised, and the reason when the connection ends for good.
        """
        with suppress(TimeoutError):
            await self._connection.wait(self._done, timeout_s)
        return self.answered

    def stop(self) -> None:
        """Let `finished` return; called on the event loop, for example by a signal handler"""
        if not self._done.done():
            self._done.set_result(None)

    async def work(self) -> None:
        """Answer what comes until cancelled; so many of these run as may be answered at once"""
        import asyncio

        while True:
            while self._waiting:
                await self._answer(self._waiting.popleft())
                if self.answered % _ANSWERS_A_TURN == 0:
                    await asyncio.sleep(0)
            self._has_come.clear()
            await self._has_come.wait()

    def _take(self, block: MessageBlock) -> None:
        # Without a reply subject nobody waits for an answer.
        self._waiting.extend(message for message in block if message.reply)
        self._has_come.set()

    async def _answer(self, message: Message) -> None:
        if self._done.done():
            return
        try:
            answer = await self._handler(message)
            if answer is None or self._done.done():
                return
            if not await self._send(message.reply, answer):
                return
        except Exception as error:  # noqa: BLE001 - it is raised again where `finished` is awaited
            if not self._done.done():
                self._done.set_exception(error)
            return
        self.answered += 1
        if self._count is not None and self.answered >= self._count:
            self.stop()

    async def _send(self, inbox: str, answer: Answer) -> bool:
        """Send an answer, False when there is no connection at the moment"""
        try:
            await self._connection.publish(inbox, answer.payload, headers=answer.headers)
        except Unreachable:
            if self._connection.ended:
                raise
            self.unsent += 1
            return False
        return True


@asynccontextmanager
async def respond(
    connection: Connection,
    subject: str,
    handler: Handler,
    *,
    queue: str = "",
    count: int | None = None,
    concurrency: int = 1,
) -> AsyncIterator[Responder]:
    """Answer requests to `subject` with what `handler` returns, None for no answer

    So many as `concurrency` are handled at once. Inside the `async with` the server knows the
    subscription. At its end the server has seen every answer that was sent, if it is there. Raises
    what `Connection.subscribe` raises.
    """
    responder = Responder(connection, handler, count)
    async with (
        listening(connection, [subject], responder.receiver, queue=queue),
        _working(responder, concurrency),
    ):
        yield responder
        with suppress(Unreachable):
            await connection.confirm()


@asynccontextmanager
async def _working(responder: Responder, workers: int) -> AsyncIterator[None]:
    import asyncio

    tasks = {asyncio.create_task(responder.work()) for _ in range(workers)}
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
