"""Is it the machine that is late? How long the probe's own event loop was kept waiting

A loop that is woken late has everything late: what it sends, and what it takes from the network.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.causes import Event, EventKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_TICK_S: Final = 0.01
_STALL_NS: Final = 25_000_000
"""A wake-up that comes so late is noted; an idle machine is a millisecond late"""


@dataclass(slots=True)
class MachineWatch:
    """The times at which the loop stood still, and the processor time that the probe took"""

    stalls: list[Event] = field(default_factory=list)
    began_ns: int = field(default_factory=time.monotonic_ns)
    _processor_s: float = field(default_factory=time.process_time)

    @property
    def processor_share(self) -> float:
        """How much of one core the probe took since it began, 1 for all of it"""
        passed_s = (time.monotonic_ns() - self.began_ns) / 1e9
        return (time.process_time() - self._processor_s) / passed_s if passed_s else 0.0

    async def watch(self) -> None:
        """Look until cancelled"""
        import asyncio

        while True:
            before_ns = time.monotonic_ns()
            await asyncio.sleep(_TICK_S)
            woken_ns = time.monotonic_ns()
            late_ns = woken_ns - before_ns - int(_TICK_S * 1e9)
            if late_ns > _STALL_NS:
                began_ns = woken_ns - late_ns
                self.stalls.append(Event("the machine", EventKind.STALL, began_ns, woken_ns))


@asynccontextmanager
async def watching_machine() -> AsyncIterator[MachineWatch]:
    """Watch the machine as long as the block lasts"""
    import asyncio

    watch = MachineWatch()
    task = asyncio.get_running_loop().create_task(watch.watch())
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
