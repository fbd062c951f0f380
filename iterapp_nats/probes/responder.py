"""The receiving side of acks: acknowledges everything, and handles each message id once"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from iterapp_nats.delivery.acknowledgements import Arrival
from iterapp_nats.delivery.stamp import parse_stamp, render_stamp
from iterapp_nats.errors import IterappNatsError

if TYPE_CHECKING:
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.supervisor import Subscription
    from iterapp_nats.probes.chronicle import Chronicle


class AckingResponder:
    """Subscribes over one connection; the try's number stands where others have the epoch"""

    def __init__(self, chronicle: Chronicle) -> None:
        self.arrivals: list[Arrival] = []
        self.handled: set[int] = set()
        """The ids that it has seen: what comes again is acknowledged, and not handled"""
        self.warm_ups = 0
        self.is_settled = False
        self._chronicle = chronicle
        self._subscription: Subscription | None = None

    @property
    def chronicle(self) -> Chronicle:
        """What its connection went through"""
        return self._chronicle

    async def subscribe(self, subject: str, queue: str) -> None:
        """Answer from now on; raises what `Connection.subscribe` raises"""
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
        if stamp is None:
            return
        number = stamp.origin.epoch
        if number:
            arrival = Arrival(stamp.sequence, number, self._chronicle.who, now_ns)
            self.arrivals.append(arrival)
            self.handled.add(stamp.sequence)
        else:
            self.warm_ups += 1
        with suppress(IterappNatsError):
            # Without a connection there is no ack: the sender tries again.
            await self._chronicle.connection.publish(message.reply, render_stamp(stamp, 0))
