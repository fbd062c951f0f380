from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import threading
import time
from pathlib import Path

import pytest

from iterapp_nats.client.inbox import Confirmation
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.errors import IterappNatsError, Refused, Unreachable
from tests.client.connecting import (
    SUBSCRIBER,
    HeardEvents,
    connect_only,
    connected,
    run,
)
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, RunningServer, free_port, run_server

USERS = """
authorization {
  users: [
    {user: app, password: "p@ss/word"}
    {user: mute, password: pw, permissions: {publish: "orders.>", subscribe: "orders.>"}}
  ]
}
"""


def test_a_closed_port_fails_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match="connection refused") as raised:
        run(connect_only(f"nats://{HOST}:{free_port()}"))
    assert raised.value.code == "server-unreachable"
    assert time.monotonic() - began < 0.5


def test_the_second_server_of_a_list_is_tried(server: RunningServer) -> None:
    run(connect_only(f"nats://{HOST}:{free_port()},{server.url}"))


def test_a_refused_login_outranks_an_unreachable_server(tmp_path: Path) -> None:
    with run_server(tmp_path, USERS) as running, pytest.raises(Refused) as raised:
        run(connect_only(f"{running.url},nats://{HOST}:{free_port()}"))
    assert raised.value.code == "login-missing"


def test_an_escaped_password_logs_in(tmp_path: Path) -> None:
    with run_server(tmp_path, USERS) as running:
        run(connect_only(f"nats://app:p%40ss%2Fword@{HOST}:{running.port}"))


def test_a_token_logs_in(tmp_path: Path) -> None:
    with run_server(tmp_path, "authorization { token: t0ken }") as running:
        run(connect_only(f"nats://t0ken@{HOST}:{running.port}"))


def test_a_wrong_password_is_refused_and_not_shown(tmp_path: Path) -> None:
    with run_server(tmp_path, USERS) as running, pytest.raises(Refused) as raised:
        run(connect_only(f"nats://app:wrong-password@{HOST}:{running.port}"))
    assert raised.value.code == "login-password"
    assert "wrong-password" not in f"{raised.value}{raised.value.context}"


def test_a_server_that_stalls_during_login_is_a_timeout() -> None:
    def stall(wire: Wire) -> None:
        wire.greet()
        wire.read_to_end()

    began = time.monotonic()
    with run_peer(stall) as peer, pytest.raises(Unreachable) as raised:
        run(connect_only(peer.url, ConnectPolicy(timeout_s=0.5)))
    assert raised.value.code == "connect-timeout"
    assert "login" in raised.value.message
    assert time.monotonic() - began < 1.5


def test_a_server_that_hangs_up_during_login_is_unreachable() -> None:
    def hang_up(wire: Wire) -> None:
        wire.greet()

    with run_peer(hang_up) as peer, pytest.raises(Unreachable):
        run(connect_only(peer.url))


def test_a_ping_in_the_middle_of_the_login_does_no_harm() -> None:
    def ping_first(wire: Wire) -> None:
        wire.greet()
        wire.read_until(b"PING\r\n")
        wire.send(b"PING\r\n")
        time.sleep(0.05)
        wire.send(b"PONG\r\n")
        wire.read_until(b"PONG\r\n")
        answered.set()
        wire.read_to_end()

    async def work(url: str) -> None:
        async with connected(url):
            assert await asyncio.to_thread(answered.wait, 5)

    answered = threading.Event()
    with run_peer(ping_first) as peer:
        run(work(peer.url))


def test_a_login_refused_behind_a_ping_is_refused() -> None:
    def refuse_late(wire: Wire) -> None:
        wire.greet()
        wire.read_until(b"PING\r\n")
        wire.send(b"PING\r\n")
        time.sleep(0.05)
        wire.send(b"-ERR 'Authorization Violation'\r\n")

    with run_peer(refuse_late) as peer, pytest.raises(Refused) as raised:
        run(connect_only(peer.url))
    assert raised.value.code == "login-missing"


def test_an_app_waits_for_a_server_that_is_not_there_yet(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        events = HeardEvents()
        policy = ConnectPolicy(retry_s=0.05)
        running.stop()
        starting = asyncio.get_running_loop().call_later(0.2, running.start_again)
        async with connected(running.url, policy, events=events) as connection:
            assert await connection.confirm() is Confirmation.SEEN
        assert starting.when()
        assert {error.code for error in events.retries} == {"server-unreachable"}

    with run_server(tmp_path) as running:
        run(work(running))


def test_an_app_does_not_wait_for_a_login_that_is_refused(tmp_path: Path) -> None:
    with run_server(tmp_path, USERS) as running, pytest.raises(Refused):
        run(connect_only(running.url, ConnectPolicy.for_app()))


def test_twenty_failures_leave_no_descriptor(tmp_path: Path) -> None:
    with run_server(tmp_path, USERS) as running:
        with pytest.raises(IterappNatsError):
            run(connect_only(running.url))
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(20):
            with pytest.raises(Refused):
                run(connect_only(running.url, SUBSCRIBER))
        assert len(list(Path("/proc/self/fd").iterdir())) <= before
