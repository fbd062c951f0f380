"""Send until it is acknowledged, always with the same id; the receiver handles an id once"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import iterapp_nats

TRIES = 20


async def deliver(connection: iterapp_nats.Connection, subject: str, payload: bytes) -> None:
    message_id = (("Message-Id", uuid4().hex),)
    for attempt in range(TRIES):
        try:
            await connection.request(subject, payload, headers=message_id, timeout_s=1)
        except (iterapp_nats.NoAnswer, iterapp_nats.Unreachable):
            await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
        else:
            return
    raise TimeoutError(subject)


async def receive(
    connection: iterapp_nats.Connection,
    subject: str,
    handle: Callable[[bytes], Awaitable[None]],
) -> None:
    # With several receivers the ids belong where all of them look, for example in the database.
    handled: set[str] = set()

    async def take(message: iterapp_nats.Message) -> None:
        message_id = dict(message.headers).get("Message-Id")
        if message_id not in handled:
            await handle(message.payload)
        if message_id:  # without one a message was not sent by `deliver`: handled each time
            handled.add(message_id)
        if message.reply:
            await connection.publish(message.reply, b"done")

    await connection.subscribe(subject, take)
