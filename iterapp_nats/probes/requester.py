"""The sending side of acks: numbered messages at a rate, each tried until it is acknowledged"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.delivery.acknowledgements import Try, TryOutcome
from iterapp_nats.delivery.sequences import Origin
from iterapp_nats.delivery.stamp import Stamp, render_stamp
from iterapp_nats.errors import NoAnswer, Unreachable
from iterapp_nats.probes.pace import paced

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from iterapp_nats.delivery.acks_result import RetryPolicy
    from iterapp_nats.probes.chronicle import Chronicle
    from iterapp_nats.probes.plan import Traffic

_REQUESTER: Final = 1
_WARM_UP: Final = 0
_WARM_UP_TIMEOUT_S: Final = 0.5
_ID_HEADER: Final = "Nats-Msg-Id"


class NumberedRequester:
    """Sends numbered requests over one connection, each of them a task of its own

    `is_ack` tells whether an answer is an acknowledgement.
    """

    def __init__(
        self,
        traffic: Traffic,
        policy: RetryPolicy,
        chronicle: Chronicle,
        *,
        is_ack: Callable[[bytes], bool] = bool,
    ) -> None:
        self.tries: dict[int, list[Try]] = {}
        self.sent_ns: dict[int, int] = {}
        """When each message was sent first"""
        self.slip_ns = 0
        self._traffic = traffic
        self._policy = policy
        self._chronicle = chronicle
        self._is_ack = is_ack

    async def warm_up(self) -> None:
        """Send one that does not count; raises `Refused` when it may not"""
        await self._try(1, _WARM_UP, _WARM_UP_TIMEOUT_S)

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Send everything at its time and wait for the last ack or the end of the last try

        Raises:
            Refused: the login or a permission was taken away meanwhile

        """
        try:
            await self._send_all(stop)
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed

    async def _send_all(self, stop: asyncio.Event | None) -> None:
        import asyncio

        async with asyncio.TaskGroup() as under_way:
            tasks: dict[int, asyncio.Task[None]] = {}
            async for sequence, behind_ns in paced(self._traffic, stop):
                self.slip_ns = max(self.slip_ns, behind_ns)
                self.tries[sequence] = []
                self.sent_ns[sequence] = time.monotonic_ns()
                tasks[sequence] = under_way.create_task(self._deliver(sequence))
            if stop and stop.is_set():
                self._give_up(tasks)

    def _give_up(self, tasks: Mapping[int, asyncio.Task[None]]) -> None:
        """Forget what is not decided yet"""
        for sequence, task in tasks.items():
            if not task.done():
                task.cancel()
                del self.tries[sequence]

    async def _deliver(self, sequence: int) -> None:
        import asyncio

        tries = self.tries[sequence]
        for number in range(1, self._policy.tries + 1):
            began_ns = time.monotonic_ns()
            outcome = await self._try(sequence, number, self._policy.timeout_s)
            latency_ns = time.monotonic_ns() - began_ns
            tries.append(Try(number, outcome, latency_ns))
            if outcome is TryOutcome.ACKED or number == self._policy.tries:
                return
            await asyncio.sleep(self._policy.pause_after_s(number))

    async def _try(self, sequence: int, number: int, timeout_s: float) -> TryOutcome:
        from iterapp_nats.client.requests import request

        stamp = Stamp(Origin(_REQUESTER, number), sequence, time.monotonic_ns())
        message = OutgoingMessage(
            self._traffic.subject,
            render_stamp(stamp, self._traffic.size_bytes),
            headers=((_ID_HEADER, f"{self._traffic.run_id}-{sequence}"),),
        )
        try:
            reply = await request(self._chronicle.connection, message, timeout_s=timeout_s)
        except NoAnswer as error:
            is_nobody = error.code == "no-responders"
            return TryOutcome.NO_RESPONDERS if is_nobody else TryOutcome.TIMEOUT
        except Unreachable:
            return TryOutcome.REFUSED
        return TryOutcome.ACKED if self._is_ack(reply.message.payload) else TryOutcome.REFUSED
