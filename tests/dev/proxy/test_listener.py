"""The proxy between real sockets: what each trouble does to bytes and connections"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.proxy.link_fault import Direction, LinkFault, LinkTrouble
from iterapp_nats.dev.proxy.listener import FaultProxy, run_proxy
from tests.support.servers import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

TO_SERVER, TO_CLIENT, BOTH = Direction.TO_SERVER, Direction.TO_CLIENT, Direction.BOTH


@dataclass(slots=True)
class Wire:
    """A client that is connected through the proxy to a server that sends everything back"""

    proxy: FaultProxy
    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    came_to_server: bytearray = field(default_factory=bytearray)
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def echo(self, data: bytes, timeout_s: float = 5.0) -> bytes:
        self.writer.write(data)
        return await asyncio.wait_for(self.reader.readexactly(len(data)), timeout_s)

    async def is_silent(self, data: bytes) -> bool:
        try:
            await self.echo(data, 0.1)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def wired() -> AsyncIterator[Wire]:
    wires: list[Wire] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                for wire in wires:
                    wire.came_to_server += data
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
            for wire in wires:
                wire.has_ended.set()

    server = await asyncio.start_server(serve, HOST, 0)
    listener = socket.create_server((HOST, 0))
    async with run_proxy(listener, server.sockets[0].getsockname()[1]) as proxy:
        port = listener.getsockname()[1]
        reader, writer = await asyncio.open_connection(HOST, port)
        wires.append(Wire(proxy, port, reader, writer))
        assert await wires[0].echo(b"hello") == b"hello"
        wires[0].came_to_server.clear()
        yield wires[0]
        writer.close()
    server.close()
    await server.wait_closed()


def played(story: Callable[[Wire], Awaitable[None]]) -> None:
    async def play() -> None:
        async with wired() as wire:
            await story(wire)

    asyncio.run(play())


def test_good_network_changes_no_byte() -> None:
    async def story(wire: Wire) -> None:
        data = bytes(range(256)) * 20_000
        assert await wire.echo(data) == data

    played(story)


def test_latency_delays_every_byte_and_keeps_their_order() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.LATENCY, BOTH, delay_s=0.1, jitter_s=0.05))
        began = time.monotonic()
        lines = b"".join(b"%d\n" % number for number in range(5000))
        assert await wire.echo(lines) == lines
        assert 0.2 <= time.monotonic() - began < 1.0
        wire.proxy.end()
        began = time.monotonic()
        await wire.echo(b"fast again")
        assert time.monotonic() - began < 0.1

    played(story)


def test_throttle_lets_so_many_bytes_pass() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.THROTTLE, TO_CLIENT, bytes_per_s=100_000))
        began = time.monotonic()
        await wire.echo(b"x" * 50_000)
        assert 0.4 <= time.monotonic() - began < 2.0
        wire.proxy.end()
        began = time.monotonic()
        await wire.echo(b"x" * 500_000)
        assert time.monotonic() - began < 1.0

    played(story)


def test_throttled_reader_is_felt_by_the_sender() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.THROTTLE, TO_SERVER, bytes_per_s=10_000))
        wire.writer.write(b"x" * (32 << 20))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wire.writer.drain(), 0.3)

    played(story)


@pytest.mark.parametrize("direction", [TO_SERVER, TO_CLIENT, BOTH])
def test_partition_holds_bytes_and_brings_them_at_the_end(direction: Direction) -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.PARTITION, direction))
        assert await wire.is_silent(b"1")
        assert (wire.came_to_server == b"1") == (direction is TO_CLIENT)
        wire.proxy.end()
        assert await asyncio.wait_for(wire.reader.readexactly(1), 5) == b"1"
        assert await wire.echo(b"2") == b"2"

    played(story)


def test_client_that_goes_during_a_partition_is_noticed_at_its_end() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.PARTITION, BOTH))
        wire.writer.write(b"last words")
        wire.writer.close()
        await asyncio.sleep(0.05)
        assert wire.came_to_server == b""
        assert wire.proxy.connections == 1
        wire.proxy.end()
        assert await asyncio.wait_for(wire.has_ended.wait(), 5)
        assert wire.came_to_server == b"last words"

    played(story)


def test_dropped_bytes_never_come_and_their_connection_is_reset() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.DROP, TO_SERVER))
        assert await wire.is_silent(b"lost")
        wire.proxy.end()
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(wire.reader.readexactly(1), 5)
        assert wire.came_to_server == b""
        assert (wire.proxy.weather.dropped_bytes, wire.proxy.resets) == (4, 1)

    played(story)


def test_connection_that_lost_nothing_survives_a_drop() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.DROP, BOTH))
        wire.proxy.end()
        assert await wire.echo(b"alive") == b"alive"

    played(story)


def test_reset_cuts_everybody_and_new_connections_work() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.RESET))
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(wire.reader.readexactly(1), 5)
        reader, writer = await asyncio.open_connection(HOST, wire.port)
        writer.write(b"again")
        assert await asyncio.wait_for(reader.readexactly(5), 5) == b"again"
        writer.close()

    played(story)


def test_proxy_without_a_server_resets_the_connection() -> None:
    async def story() -> None:
        listener = socket.create_server((HOST, 0))
        nobody = socket.socket()
        nobody.bind((HOST, 0))
        async with run_proxy(listener, nobody.getsockname()[1]):
            reader, writer = await asyncio.open_connection(HOST, listener.getsockname()[1])
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.read(1), 5)
            writer.close()
        nobody.close()

    asyncio.run(story())


def test_closing_ends_held_connections_at_once() -> None:
    async def story(wire: Wire) -> None:
        wire.proxy.begin(LinkFault(LinkTrouble.PARTITION, BOTH))
        wire.writer.write(b"held")
        await asyncio.sleep(0.05)

    began = time.monotonic()
    played(story)
    assert time.monotonic() - began < 2
