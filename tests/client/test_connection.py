from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.inbox import Confirmation
from iterapp_nats.errors import InputError, Refused, Unreachable
from tests.client.connecting import (
    COMMAND,
    LIMITED,
    QUICK,
    HeardEvents,
    connected,
    login,
    run,
    until,
)
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, RunningServer, run_server

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.client.message import Message
    from iterapp_nats.client.policy import ConnectPolicy

USERS = """
authorization {
  users: [
    {user: app, password: "p@ss/word"}
    {user: mute, password: pw, permissions: {publish: "orders.>", subscribe: "orders.>"}}
  ]
}
"""


def test_a_connection_knows_its_server(server: RunningServer) -> None:
    async def work() -> None:
        async with connected(server.url) as connection:
            assert connection.server.version.startswith("2.")
            assert connection.identity is None
            assert await connection.confirm() is Confirmation.SEEN

    run(work())


def test_without_an_own_inbox_the_confirmation_is_weaker(tmp_path: Path) -> None:
    async def work(url: str) -> None:
        events = HeardEvents()
        async with connected(url, events=events) as connection:
            assert await connection.confirm() is Confirmation.FLUSHED
            assert await connection.confirm() is Confirmation.FLUSHED
        assert events.failures == []

    with run_server(tmp_path, USERS) as running:
        run(work(f"nats://mute:pw@{HOST}:{running.port}"))


