"""Messages of nats-py to our own, handed to a handler"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from iterapp_nats.client.block import MessageBlock
from iterapp_nats.client.message import Message
from iterapp_nats.headers import render_header_block
from iterapp_nats.wire.blocks import Envelope

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from nats.aio.msg import Msg

    from iterapp_nats.client.block import BlockTaker
    from iterapp_nats.client.connection import Connection


def message_of(received: Msg) -> Message:
    """Return a received message, stamped with the present time"""
    from iterapp_nats.client.nats_py.strict_client import received_headers

    return Message(
        received.subject,
        received.data,
        received.reply,
        received_headers(received.headers) if received.headers else (),
        received_at_s=time.time(),
    )


def deliver_to(
    handler: Callable[[Message], Awaitable[None]], subject: str
) -> Callable[[Msg], Awaitable[None]]:
    """Return the callback for nats-py; an exception of the handler is logged and goes no further"""
    import logging

    logger = logging.getLogger("iterapp_nats")

    async def deliver(received: Msg) -> None:
        try:
            await handler(message_of(received))
        except Exception:
            logger.exception("the handler of %s failed", subject)

    return deliver


async def iterate(
    connection: Connection, subject: str, queue: str
) -> AsyncGenerator[Message, None]:
    """Do what `Connection.messages` says; raises the same"""
    import asyncio

    arrived: asyncio.Queue[Message] = asyncio.Queue()
    subscription = await connection.subscribe(subject, arrived.put, queue=queue)
    try:
        while True:
            while not arrived.empty():
                yield arrived.get_nowait()
            yield await connection.wait(arrived.get(), None)
    finally:
        await subscription.unsubscribe()


class BlockReceiver:
    """Takes messages for `taker`: in blocks, or one at a time where nats-py cannot be passed by

    In the latter case those that have arrived together become one block.
    """

    def __init__(self, taker: BlockTaker) -> None:
        import asyncio

        self.take = taker
        self._loop = asyncio.get_running_loop()
        self._envelopes: list[Envelope] = []
        self._payloads: list[bytes] = []
        self._pause: asyncio.Future[None] | None = None

    async def collect(self, received: Msg) -> None:
        """Take one message; the block is handed over when no more have arrived"""
        import asyncio

        if self._pause:
            await asyncio.wait({self._pause})
        if not self._payloads:
            self._loop.call_soon(self.hand_over)
        message = message_of(received)
        header_block = render_header_block(message.headers) if message.headers else b""
        self._envelopes.append(Envelope(message.subject, message.reply, header_block))
        self._payloads.append(message.payload)

    def hand_over(self) -> None:
        """Hand over what has been collected"""
        import asyncio

        if not self._payloads:
            return
        block = MessageBlock(self._envelopes, self._payloads, time.time())
        self._envelopes, self._payloads = [], []
        pause = self.take(block)
        self._pause = None if pause is None else asyncio.ensure_future(pause)

    def close(self) -> None:
        """Wait for the taker no longer"""
        if self._pause:
            self._pause.cancel()
