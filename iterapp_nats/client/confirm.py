"""Waiting until the server has handled what was sent, refusals included"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.inbox import Confirmation
from iterapp_nats.errors import Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.watch import Attention

_FOR_EVER_S: Final = 1 << 30


async def confirm(connection: Connection, timeout_s: float) -> Confirmation:
    """Do what `Connection.confirm` says; raises the same"""
    inbox = connection.inbox
    if not inbox.refuses_echo:
        with suppress(Refused):
            await _before_deadline(connection, _echoed(connection), timeout_s, inbox.attention)
            return Confirmation.SEEN
        inbox.refuses_echo = True
    # nats-py stays deaf after a flush that was given up, so that it is left to itself.
    flushed = connection.spawn(_flush_twice(connection))
    await _before_deadline(connection, asyncio.shield(flushed), timeout_s, None)
    return Confirmation.FLUSHED


async def _echoed(connection: Connection) -> None:
    await (await connection.inbox.send_echo())


async def _flush_twice(connection: Connection) -> None:
    for _ in range(2):
        await connection.client.flush(_FOR_EVER_S)


async def _before_deadline(
    connection: Connection,
    awaitable: Awaitable[None],
    timeout_s: float,
    attention: Attention | None,
) -> None:
    try:
        await connection.wait(awaitable, timeout_s, attention)
    except TimeoutError as error:
        raise Unreachable.unconfirmed(connection.url, timeout_s) from error
