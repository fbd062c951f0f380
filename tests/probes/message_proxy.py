"""A proxy that knows messages: it drops, repeats or holds back exactly those it is told to"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import re
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.stamp import STAMP_START, parse_stamp
from tests.support.servers import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_FRAME: Final = re.compile(rb"H?(?:PUB|MSG) [^\r\n]* (\d+)\r\n|[^\r\n]*\r\n")


@dataclass(slots=True)
class Orders:
    """What happens to the numbered messages of one direction and one epoch (or try, for acks)

    One that is held back is let go behind the message of the number that it is held for.
    """

    drop: frozenset[int] = frozenset()
    repeat: frozenset[int] = frozenset()
    hold: dict[int, int] = field(default_factory=dict)
    epoch: int = 1
    drops_once: bool = False
    """Let through what comes again"""


@dataclass(slots=True)
class _Filter:
    orders: Orders
    _buffer: bytearray = field(default_factory=bytearray)
    _held: dict[int, list[bytes]] = field(default_factory=dict)
    _dropped: set[int] = field(default_factory=set)

    def passed(self, data: bytes) -> bytes:
        self._buffer += data
        return b"".join(out for frame in self._frames() for out in self._judged(frame))

    def _frames(self) -> Iterator[bytes]:
        while found := _FRAME.match(self._buffer):
            end = found.end() + (int(found[1]) + 2 if found[1] else 0)
            if len(self._buffer) < end:
                return
            frame = bytes(self._buffer[:end])
            del self._buffer[:end]
            yield frame

    def _judged(self, frame: bytes) -> list[bytes]:
        number = _number(frame, self.orders.epoch)
        if number is None:
            return [frame]
        behind = self._held.pop(number, [])
        if number in self.orders.drop and number not in self._dropped:
            self._dropped |= {number} if self.orders.drops_once else set()
            return behind
        if number in self.orders.hold:
            self._held.setdefault(self.orders.hold[number], []).append(frame)
            return behind
        return [frame, *([frame] if number in self.orders.repeat else []), *behind]


def _number(frame: bytes, epoch: int) -> int | None:
    stamp = parse_stamp(frame[max(0, frame.find(STAMP_START)) :])
    return stamp.sequence if stamp and stamp.origin.epoch == epoch else None


@asynccontextmanager
async def run_message_proxy(
    port: int, *, to_server: Orders | None = None, to_client: Orders | None = None
) -> AsyncIterator[str]:
    """Stand in front of a server of this machine; yield the address to connect to"""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        server_reader, server_writer = await asyncio.open_connection(HOST, port)
        try:
            await asyncio.gather(
                _pump(reader, server_writer, _Filter(to_server or Orders())),
                _pump(server_reader, writer, _Filter(to_client or Orders())),
            )
        except asyncio.CancelledError:
            pass
        finally:
            tasks.discard(task)
            for each in (writer, server_writer):
                each.transport.abort()

    listener = await asyncio.start_server(serve, HOST, 0)
    try:
        yield f"nats://{HOST}:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listener.wait_closed()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, filtering: _Filter
) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(filtering.passed(data))
            await writer.drain()
    writer.close()
