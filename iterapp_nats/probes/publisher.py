"""The numbered publisher: one message after the other, at the times that the rate demands"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.delivery.sequences import Origin, SentLog
from iterapp_nats.delivery.stamp import Stamp, render_stamp
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.probes.pace import paced

if TYPE_CHECKING:
    import asyncio

    from iterapp_nats.probes.chronicle import Chronicle
    from iterapp_nats.probes.plan import Traffic

PUBLISHER: Final = 1
WARM_UP: Final = 0
COUNTED: Final = 1


class NumberedPublisher:
    """Publishes numbered messages over one connection, and knows what each of them travels on"""

    def __init__(self, traffic: Traffic, chronicle: Chronicle) -> None:
        self.sent = SentLog()
        self.refusals: Counter[str] = Counter()
        """How often each error code was raised instead of taking a message"""
        self.slip_ns = 0
        """How far the publisher was behind its rate at the worst moment"""
        self._traffic = traffic
        self._chronicle = chronicle
        self._warm_up_sent = 0
        frame = f"PUB {traffic.subject} {traffic.size_bytes}\r\n\r\n"
        self._frame_bytes = len(frame) + traffic.size_bytes
        self._holds_back = False
        chronicle.on_lost = self._lost

    async def warm_up(self) -> None:
        """Publish one message of the epoch that does not count; raises what `send` raises"""
        self._warm_up_sent += 1
        await self._chronicle.connection.send(self._message(WARM_UP, self._warm_up_sent))

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Publish everything at its time, until `stop`

        A refusal is noted, and the next number follows.
        """
        async for sequence, behind_ns in paced(self._traffic, stop):
            self.slip_ns = max(self.slip_ns, behind_ns)
            await self._publish(sequence)

    def note_session(self) -> None:
        """Note on which connection a buffer was sent, once it is back"""
        self._session()

    async def _publish(self, sequence: int) -> None:
        session = self._session()
        now_ns = time.monotonic_ns()
        try:
            await self._chronicle.connection.send(self._message(COUNTED, sequence, now_ns))
        except IterappNatsError as error:
            self.refusals[error.code] += 1
            self.sent.refuse(now_ns, session)
            return
        self.sent.accepted(now_ns, session)

    def _session(self) -> int:
        if not self._chronicle.is_connected:
            self._holds_back = True
            return 0
        session = self._chronicle.session
        if self._holds_back:
            self._holds_back = False
            self.sent.send_held(session)
        return session

    def _lost(self) -> None:
        # What nats-py has not written yet it keeps, and writes after the next connect.
        waiting = self._chronicle.connection.client.pending_data_size // self._frame_bytes
        self.sent.hold_last(waiting)
        self._holds_back = True

    def _message(self, epoch: int, sequence: int, now_ns: int = 0) -> OutgoingMessage:
        stamp = Stamp(Origin(PUBLISHER, epoch), sequence, now_ns or time.monotonic_ns())
        return OutgoingMessage(self._traffic.subject, render_stamp(stamp, self._traffic.size_bytes))
