"""Requests and the answers to them

A server that knows nobody for a subject says so at once. A forbidden subject or inbox is told by an
asynchronous error only, so that every wait here is one of `Connection.wait`.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.inbox import Confirmation
from iterapp_nats.client.message import require_sendable
from iterapp_nats.client.policy import DEFAULT_TIMEOUT_S
from iterapp_nats.errors import NoAnswer, Refused

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message, OutgoingMessage
    from iterapp_nats.client.watch import Attention

_NO_RESPONDERS: Final = ("Status", "503")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and how long after the request it came"""

    message: Message
    round_trip_s: float


def is_no_responders(reply: Reply) -> bool:
    """Tell whether it is the server that answers, because nobody is subscribed"""
    return _NO_RESPONDERS in reply.message.headers and not reply.message.payload


async def request(
    connection: Connection, message: OutgoingMessage, *, timeout_s: float = DEFAULT_TIMEOUT_S
) -> Reply:
    """Publish a request and return the first answer

    Raises:
        NoAnswer: `no-responders` at once, `request-timeout` after `timeout_s`
        Refused: `publish-denied`, `inbox-denied`
        InputError: as `publish`

    """
    replies: list[Reply] = []
    await request_many(connection, message, replies.append, timeout_s=timeout_s, replies=1)
    return replies[0]


async def request_many(
    connection: Connection,
    message: OutgoingMessage,
    on_reply: Callable[[Reply], None],
    *,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    replies: int | None = None,
    gap_s: float | None = None,
) -> int:
    """Publish a request, hand each answer to `on_reply` and return how many came

    It ends after `replies`, after `gap_s` without a further answer, or after `timeout_s` in total.
    Fewer than `replies` is the caller's to judge; none at all is an error as in `request`.
    """
    received = 0
    deadline_s = time.perf_counter() + timeout_s
    async with open_exchange(connection, message) as exchange:
        while replies is None or received < replies:
            wait_s = deadline_s - time.perf_counter()
            if received and gap_s is not None:
                wait_s = min(wait_s, gap_s)
            try:
                on_reply(await exchange.next_reply(wait_s))
            except TimeoutError:
                break
            received += 1
    if not received:
        raise NoAnswer.in_time(message.subject, timeout_s)
    return received


async def measure_round_trip(
    connection: Connection, count: int, *, timeout_s: float = DEFAULT_TIMEOUT_S
) -> tuple[float, ...]:
    """Send `count` messages to oneself, one after the other; return how many seconds each took

    A first one is not counted: it makes the inbox known to the server.

    Raises:
        Refused: `inbox-denied`
        Unreachable: `confirm-timeout`, `connection-lost`

    """
    times_s = []
    for _ in range(count + 1):
        began_s = time.perf_counter()
        if await connection.confirm(timeout_s) is not Confirmation.SEEN:
            raise Refused.own_inbox(connection.inbox.pattern)
        times_s.append(time.perf_counter() - began_s)
    return tuple(times_s[1:])


class Exchange:
    """One request and the answers to it"""

    def __init__(self, connection: Connection, subject: str, attention: Attention) -> None:
        import asyncio

        self._connection = connection
        self._subject = subject
        self._attention = attention
        self._arrived: asyncio.Queue[Reply] = asyncio.Queue()
        self._began_s = time.perf_counter()

    def take(self, message: Message) -> None:
        """Take one answer"""
        self._arrived.put_nowait(Reply(message, time.perf_counter() - self._began_s))

    async def next_reply(self, timeout_s: float) -> Reply:
        """Wait for one more answer

        Raises:
            TimeoutError: none came
            NoAnswer: `no-responders`
            Refused: `publish-denied`, `inbox-denied`

        """
        try:
            reply = await self._connection.wait(self._arrived.get(), timeout_s, self._attention)
        except Refused:
            self._connection.inbox.require_allowed()
            raise
        if is_no_responders(reply):
            raise NoAnswer.no_responders(self._subject)
        return reply


@asynccontextmanager
async def open_exchange(
    connection: Connection, message: OutgoingMessage
) -> AsyncIterator[Exchange]:
    """Publish a request; within the `async with` its answers are waited for one by one

    Raises:
        InputError: as `publish`
        Refused: `inbox-denied`
        Unreachable: `connection-lost` or another reason why the connection has ended

    """
    inbox = connection.inbox
    inbox.require_allowed()
    require_sendable(message, connection.client.max_payload)
    with connection.attending(message.subject, inbox.pattern) as attention:
        exchange = Exchange(connection, message.subject, attention)
        try:
            reply = await inbox.expect(exchange.take)
        except (connection.client_error, OSError) as error:
            raise connection.translated(error, inbox.pattern) from error
        try:
            await connection.send(replace(message, reply=reply))
            yield exchange
        finally:
            inbox.forget(reply)
