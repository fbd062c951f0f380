"""A subscriber, or the witness: notes which numbers came, when, and over which connection"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from iterapp_nats.delivery.sequences import ReceivedLog
from iterapp_nats.delivery.stamp import parse_stamp
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.probes.publisher import WARM_UP

if TYPE_CHECKING:
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.supervisor import Subscription
    from iterapp_nats.probes.chronicle import Chronicle


class Receiver:
    """Receives the numbered messages of one subject over one connection"""

    def __init__(self, chronicle: Chronicle, *, most: int, delay_s: float = 0.0) -> None:
        self.log = ReceivedLog()
        self.warm_up = ReceivedLog()
        self.strangers = 0
        """How many messages were none of ours"""
        self.last_arrival_ns = 0
        self.settled_session: int | None = None
        """The connection on which, in the end, nothing was under way any more"""
        self._chronicle = chronicle
        self._most = most
        self._delay_s = delay_s
        self._is_busy = False
        self._subscription: Subscription | None = None

    @property
    def name(self) -> str:
        """Who it is in the report"""
        return self._chronicle.who

    @property
    def chronicle(self) -> Chronicle:
        """What its connection went through"""
        return self._chronicle

    @property
    def queued(self) -> int:
        """How many messages have come and are not handled yet"""
        waiting = self._subscription.queued if self._subscription else 0
        return waiting + self._is_busy

    async def subscribe(self, subject: str, queue: str) -> None:
        """Receive from now on; raises what `Connection.subscribe` raises"""
        connection = self._chronicle.connection
        self._subscription = await connection.subscribe(subject, self._take, queue=queue)

    async def settle(self, timeout_s: float) -> bool:
        """Find out whether anything is still on its way; raises nothing"""
        session = self._chronicle.session
        self.settled_session = None
        try:
            await self._chronicle.connection.confirm(timeout_s)
        except IterappNatsError:
            return False
        if self.queued or session != self._chronicle.session:
            return False
        self.settled_session = session
        return True

    async def _take(self, message: Message) -> None:
        import asyncio

        now_ns = time.monotonic_ns()
        stamp = parse_stamp(message.payload)
        if stamp and stamp.origin.epoch == WARM_UP:
            self.warm_up.take(stamp.sequence, now_ns, self._chronicle.session)
            return
        if stamp is None or not 0 < stamp.sequence <= self._most:
            self.strangers += 1
            return
        self.log.take(stamp.sequence, now_ns, self._chronicle.session)
        self.last_arrival_ns = now_ns
        if self._delay_s:
            self._is_busy = True
            await asyncio.sleep(self._delay_s)
            self._is_busy = False
