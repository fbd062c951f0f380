"""A TCP relay before a real server: a slow link, tiny pieces, a cut in the middle"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.support.servers import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK_BYTES: Final = 1 << 16
_NARROW_BYTES: Final = 4096


@dataclass(slots=True)
class Relay:
    """Where the relay listens, and what passes through it

    `delay_s` is the time one way, `piece_bytes` how much is handed on at a time, `bytes_per_s` the
    rate at which a client is read.
    """

    port: int
    target_port: int
    delay_s: float = 0.0
    piece_bytes: int = _BLOCK_BYTES
    bytes_per_s: int | None = None
    sockets: list[socket.socket] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"nats://{HOST}:{self.port}"

    def cut(self) -> None:
        """Break every connection that is open now"""
        for each in self.sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def run_relay(
    target_port: int,
    *,
    delay_s: float = 0.0,
    piece_bytes: int = _BLOCK_BYTES,
    bytes_per_s: int | None = None,
) -> Iterator[Relay]:
    with socket.create_server((HOST, 0)) as listener:
        if bytes_per_s:
            # Accepted ones inherit it: little waits here that the client takes for sent.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW_BYTES)
        port = listener.getsockname()[1]
        relay = Relay(port, target_port, delay_s, piece_bytes, bytes_per_s)
        accepting = threading.Thread(target=_accept, args=(listener, relay), daemon=True)
        accepting.start()
        try:
            yield relay
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(5)
            relay.cut()
            for thread in relay.threads:
                thread.join(5)
            for each in relay.sockets:
                each.close()


def _accept(listener: socket.socket, relay: Relay) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.create_connection((HOST, relay.target_port))
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        relay.sockets += [client, server]
        _carry(client, server, relay, relay.bytes_per_s)
        _carry(server, client, relay)


def _carry(
    source: socket.socket, target: socket.socket, relay: Relay, bytes_per_s: int | None = None
) -> None:
    waiting: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

    def take() -> None:
        with contextlib.suppress(OSError):
            while block := source.recv(_NARROW_BYTES if bytes_per_s else _BLOCK_BYTES):
                time.sleep(len(block) / bytes_per_s if bytes_per_s else 0.0)
                waiting.put((time.monotonic() + relay.delay_s, block))
        waiting.put((time.monotonic() + relay.delay_s, b""))

    def give() -> None:
        block = b"begun"
        with contextlib.suppress(OSError):
            while block:
                due_s, block = waiting.get()
                time.sleep(max(0.0, due_s - time.monotonic()))
                for at in range(0, len(block), relay.piece_bytes):
                    target.sendall(block[at : at + relay.piece_bytes])
            target.shutdown(socket.SHUT_RDWR)

    for work in (take, give):
        thread = threading.Thread(target=work, daemon=True)
        relay.threads.append(thread)
        thread.start()
