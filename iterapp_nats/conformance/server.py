"""One throwaway nats-server, and what it says about its clients"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import contextlib
import json
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats.conformance.plan import HOST, Ports
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_S: Final = 10.0
_POLL_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class ClientConnection:
    """A client as the server's monitoring shows it"""

    name: str
    language: str
    version: str
    is_encrypted: bool
    user: str


@dataclass(slots=True)
class ThrowawayServer:
    """A server process that reads one configuration file; its log stands beside that"""

    binary: Path
    config_path: Path
    ports: Ports
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self) -> None:
        """Start it, and wait until it answers; raises LocalServerError `server-not-started`"""
        with self.config_path.with_suffix(".log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self.binary), "-c", str(self.config_path), stdout=log, stderr=log
            )
        async with asyncio.timeout(READY_S):
            while not await _is_listening(self.ports.client):
                if self._process.returncode is not None:
                    raise self._not_started()
                await asyncio.sleep(_POLL_S)

    async def kill(self) -> None:
        """End it as a crash would"""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def reload(self) -> None:
        """Let it read its configuration again"""
        if self._process:
            self._process.send_signal(signal.SIGHUP)

    async def clients(self) -> tuple[ClientConnection, ...]:
        """Return who is connected now; nobody is when the server is away"""
        try:
            body = await _get(self.ports.monitor, "/connz?auth=1")
        except OSError:
            return ()
        return tuple(
            ClientConnection(
                name=connection.get("name", ""),
                language=connection.get("lang", ""),
                version=connection.get("version", ""),
                is_encrypted="tls_version" in connection,
                user=connection.get("authorized_user", ""),
            )
            for connection in json.loads(body).get("connections", ())
        )

    def _not_started(self) -> LocalServerError:
        log = self.config_path.with_suffix(".log").read_text("utf-8", "replace")
        last = log.strip().splitlines()[-1:] or ["it said nothing"]
        return LocalServerError("server-not-started", f"a test server did not start: {last[0]}")


def find_port() -> int:
    """Return a port that nobody listens on at the moment"""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def held_ports() -> Iterator[Ports]:
    """Two ports for a server that comes and goes: nobody else gets them within the `with`

    While it is away one of them would go to an outgoing connection sooner or later.
    """
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(2)]
        for each in held:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind((HOST, 0))
        first, second = (each.getsockname()[1] for each in held)
        if sys.platform != "linux":
            # Elsewhere a server cannot listen on a port that is bound.
            stack.close()
        yield Ports(first, second)


async def _is_listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


async def _get(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        async with asyncio.timeout(READY_S):
            answer = await reader.read()
    finally:
        writer.close()
    return answer.partition(b"\r\n\r\n")[2]
