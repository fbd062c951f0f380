"""Something that is done on purpose while a probe runs"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.delivery.causes import Event, EventKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done, `after_s` into the run; `inject` ends when it is over"""

    name: str
    after_s: float
    inject: Callable[[], Awaitable[None]]


async def run_with_fault(work: Coroutine[object, object, None], fault: Fault | None) -> list[Event]:
    """Do the work with the fault beside it, to the end of both; return when the fault was"""
    import asyncio

    faults: list[Event] = []

    async def inject(fault: Fault) -> None:
        await asyncio.sleep(fault.after_s)
        began_ns = time.monotonic_ns()
        await fault.inject()
        faults.append(Event(fault.name, EventKind.FAULT, began_ns, time.monotonic_ns()))

    running = [asyncio.ensure_future(each) for each in (work, *([inject(fault)] if fault else []))]
    try:
        await asyncio.gather(*running)
    finally:
        for each in running:
            each.cancel()
        await asyncio.wait(running)
    return faults
