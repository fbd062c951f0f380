"""The proxy itself: listens, connects to the server, and joins the two in both directions"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.plan import HOST
from iterapp_nats.dev.proxy.link import Link
from iterapp_nats.dev.proxy.link_fault import Direction, LinkTrouble
from iterapp_nats.dev.proxy.weather import Weather

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.dev.proxy.link_fault import LinkFault

_SMALL_BUFFER_BYTES: Final = 64 << 10
"""With the kernel's own a slow client is not felt by the server before megabytes have passed"""
_NO_LINGER: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Passage:
    """One connection of a client, and ours to the server"""

    links: tuple[Link, Link]
    writers: tuple[asyncio.StreamWriter, asyncio.StreamWriter]

    @property
    def has_lost_bytes(self) -> bool:
        return any(link.has_lost_bytes for link in self.links)

    def reset(self) -> None:
        """Cut both sides so that they notice (RST)"""
        for writer in self.writers:
            _set_no_linger(writer)
            writer.transport.abort()


class FaultProxy:
    """A proxy in front of one server; made by `run_proxy`"""

    def __init__(self, target_port: int) -> None:
        self.weather = Weather()
        self.resets = 0
        self._target_port = target_port
        self._passages: set[_Passage] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many clients are connected through it"""
        return len(self._passages)

    def begin(self, fault: LinkFault) -> None:
        """Let a fault be on; a reset is over at once"""
        if fault.trouble is LinkTrouble.RESET:
            for passage in list(self._passages):
                self._reset(passage)
            return
        self.weather.fault = fault

    def end(self) -> None:
        """Let the network be good again; connections that have lost bytes are beyond repair"""
        self.weather.fault = None
        for passage in list(self._passages):
            if passage.has_lost_bytes:
                self._reset(passage)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one client's connection to its end"""
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
        try:
            await self._carry(reader, writer)
        except asyncio.CancelledError:
            # The proxy closes. The stream protocol would report a task that ends like this.
            return
        finally:
            writer.transport.abort()
            if task:
                self._tasks.discard(task)

    async def close(self) -> None:
        """Cut everybody"""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await _connect(self._target_port)
        except OSError:
            # Nobody listens. A reset is as near to a refused connection as a proxy can come.
            _set_no_linger(writer)
            return
        links = (
            Link(reader, server_writer, Direction.TO_SERVER, self.weather),
            Link(server_reader, writer, Direction.TO_CLIENT, self.weather),
        )
        passage = _Passage(links, (writer, server_writer))
        self._passages.add(passage)
        try:
            async with asyncio.TaskGroup() as both:
                for link in links:
                    both.create_task(link.run())
        except* (OSError, RuntimeError):
            # One side is gone, or was cut by us.
            pass
        finally:
            self._passages.discard(passage)
            server_writer.transport.abort()

    def _reset(self, passage: _Passage) -> None:
        self.resets += 1
        passage.reset()


@contextlib.asynccontextmanager
async def run_proxy(listener: socket.socket, target_port: int) -> AsyncIterator[FaultProxy]:
    """Accept on an open, bound socket until the block ends"""
    proxy = FaultProxy(target_port)
    server = await asyncio.start_server(proxy.serve, sock=listener)
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()


def _set_no_linger(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, (HOST, port))
    except BaseException:
        connection.close()
        raise
    return await asyncio.open_connection(sock=connection)
