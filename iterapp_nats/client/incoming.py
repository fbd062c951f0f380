"""Messages of nats-py to our own, handed to a handler"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from iterapp_nats.client.message import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.msg import Msg


def message_of(received: Msg) -> Message:
    """Return a received message, stamped with the present time"""
    from iterapp_nats.client.strict_client import received_headers

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
