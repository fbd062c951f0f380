"""Requests and answers

A server that knows nobody for a subject says so at once. A forbidden subject or inbox is told by an
asynchronous error only, so that every wait here is one of `Connection.wait`.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.policy import DEFAULT_TIMEOUT_S
from iterapp_nats.client.subscriber import subscribe
from iterapp_nats.errors import NoAnswer, Unreachable

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message, OutgoingMessage
    from iterapp_nats.headers import Headers

_STATUS: Final = "Status"
_NO_RESPONDERS: Final = "503"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and how long after the request it came"""

    message: Message
    round_trip_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a responder sends back"""

    payload: bytes = b""
    headers: Headers = ()


async def request(
    connection: Connection, message: OutgoingMessage, *, timeout_s: float = DEFAULT_TIMEOUT_S
) -> Reply:
    """Publish a request and return the first answer

    Raises:
        NoAnswer: `no-responders` at once, `request-timeout` after `timeout_s`
        Refused: `publish-denied`, or `subscribe-denied` for the own inbox
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
    """Publish a request and hand each answer to `on_reply`; return how many came

    It ends after `replies`, after `gap_s` without a further answer, or after `timeout_s` in total.
    Fewer than `replies` is the caller's to judge, none at all is an error as in `request`.
    """
