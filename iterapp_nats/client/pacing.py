"""How fast messages come: at most so many a second"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from iterapp_nats.client.message import OutgoingBlock

_CATCH_UP_S: Final = 0.1
"""How much of a delay is made up for; after a longer one it goes on as if nothing had been"""


class Pace:
    """Tells when the next messages are due; without a `rate` they always are"""

    def __init__(self, rate: float | None) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._rate = rate
        self._began_s = self._loop.time()
        self._count = 0

    async def due(self, at_most: int) -> int:
        """Wait until a message is due, and return how many are, which counts them as sent"""
        import asyncio

        if self._rate is None:
            return at_most
        late_s = self._late_s(self._rate)
        if late_s < 0:
            await asyncio.sleep(-late_s)
            late_s = max(0.0, self._late_s(self._rate))
        self._began_s += max(0.0, late_s - _CATCH_UP_S)
        count = min(int(min(late_s, _CATCH_UP_S) * self._rate) + 1, at_most)
        self._count += count
        return count

    def _late_s(self, rate: float) -> float:
        return self._loop.time() - self._began_s - self._count / rate


async def at_rate(
    blocks: AsyncGenerator[OutgoingBlock, None], rate: float
) -> AsyncGenerator[OutgoingBlock, None]:
    """Yield the same messages, at most `rate` of them a second"""
    pace = Pace(rate)
    async with aclosing(blocks):
        async for block in blocks:
            first, last = 0, len(block.payloads)
            while first < last:
                count = await pace.due(last - first)
                yield replace(block, payloads=block.payloads[first : first + count])
                first += count
