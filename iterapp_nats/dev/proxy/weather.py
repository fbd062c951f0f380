"""The fault of the moment, shared by all connections of a proxy"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
from typing import TYPE_CHECKING, Any

from iterapp_nats.dev.proxy.link_fault import LinkTrouble

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from iterapp_nats.dev.proxy.link_fault import Direction, LinkFault


class Weather:
    """Which fault is on, if any; links wait here for it to change"""

    def __init__(self) -> None:
        self.dropped_bytes = 0
        self._fault: LinkFault | None = None
        self._change: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def fault(self) -> LinkFault | None:
        """What is on now"""
        return self._fault

    @fault.setter
    def fault(self, fault: LinkFault | None) -> None:
        self._fault = fault
        self._change.set_result(None)
        self._change = asyncio.get_running_loop().create_future()

    def is_on(self, trouble: LinkTrouble, direction: Direction) -> bool:
        """Tell whether this trouble is on for the bytes of a direction"""
        return self._fault is not None and self._fault.hits(trouble, direction)

    def bytes_per_s(self, direction: Direction) -> int:
        """Return how many bytes may pass, 0 for any number"""
        is_slow = self.is_on(LinkTrouble.THROTTLE, direction)
        return self._fault.bytes_per_s if self._fault and is_slow else 0

    def delay_s(self, direction: Direction) -> tuple[float, float]:
        """Return by how much bytes are delayed, and by how much more at random"""
        if self._fault and self.is_on(LinkTrouble.LATENCY, direction):
            return self._fault.delay_s, self._fault.jitter_s
        return 0.0, 0.0

    async def until_open(self, direction: Direction) -> None:
        """Wait while a partition holds the bytes of a direction"""
        while self.is_on(LinkTrouble.PARTITION, direction):
            await asyncio.shield(self._change)

    async def either(self, work: Coroutine[object, object, object]) -> None:
        """Wait for the work or a change of the weather, whichever is first"""
        task = asyncio.ensure_future(work)
        both: set[asyncio.Future[Any]] = {task, self._change}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
