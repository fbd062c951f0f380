"""A subscriber of a stream: acks each message, and notes what came again"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.sequences import ReceivedLog
from iterapp_nats.delivery.stamp import parse_stamp
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.probes.streams import deliveries_of

if TYPE_CHECKING:
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.supervisor import Subscription
    from iterapp_nats.probes.chronicle import Chronicle

_ACK: Final = b"+ACK"


class AckingConsumer:
    """Receives what a stream pushes to a subject over one connection"""

    def __init__(self, chronicle: Chronicle, *, most: int) -> None:
        self.log = ReceivedLog()
        self.redelivered = 0
        self.last_arrival_ns = 0
        self.is_settled = False
        self._chronicle = chronicle
        self._most = most
        self._subscription: Subscription | None = None

    @property
    def chronicle(self) -> Chronicle:
        """What its connection went through"""
        return self._chronicle

    async def subscribe(self, subject: str, queue: str) -> None:
        """Receive from now on; raises what `Connection.subscribe` raises"""
        self._subscription = await self._chronicle.connection.subscribe(
            subject, self._take, queue=queue
        )

    async def settle(self, timeout_s: float) -> bool:
        """Find out whether anything is still on its way; raises nothing"""
        self.is_settled = False
        with suppress(IterappNatsError):
            await self._chronicle.connection.confirm(timeout_s)
            self.is_settled = not (self._subscription and self._subscription.queued)
        return self.is_settled

    async def _take(self, message: Message) -> None:
        now_ns = time.monotonic_ns()
        stamp = parse_stamp(message.payload)
        if stamp and 0 < stamp.sequence <= self._most:
            self.log.take(stamp.sequence, now_ns, self._chronicle.session)
            self.last_arrival_ns = now_ns
            self.redelivered += deliveries_of(message.reply) > 1
        with suppress(IterappNatsError):
            # Without a connection there is no ack, and the stream delivers again.
            await self._chronicle.connection.publish(message.reply, _ACK)
