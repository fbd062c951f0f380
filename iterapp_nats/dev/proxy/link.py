"""One direction of one connection through the proxy

Bytes are read as long as not too many wait, and written when the fault of the moment lets them.
Reading less is how a slow network is felt by the sender.
"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import random
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.proxy.link_fault import Direction, LinkTrouble

if TYPE_CHECKING:
    from iterapp_nats.dev.proxy.weather import Weather

_READ_BYTES: Final = 64 << 10
_MOST_WAITING_BYTES: Final = 4 << 20
_SLICE_S: Final = 0.02
"""A throttled link writes what may pass in this time at once"""


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Bytes on the way, not before `due_s`; none mean the end of the stream"""

    data: bytes
    due_s: float


class Link:
    """Carries bytes from a reader to a writer in the weather of the moment"""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        direction: Direction,
        weather: Weather,
    ) -> None:
        self.has_lost_bytes = False
        self._reader = reader
        self._writer = writer
        self._direction = direction
        self._weather = weather
        self._clock = asyncio.get_running_loop().time
        self._waiting: deque[_Parcel] = deque()
        self._waiting_bytes = 0
        self._last_due_s = 0.0
        self._arrived = asyncio.Event()
        self._left = asyncio.Event()

    async def run(self) -> None:
        """Carry everything to the end of the stream; raises OSError when the way breaks"""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._read())
            both.create_task(self._write())

    async def _read(self) -> None:
        while True:
            data = await self._reader.read(self._most_bytes())
            if data and self._weather.is_on(LinkTrouble.DROP, self._direction):
                self.has_lost_bytes = True
                self._weather.dropped_bytes += len(data)
                continue
            self._waiting.append(_Parcel(data, self._due_s()))
            self._waiting_bytes += len(data)
            self._arrived.set()
            if not data:
                return
            while self._waiting_bytes >= self._limit_bytes():
                self._left.clear()
                await self._weather.either(self._left.wait())

    async def _write(self) -> None:
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            await self._weather.until_open(self._direction)
            parcel = self._waiting[0]
            ahead_s = parcel.due_s - self._clock()
            if ahead_s > 0 and self._weather.is_on(LinkTrouble.LATENCY, self._direction):
                # Another fault may begin meanwhile, or this one end.
                await self._weather.either(asyncio.sleep(ahead_s))
                continue
            self._waiting.popleft()
            if not parcel.data:
                self._writer.write_eof()
                return
            await self._pass(parcel.data)
            self._waiting_bytes -= len(parcel.data)
            self._left.set()

    async def _pass(self, data: bytes) -> None:
        place = 0
        while place < len(data):
            rate = self._weather.bytes_per_s(self._direction)
            size = max(1, int(rate * _SLICE_S)) if rate else len(data) - place
            self._writer.write(data[place : place + size])
            await self._writer.drain()
            place += size
            if rate:
                await self._weather.either(asyncio.sleep(_SLICE_S))

    def _due_s(self) -> float:
        delay_s, jitter_s = self._weather.delay_s(self._direction)
        due_s = self._clock() + delay_s + jitter_s * random.random()  # noqa: S311 - no secret
        # TCP keeps order, and so does every delay.
        self._last_due_s = max(self._last_due_s, due_s)
        return self._last_due_s

    def _most_bytes(self) -> int:
        rate = self._weather.bytes_per_s(self._direction)
        return min(_READ_BYTES, max(1, rate // 10)) if rate else _READ_BYTES

    def _limit_bytes(self) -> int:
        rate = self._weather.bytes_per_s(self._direction)
        is_held = self._weather.is_on(LinkTrouble.PARTITION, self._direction)
        # What a slow or cut network cannot take stays with the sender.
        return _READ_BYTES if rate or is_held else _MOST_WAITING_BYTES
