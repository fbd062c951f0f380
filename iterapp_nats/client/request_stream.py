"""Requests one behind the other: several under way at once, their answers in the order of asking"""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import require_sendable
from iterapp_nats.client.policy import DEFAULT_TIMEOUT_S
from iterapp_nats.client.requests import Reply, is_no_responders
from iterapp_nats.errors import NoAnswer, Refused

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message, OutgoingBlock, OutgoingMessage
    from iterapp_nats.client.watch import Attention

    # Of one request: its answer, or that there is none.
    Outcome = Reply | NoAnswer
    OutcomeTaker = Callable[[int, Outcome], Awaitable[None] | None]

_AHEAD: Final = 16
"""How many may be answered before an older one is, for each that may be under way"""


async def request_each(
    connection: Connection,
    blocks: AsyncGenerator[OutgoingBlock, None],
    on_outcome: OutcomeTaker,
    *,
    concurrency: int = 1,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> None:
    """Ask everything, and hand on the outcome of each request with its number, from 1

    So many as `concurrency` are under way at once. What `on_outcome` returns is awaited before it
    is called again.

    Raises:
        Refused: `publish-denied`, `inbox-denied`
        InputError: as `publish`

    """
    inbox = connection.inbox
    inbox.require_allowed()
    with connection.attending(inbox.pattern) as attention:
        stream = _Stream(connection, attention, concurrency, timeout_s)
        try:
            await connection.wait(stream.run(blocks, on_outcome), None, attention)
        except Refused:
            inbox.require_allowed()
            raise


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that was sent; `deadline_s` is on the event loop's clock"""

    subject: str
    inbox_subject: str
    answer: asyncio.Future[Reply]
    deadline_s: float


class _Stream:
    def __init__(
        self, connection: Connection, attention: Attention, concurrency: int, timeout_s: float
    ) -> None:
        import asyncio

        self._connection = connection
        self._attention = attention
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._unanswered = asyncio.Semaphore(concurrency)
        self._unfinished = asyncio.Semaphore(concurrency * _AHEAD)
        self._asked: asyncio.Queue[_Asked | None] = asyncio.Queue()

    async def run(
        self, blocks: AsyncGenerator[OutgoingBlock, None], on_outcome: OutcomeTaker
    ) -> None:
        import asyncio

        asking = asyncio.create_task(self._ask_all(blocks))
        try:
            await self._finish_all(on_outcome)
            await asking
        finally:
            asking.cancel()
            await asyncio.wait({asking})

    async def _ask_all(self, blocks: AsyncGenerator[OutgoingBlock, None]) -> None:
        try:
            async with aclosing(blocks):
                async for block in blocks:
                    self._attention.add(block.subject)
                    for message in block:
                        await self._unfinished.acquire()
                        await self._unanswered.acquire()
                        self._asked.put_nowait(await self._ask(message))
        finally:
            self._asked.put_nowait(None)

    async def _ask(self, message: OutgoingMessage) -> _Asked:
        require_sendable(message, self._connection.client.max_payload)
        answer: asyncio.Future[Reply] = self._loop.create_future()
        began_s = time.perf_counter()

        def take(received: Message) -> None:
            if not answer.done():
                answer.set_result(Reply(received, time.perf_counter() - began_s))
                self._unanswered.release()

        inbox_subject = await self._connection.inbox.expect(take)
        await self._connection.send(replace(message, reply=inbox_subject))
        deadline_s = self._loop.time() + self._timeout_s
        return _Asked(message.subject, inbox_subject, answer, deadline_s)

    async def _finish_all(self, on_outcome: OutcomeTaker) -> None:
        number = 0
        while asked := await self._asked.get():
            number += 1
            outcome = await self._outcome_of(asked)
            self._connection.inbox.forget(asked.inbox_subject)
            self._unfinished.release()
            pause = on_outcome(number, outcome)
            if pause is not None:
                await pause

    async def _outcome_of(self, asked: _Asked) -> Outcome:
        import asyncio

        if not asked.answer.done():
            try:
                async with asyncio.timeout_at(asked.deadline_s):
                    await asked.answer
            except TimeoutError:
                self._unanswered.release()
                return NoAnswer.in_time(asked.subject, self._timeout_s)
        reply = asked.answer.result()
        return NoAnswer.no_responders(asked.subject) if is_no_responders(reply) else reply
