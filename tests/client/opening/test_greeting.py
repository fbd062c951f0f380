from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import json
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.client.opening.greeting import (
    MAX_GREETING_BYTES,
    ServerInfo,
    fetch_greeting,
    parse_greeting,
    read_greeting,
)
from iterapp_nats.errors import Unreachable
from iterapp_nats.server_url import ServerUrl
from tests.support.operator_mode import build_operator_mode
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, RunningServer, free_port, run_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[[str, int, float], ServerInfo]

PLACE = "nats://127.0.0.1:4222"


def read_async(host: str, port: int, timeout_s: float) -> ServerInfo:
    return asyncio.run(fetch_greeting(ServerUrl("nats", host, port), timeout_s))


WORDS = st.text("aåz", max_size=5)
VALUES = st.none() | WORDS | st.integers() | st.lists(WORDS)

both = pytest.mark.parametrize("read", [read_greeting, read_async])


@both
def test_a_server_says_who_it_is(read: Read, server: RunningServer) -> None:
    info = read(HOST, server.port, 5)
    assert info.server_id.startswith("N")
    assert (info.port, info.client_ip, info.max_payload) == (server.port, HOST, 1 << 20)
    assert (info.tls_required, info.auth_required, info.headers) == (False, False, True)


@both
def test_a_closed_port_is_unreachable_at_once(read: Read) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match="connection refused") as raised:
        read(HOST, free_port(), 5)
    assert raised.value.code == "server-unreachable"
    assert time.monotonic() - began < 0.5


@both
def test_an_http_server_is_told_apart(read: Read, tmp_path: Path) -> None:
    port = free_port()
    with run_server(tmp_path, f"http: {HOST}:{port}"):
        error = failure_of(read, port)
    assert error.code == "not-a-nats-server"
    assert "HTTP" in error.message


@both
def test_a_server_that_waits_for_tls_is_told_apart(read: Read, tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)
    config = mode.config_path.read_text().replace("tls {", "tls {\n  handshake_first: true")
    mode.config_path.write_text(config)
    with run_server(tmp_path, config_path=mode.config_path, ready="handshake-first") as running:
        assert failure_of(read, running.port).code == "handshake-first"


@both
def test_a_silent_peer_is_a_timeout(read: Read) -> None:
    with run_peer(Wire.read_to_end) as peer:
        began = time.monotonic()
        error = failure_of(read, peer.port, timeout_s=0.3)
    assert error.code == "connect-timeout"
    assert "sends no greeting" in error.message
    assert 0.25 < time.monotonic() - began < 1


@both
def test_a_peer_that_hangs_up_is_no_server(read: Read) -> None:
    with run_peer(hang_up) as peer:
        assert failure_of(read, peer.port).code == "not-a-nats-server"


@both
def test_a_late_greeting_is_still_one(read: Read) -> None:
    def stall(wire: Wire) -> None:
        time.sleep(0.4)
        wire.greet(server_name="late")
        wire.read_to_end()

    with run_peer(stall) as peer:
        assert read(HOST, peer.port, 0.7).server_name == "late"


@both
def test_endless_chatter_is_cut_off(read: Read) -> None:
    def chatter(wire: Wire) -> None:
        while True:
            wire.send(b"x" * 65536)

    with run_peer(chatter) as peer:
        assert failure_of(read, peer.port).code == "not-a-nats-server"


def test_a_host_name_that_cannot_exist_is_a_dns_failure() -> None:
    with pytest.raises(Unreachable) as raised:
        read_greeting(f"{'x' * 64}.invalid", 4222, 1)
    assert raised.value.code == "dns-failed"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "without a word"),
        (b"HTTP/1.1 400 Bad Request", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.6", "first line is not INFO"),
        (b"INFO {", "not JSON"),
        (b"INFO []", "not a JSON object"),
        (b"INFO " + b"[" * MAX_GREETING_BYTES, "not JSON"),
        (b"INFO \xff\xfe", "not JSON"),
    ],
)
def test_what_is_not_a_greeting_is_named(line: bytes, reason: str) -> None:
    with pytest.raises(Unreachable, match=reason) as raised:
        parse_greeting(line, PLACE)
    assert raised.value.context["server"] == PLACE


def test_a_tls_record_means_handshake_first() -> None:
    with pytest.raises(Unreachable) as raised:
        parse_greeting(b"\x16\x03\x03\x00\x7a", PLACE)
    assert raised.value.code == "handshake-first"


@given(
    st.dictionaries(
        st.sampled_from(list(ServerInfo.__dataclass_fields__)),
        VALUES,
    )
)
def test_fields_of_a_wrong_type_count_as_left_out(fields: dict[str, object]) -> None:
    info = parse_greeting(b"INFO " + json.dumps(fields).encode(), PLACE)
    assert isinstance(info.server_name, str)
    assert isinstance(info.max_payload, int)
    assert isinstance(info.tls_required, bool)
    assert all(isinstance(url, str) for url in info.connect_urls)


@given(st.binary())
def test_any_bytes_are_a_greeting_or_unreachable(line: bytes) -> None:
    with suppress(Unreachable):
        assert parse_greeting(line, PLACE).max_payload >= 0


def test_reading_loads_neither_asyncio_nor_nats(server: RunningServer) -> None:
    script = (
        "import sys; from iterapp_nats.client.opening.greeting import read_greeting;"
        f"read_greeting('{HOST}', {server.port}, 5);"
        "print([name for name in ('asyncio', 'nats', 'ssl') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert shown.stdout.strip() == b"[]"


def hang_up(_wire: Wire) -> None:
    """Say nothing"""


def failure_of(read: Read, port: int, timeout_s: float = 3) -> Unreachable:
    with pytest.raises(Unreachable) as raised:
        read(HOST, port, timeout_s)
    return raised.value
