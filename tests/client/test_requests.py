from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.message import Message, OutgoingMessage
from iterapp_nats.client.requests import (
    Reply,
    measure_round_trip,
    request,
    request_many,
)
from iterapp_nats.client.responder import Answer, respond
from iterapp_nats.errors import InputError, NoAnswer, Refused, Unreachable
from tests.client.connecting import connected, login, run, until
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.servers import RunningServer


def test_nobody_to_answer_is_told_at_once(server: RunningServer) -> None:
    async def work() -> None:
        async with connected(server.url) as connection:
            began = time.monotonic()
            with pytest.raises(NoAnswer, match="nobody is subscribed to lonely") as raised:
                await request(connection, OutgoingMessage("lonely"), timeout_s=5)
            assert raised.value.code == "no-responders"
            assert time.monotonic() - began < 0.3

    run(work())


def test_a_silent_responder_is_a_timeout(server: RunningServer) -> None:
    async def silent(_message: Message) -> None:
        return None

    async def work() -> None:
        async with connected(server.url) as connection, respond(connection, "silent", silent):
            began = time.monotonic()
            with pytest.raises(NoAnswer, match=r"within 0\.2 s") as raised:
                await request(connection, OutgoingMessage("silent"), timeout_s=0.2)
            assert raised.value.code == "request-timeout"
            assert 0.2 <= time.monotonic() - began < 0.5

    run(work())


def test_a_forbidden_request_is_refused_at_once(limited: RunningServer) -> None:
    async def work() -> None:
        async with connected(login(limited, "app")) as connection:
            began = time.monotonic()
            with pytest.raises(Refused, match=r"Invoices\.Get") as raised:
                await request(connection, OutgoingMessage("Invoices.Get"), timeout_s=5)
            assert raised.value.code == "publish-denied"
            assert time.monotonic() - began < 0.3

    run(work())


def test_a_forbidden_inbox_is_refused_at_once_and_again(limited: RunningServer) -> None:
    async def work() -> None:
        async with connected(login(limited, "deaf")) as connection:
            for _ in range(2):
                began = time.monotonic()
                with pytest.raises(Refused, match="_INBOX"):
                    await request(connection, OutgoingMessage("orders.get"), timeout_s=5)
                assert time.monotonic() - began < 0.3

    run(work())


def test_an_answer_carries_payload_and_headers(server: RunningServer) -> None:
    async def shout(message: Message) -> Answer:
        return Answer(message.payload.upper(), message.headers)

    async def work() -> None:
        asked = OutgoingMessage("shout", b"hello", headers=(("A", "1"), ("A", "2")))
        async with (
            connected(server.url) as connection,
            respond(connection, "shout", shout, count=1) as responder,
        ):
            reply = await request(connection, asked, timeout_s=5)
            assert await responder.finished(5) == 1
        assert (reply.message.payload, reply.message.headers) == (b"HELLO", asked.headers)
        assert 0 < reply.round_trip_s < 1

    run(work())


def test_many_requests_at_once_get_their_own_answers(server: RunningServer) -> None:
    async def echo(message: Message) -> Answer:
        return Answer(message.payload)

    async def work() -> None:
        async with connected(server.url) as connection, respond(connection, "echo", echo):
            payloads = [b"%d" % number for number in range(200)]
            replies = await asyncio.gather(*(connection.request("echo", p) for p in payloads))
        assert [reply.payload for reply in replies] == payloads

    run(work())


@pytest.mark.parametrize(
    ("replies", "gap_s", "expected"), [(2, None, 2), (9, None, 3), (None, 0.1, 3), (None, None, 3)]
)
def test_several_answers_are_collected(
    server: RunningServer, replies: int | None, gap_s: float | None, expected: int
) -> None:
    async def answer(_message: Message) -> Answer:
        return Answer(b"here")

    async def work() -> None:
        got: list[Reply] = []
        async with (
            connected(server.url) as connection,
            respond(connection, "poll", answer),
            respond(connection, "poll", answer),
            respond(connection, "poll", answer),
        ):
            asked = OutgoingMessage("poll")
            count = await request_many(
                connection, asked, got.append, timeout_s=0.4, replies=replies, gap_s=gap_s
            )
        assert count == len(got) == expected

    run(work())


def test_a_failing_responder_is_told(server: RunningServer) -> None:
    async def fail(_message: Message) -> Answer:
        raise InputError("command-failed", "no such command")

    async def work() -> None:
        async with (
            connected(server.url) as connection,
            respond(connection, "fail", fail) as responder,
        ):
            with pytest.raises(NoAnswer):
                await request(connection, OutgoingMessage("fail"), timeout_s=0.1)
            with pytest.raises(InputError):
                await responder.finished(5)

    run(work())


def test_round_trips_are_measured(server: RunningServer) -> None:
    async def work() -> None:
        async with connected(server.url) as connection:
            times_s = await measure_round_trip(connection, 20)
        assert len(times_s) == 20
        assert all(0 < time_s < 1 for time_s in times_s)

    run(work())


def test_round_trips_need_an_inbox(limited: RunningServer) -> None:
    async def work() -> None:
        async with connected(login(limited, "deaf")) as connection:
            with pytest.raises(Refused) as raised:
                await measure_round_trip(connection, 1)
            assert raised.value.code == "inbox-denied"

    run(work())


def test_a_request_after_the_end_of_the_connection_tells_why_it_ended(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        async with connected(running.url) as connection:
            running.stop()
            await until(lambda: connection.ended)
            with pytest.raises(Unreachable):
                await connection.request("a", timeout_s=1)

    with run_server(tmp_path) as running:
        run(work(running))