def test_a_stalled_server_ends_the_confirmation_and_the_exit_in_time(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        async with connected(running.url) as connection:
            running.pause()
            with pytest.raises(Unreachable) as raised:
                await connection.confirm(0.2)
            assert raised.value.code == "confirm-timeout"

    with run_server(tmp_path) as running:
        began = time.monotonic()
        run(work(running))
        assert time.monotonic() - began < 2


def test_a_stalled_server_ends_the_weaker_confirmation_too(tmp_path: Path) -> None:
    async def work(running: RunningServer, url: str) -> None:
        async with connected(url) as connection:
            await connection.confirm()
            running.pause()
            with pytest.raises(Unreachable) as raised:
                await connection.confirm(0.2)
            assert raised.value.code == "confirm-timeout"
            running.resume()
            assert await connection.confirm() is Confirmation.FLUSHED

    with run_server(tmp_path, USERS) as running:
        run(work(running, f"nats://mute:pw@{HOST}:{running.port}"))


def test_a_killed_server_ends_waiting_at_once(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        async with connected(running.url) as connection:
            waiting = asyncio.create_task(connection.wait(asyncio.sleep(30), None))
            await asyncio.sleep(0.05)
            running.stop()
            with pytest.raises(Unreachable) as raised:
                await waiting
            assert raised.value.code == "connection-lost"
            with pytest.raises(Unreachable):
                await connection.publish("orders.new")

    with run_server(tmp_path) as running:
        began = time.monotonic()
        run(work(running))
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("policy", [COMMAND, QUICK], ids=["command", "reconnecting"])
def test_the_last_words_of_a_server_are_the_reason(policy: ConnectPolicy) -> None:
    def cut_off(wire: Wire) -> None:
        log_in(wire)
        time.sleep(0.05)
        wire.send(b"-ERR 'User Authentication Revoked'\r\n")

    async def work(url: str) -> None:
        async with connected(url, policy) as connection:
            with pytest.raises(Refused) as raised:
                await connection.wait(asyncio.sleep(5), None)
            assert raised.value.code == "credentials-revoked"

    with run_peer(cut_off) as peer:
        run(work(peer.url))


def test_a_restarted_server_is_a_gap(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        events = HeardEvents()
        heard: asyncio.Queue[Message] = asyncio.Queue()
        async with connected(running.url, QUICK, events=events) as connection:
            await connection.subscribe("orders.*", heard.put)
            before = connection.server.server_id
            running.stop()
            await asyncio.sleep(0.1)
            with pytest.raises(Unreachable, match="not connected"):
                await connection.publish("orders.1")
            running.start_again()
            await until(lambda: connection.gaps)
            await connection.publish("orders.2", b"back")
            assert (await asyncio.wait_for(heard.get(), 5)).payload == b"back"
            assert connection.server.server_id != before
            assert events.losses == len(events.gaps) == 1
            length_s = connection.gaps[0].length_s
            assert length_s is not None
            assert 0.1 < length_s < 3
            refusals = [error for error in events.failures if "refused" in error.message]
            assert len(refusals) <= 1, "every failed try was reported"

    with run_server(tmp_path) as running:
        run(work(running))


def test_messages_are_iterated_in_order_and_none_is_dropped(server: RunningServer) -> None:
    async def work() -> None:
        async with connected(server.url) as sender, connected(server.url) as connection:
            seen: list[bytes] = []
            messages = connection.messages("count.*")
            first = asyncio.ensure_future(anext(messages))
            await connection.confirm()
            await asyncio.sleep(0.05)
            for number in range(1000):
                await sender.publish("count.up", b"%d" % number)
            seen.append((await first).payload)
            async for message in messages:
                seen.append(message.payload)
                if len(seen) == 1000:
                    break
            assert seen == [b"%d" % number for number in range(1000)]

    run(work())


def test_a_failing_handler_is_logged_and_the_next_message_handled(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        handled: asyncio.Queue[bytes] = asyncio.Queue()

        async def handle(message: Message) -> None:
            if message.payload == b"bad":
                raise ValueError("no good")
            await handled.put(message.payload)

        async with connected(server.url) as connection:
            await connection.subscribe("work", handle)
            await connection.publish("work", b"bad")
            await connection.publish("work", b"good")
            assert await asyncio.wait_for(handled.get(), 5) == b"good"

    run(work())
    assert "the handler of work failed" in caplog.text


def test_draining_handles_what_has_arrived(server: RunningServer) -> None:
    async def work() -> None:
        handled = 0

        async def handle(_message: Message) -> None:
            nonlocal handled
            await asyncio.sleep(0.001)
            handled += 1

        async with connected(server.url) as connection:
            await connection.subscribe("slow", handle)
            for _ in range(100):
                await connection.publish("slow")
            await connection.confirm()
            await connection.drain()
        assert handled == 100

    run(work())


def test_a_denied_subscription_names_the_subject_as_it_was_written(tmp_path: Path) -> None:
    async def work(url: str) -> None:
        async with connected(url) as connection:

            async def handle(_message: Message) -> None:
                raise AssertionError

            with pytest.raises(Refused, match=r"subscribe to Invoices\.New") as raised:
                await connection.subscribe("Invoices.New", handle)
            assert raised.value.code == "subscribe-denied"

    with run_server(tmp_path, USERS) as running:
        run(work(f"nats://mute:pw@{HOST}:{running.port}"))


def test_a_refusal_that_nobody_waits_for_goes_to_the_events(tmp_path: Path) -> None:
    async def work(url: str) -> None:
        events = HeardEvents()
        async with connected(url, events=events) as connection:
            await connection.publish("Invoices.New")
            await connection.confirm()
        assert [error.code for error in events.failures] == ["publish-denied"]
        assert "Invoices.New" in events.failures[0].message

    with run_server(tmp_path, USERS) as running:
        run(work(f"nats://mute:pw@{HOST}:{running.port}"))


def test_a_refusal_is_not_taken_for_the_reason_of_the_end(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        async with connected(login(running, "app")) as connection:
            await connection.publish("invoices.new")
            await connection.confirm()
            running.stop()
            with pytest.raises(Unreachable) as raised:
                await connection.wait(asyncio.sleep(5), None)
            assert raised.value.code == "connection-lost"

    with run_server(tmp_path, LIMITED) as running:
        run(work(running))


@pytest.mark.parametrize(
    ("subject", "code"),
    [("a b", "subject-invalid"), ("", "subject-invalid"), ("a.>", "subject-wildcard")],
)
def test_bad_subjects_are_refused_before_they_are_sent(
    server: RunningServer, subject: str, code: str
) -> None:
    async def work() -> None:
        async with connected(server.url) as connection:
            with pytest.raises(InputError) as raised:
                await connection.publish(subject)
            assert raised.value.code == code

    run(work())


def log_in(wire: Wire) -> None:
    wire.greet()
    wire.read_until(b"PING\r\n")
    wire.send(b"PONG\r\n")
