"""Numbers at the times that a rate demands"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

    from iterapp_nats.probes.plan import Traffic

_TICK_NS: Final = 5_000_000
"""What is due within a tick is sent together: five wake-ups a message would be half of the cost"""
_LONGEST_SLEEP_S: Final = 0.1
_BURST: Final = 64
"""After so many overdue messages others get their turn"""


async def paced(traffic: Traffic, stop: asyncio.Event | None) -> AsyncIterator[tuple[int, int]]:
    """Yield each sequence number when it is due, with how many ns it is behind, until `stop`"""
    import asyncio

    began_ns = time.monotonic_ns()
    step_ns = 1e9 / traffic.rate_per_s
    for sequence in range(1, traffic.messages + 1):
        due_ns = began_ns + int((sequence - 1) * step_ns) // _TICK_NS * _TICK_NS
        while (ahead_ns := due_ns - time.monotonic_ns()) > 0:
            await asyncio.sleep(min(ahead_ns / 1e9, _LONGEST_SLEEP_S))
            if stop and stop.is_set():
                return
        if sequence % _BURST == 0:
            await asyncio.sleep(0)
            if stop and stop.is_set():
                return
        yield sequence, -ahead_ns
