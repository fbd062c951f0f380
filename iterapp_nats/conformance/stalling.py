"""Rows with another in the server's place, who hangs up, falls silent, or says odd things"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import contextlib
import json
import ssl  # noqa: TID253 - as above
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats.conformance.bench import RowFailed
from iterapp_nats.conformance.losing import BACK_S, comes_back
from iterapp_nats.conformance.plan import HOST
from iterapp_nats.conformance.refusing import POLL_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.conformance.bench import Bench

# At the connection, at the TLS handshake, at the answer to the login.
_STAGES: Final = 3
# A client that waits 5 s for an answer and 3 s for its next try needs 24 s.
_STAGES_S: Final = 45.0
_SETTLED_S: Final = 1.0
_READ_BYTES: Final = 1 << 16
_INFO: Final[dict[str, object]] = {
    "server_id": "N",
    "server_name": "stalling",
    "version": "2.11.0",
    "proto": 1,
    "headers": True,
    "max_payload": 1 << 20,
    "auth_required": True,
    "tls_required": True,
    "nonce": "abcdefgh",
}


async def hangs_up(bench: Bench) -> str:
    """The server hangs up in the middle of logins"""
    return await _survives(bench, stays_open=False)


async def silent(bench: Bench) -> str:
    """The server falls silent in the middle of logins"""
    return await _survives(bench, stays_open=True)


async def _survives(bench: Bench, *, stays_open: bool) -> str:
    """Expect a connection at the start, and again after the loss of it"""
    environ = bench.configure_secure() | {"NATS_CREDENTIALS": bench.user().creds_text}
    async with _in_place_of_server(bench, stays_open=stays_open) as peer:
        await bench.start(environ)
        await _pass_stages(bench, peer)
    first_s = await _connected_again(bench)
    await bench.server.kill()
    async with _in_place_of_server(bench, stays_open=stays_open) as peer:
        await _pass_stages(bench, peer)
    then_s = await _connected_again(bench)
    await bench.answered(await bench.observe())
    await bench.ends_well()
    return f"connected {first_s:.1f} s after the server was well again, then {then_s:.1f} s after"


async def odd_error(bench: Bench) -> str:
    """The server ends a connection with an error that no client knows"""
    bench.configure_plain()
    await bench.server.start()
    await bench.start({"NATS_URL": bench.url})
    await bench.connected()
    await bench.server.kill()
    taken = asyncio.Event()
    connections: list[asyncio.StreamWriter] = []
    bench.stack.callback(_hang_up, connections)

    async def turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            writer.write(_greeting(auth_required=False, tls_required=False))
            await asyncio.wait_for(reader.readuntil(b"PING\r\n"), BACK_S)
            writer.write(b"PONG\r\n")
            # Right behind it, jnats may still be at its reconnect, and miss the end of it.
            await asyncio.sleep(_SETTLED_S)
            writer.write(b"-ERR 'Out Of Sorts'\r\n")
            await writer.drain()
            taken.set()
        writer.close()

    listener = await asyncio.start_server(turn_away, HOST, bench.server.ports.client)
    try:
        await asyncio.wait_for(taken.wait(), BACK_S)
    finally:
        listener.close()
    await bench.server.start()
    return await comes_back(bench)


async def _connected_again(bench: Bench) -> float:
    await bench.server.start()
    began = time.monotonic()
    await bench.connected(BACK_S)
    return time.monotonic() - began


async def _pass_stages(bench: Bench, peer: _StallingPeer) -> None:
    deadline = time.monotonic() + _STAGES_S
    while peer.passed < _STAGES:
        bench.require_alive("in the middle of a login")
        if time.monotonic() > deadline:
            raise RowFailed(f"it tried {peer.passed} times within {_STAGES_S:g} s")
        await asyncio.sleep(POLL_S)


@dataclass(slots=True)
class _StallingPeer:
    """Takes each connection one stage further into the login, then says no more"""

    context: ssl.SSLContext
    stays_open: bool
    passed: int = 0
    connections: list[asyncio.StreamWriter] = field(default_factory=list)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection"""
        stage = self.passed % _STAGES
        self.connections.append(writer)
        # When the client hangs up, or does not go on, the stage is over too.
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            await asyncio.wait_for(self._go_to(stage, reader, writer), BACK_S)
        self.passed += 1
        if not self.stays_open:
            writer.transport.abort()

    async def _go_to(
        self, stage: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if stage == 0:
            return
        writer.write(_greeting())
        if stage == 1:
            await reader.read(_READ_BYTES)
            return
        await writer.start_tls(self.context)
        await reader.readuntil(b"PING\r\n")


def _greeting(**fields: object) -> bytes:
    return b"INFO " + json.dumps(_INFO | fields).encode() + b"\r\n"


@contextlib.asynccontextmanager
async def _in_place_of_server(bench: Bench, *, stays_open: bool) -> AsyncIterator[_StallingPeer]:
    """Listen where the server did; connections that stay open do so until the row ends"""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bench.folder / "server.pem", bench.folder / "server.key")
    peer = _StallingPeer(context, stays_open)
    listener = await asyncio.start_server(peer.meet, HOST, bench.server.ports.client)
    try:
        yield peer
    finally:
        listener.close()
        bench.stack.callback(_hang_up, peer.connections)


def _hang_up(connections: list[asyncio.StreamWriter]) -> None:
    for connection in connections:
        connection.transport.abort()
