"""The INFO line that a NATS server sends first: who it is and what it asks for

It comes in plaintext even where TLS follows, so that it can be read without sending a secret.
Neither asyncio nor nats-py is loaded by `read_greeting`, which polls a starting server.
"""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.translate import (
    Phase,
    connect_error,
    handshake_first,
    not_a_nats_server,
    silent,
)
from iterapp_nats.server_url import ServerUrl

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_GREETING_BYTES: Final = 1 << 18
"""INFO lists every node of a cluster; this is room for thousands"""

PATIENCE_S: Final = 1.0
"""A server greets within a round trip; one that is silent for longer may be waiting for TLS"""

_MIN_WAIT_S: Final = 0.001
_DEFAULT_MAX_PAYLOAD: Final = 1 << 20
_TLS_RECORDS: Final = (b"\x15\x03", b"\x16\x03")


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What the server said about itself; a field that it left out is empty, false or the default

    `max_payload` is in bytes. `host` and `port` are what it listens on, not what was dialled.
    `cluster` is the name of its cluster, `tls_verify` says that it wants a client's certificate.
    `client_id` is the number of this connection at this server.
    """

    server_name: str
    server_id: str
    version: str
    host: str
    port: int
    tls_required: bool
    tls_available: bool
    auth_required: bool
    max_payload: int
    headers: bool
    jetstream: bool
    client_id: int
    client_ip: str
    connect_urls: tuple[str, ...]
    nonce: str
    """What a login has to sign, of this one connection"""
    cluster: str
    tls_verify: bool


def parse_greeting(line: bytes, place: str) -> ServerInfo:
    """Read the first line of a server

    Raises:
        Unreachable: `not-a-nats-server`, `handshake-first` when TLS is spoken already

    """
    if line.startswith(_TLS_RECORDS):
        raise handshake_first(place)
    if not line:
        raise not_a_nats_server(place, "it closed the connection without a word")
    if line.startswith(b"HTTP/"):
        raise not_a_nats_server(place, "it speaks HTTP, as a monitoring port does")
    verb, _, body = line.partition(b" ")
    if verb != b"INFO":
        raise not_a_nats_server(place, "its first line is not INFO")
    try:
        info = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise not_a_nats_server(place, "its INFO line is not JSON") from error
    if not isinstance(info, dict):
        raise not_a_nats_server(place, "its INFO line is not a JSON object")
    return server_info(info)


def server_info(info: Mapping[str, object]) -> ServerInfo:
    """Pick the fields of an INFO object; one of a wrong type counts as left out"""
    urls = info.get("connect_urls")
    return ServerInfo(
        server_name=_text(info, "server_name"),
        server_id=_text(info, "server_id"),
        version=_text(info, "version"),
        host=_text(info, "host"),
        port=_number(info, "port", 0),
        tls_required=info.get("tls_required") is True,
        tls_available=info.get("tls_available") is True,
        auth_required=info.get("auth_required") is True,
        max_payload=_number(info, "max_payload", _DEFAULT_MAX_PAYLOAD),
        headers=info.get("headers") is True,
        jetstream=info.get("jetstream") is True,
        client_id=_number(info, "client_id", 0),
        client_ip=_text(info, "client_ip"),
        connect_urls=tuple(map(str, urls)) if isinstance(urls, list) else (),
        nonce=_text(info, "nonce"),
        cluster=_text(info, "cluster"),
        tls_verify=info.get("tls_verify") is True,
    )


def read_greeting(host: str, port: int, timeout_s: float) -> ServerInfo:
    """Connect, read the INFO line and hang up

    Raises:
        Unreachable: `server-unreachable`, `dns-failed`, `connect-timeout`, `not-a-nats-server`,
            `handshake-first`

    """
    place = str(ServerUrl("nats", host, port))
    heard = _Heard(place, time.monotonic(), timeout_s)
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as connection:
            while not heard.is_complete:
                connection.settimeout(max(_MIN_WAIT_S, heard.wait_until - time.monotonic()))
                try:
                    heard.add(connection.recv(MAX_GREETING_BYTES))
                except TimeoutError:
                    connection.sendall(heard.question(host))
    except (OSError, UnicodeError) as error:
        raise connect_error(error, place, Phase.TCP) from error
    return parse_greeting(heard.line, place)


async def fetch_greeting(url: ServerUrl, timeout_s: float, *, address: str = "") -> ServerInfo:
    """Do as `read_greeting` without blocking the loop; raises the same errors

    `address` is dialled in place of the host, which was looked up before.
    """
    import asyncio

    place = str(url)
    heard = _Heard(place, asyncio.get_running_loop().time(), timeout_s)
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(address or url.host, url.port)
        try:
            while not heard.is_complete:
                try:
                    async with asyncio.timeout_at(heard.wait_until):
                        heard.add(await reader.read(MAX_GREETING_BYTES))
                except TimeoutError:
                    writer.write(heard.question(url.host))
        finally:
            writer.transport.abort()
    except (OSError, UnicodeError) as error:
        raise connect_error(error, place, Phase.TCP) from error
    return parse_greeting(heard.line, place)


class _Heard:
    """What came so far, and until when to wait for more

    After some silence the peer is sent the first words of a TLS handshake, once: a server that
    waits for TLS answers with a TLS record, an HTTP server with an HTTP error, a stalled NATS
    server with its greeting when it is back.
    """

    def __init__(self, place: str, now_s: float, timeout_s: float) -> None:
        self._place = place
        self._received = bytearray()
        self._ended = False
        self._deadline_s = now_s + timeout_s
        self._asked = False
        self.wait_until = now_s + min(PATIENCE_S, timeout_s / 2)

    @property
    def is_complete(self) -> bool:
        received = self._received
        return (
            self._ended
            or b"\n" in received
            or received.startswith(_TLS_RECORDS)
            or len(received) >= MAX_GREETING_BYTES
        )

    @property
    def line(self) -> bytes:
        return bytes(self._received.partition(b"\n")[0]).rstrip()

    def add(self, block: bytes) -> None:
        self._received += block
        self._ended = not block

    def question(self, host: str) -> bytes:
        if self._asked:
            raise silent(self._place)
        self._asked = True
        self.wait_until = self._deadline_s
        return _client_hello(host)


def _client_hello(host: str) -> bytes:
    import ssl

    outgoing = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    handshake = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host)
    with suppress(ssl.SSLWantReadError):
        handshake.do_handshake()
    return outgoing.read()


def _text(info: Mapping[str, object], name: str) -> str:
    value = info.get(name)
    return value if isinstance(value, str) else ""


def _number(info: Mapping[str, object], name: str, default: int) -> int:
    value = info.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default
