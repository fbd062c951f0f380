"""A scripted TCP peer: plays the faults that a real server cannot be made to show"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.support.servers import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Script = Callable[["Wire"], None]

INFO: Final = {
    "server_id": "NTEST",
    "server_name": "peer",
    "version": "2.11.0",
    "proto": 1,
    "host": HOST,
    "port": 4222,
    "headers": True,
    "max_payload": 1048576,
}


@dataclass(slots=True)
class Wire:
    """One accepted connection; `received` is everything that the client has sent"""

    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def greet(self, **fields: object) -> None:
        self.send(b"INFO " + json.dumps(INFO | fields).encode() + b"\r\n")

    def read_until(self, text: bytes) -> None:
        """Read until `text` has come, or the client hangs up"""
        while text not in self.received:
            block = self.connection.recv(65536)
            if not block:
                raise ConnectionResetError
            self.received += block

    def read_to_end(self) -> None:
        """Read until the client hangs up"""
        while block := self.connection.recv(65536):
            self.received += block


@dataclass(slots=True)
class Peer:
    """Where the peer listens, and what each of its connections has received"""

    port: int
    wires: list[Wire] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"nats://{HOST}:{self.port}"

    @property
    def received(self) -> bytes:
        return b"".join(bytes(wire.received) for wire in self.wires)


@contextlib.contextmanager
def run_peer(*scripts: Script, port: int = 0) -> Iterator[Peer]:
    """Play one script per connection, the last one for all further; then hang up"""
    with socket.create_server((HOST, port)) as listener:
        peer = Peer(listener.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(listener, peer, scripts), daemon=True)
        thread.start()
        try:
            yield peer
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _accept(listener: socket.socket, peer: Peer, scripts: tuple[Script, ...]) -> None:
    threads = []
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            break
        connection.settimeout(10)
        script = scripts[min(len(peer.wires), len(scripts) - 1)]
        wire = Wire(connection)
        peer.wires.append(wire)
        threads.append(threading.Thread(target=_play, args=(script, wire), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join(5)


def _play(script: Script, wire: Wire) -> None:
    with wire.connection, contextlib.suppress(OSError):
        script(wire)
