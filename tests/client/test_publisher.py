from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.publisher import PublishProgress, publish, repeat
from iterapp_nats.errors import InputError, Refused, Unreachable
from tests.client.conftest import Road
from tests.client.connecting import HeardEvents, connected, login, run
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("road")


def test_a_refused_publish_names_the_subject_as_it_was_written(limited: RunningServer) -> None:
    async def work() -> None:
        events = HeardEvents()
        messages = [OutgoingMessage("orders.new"), OutgoingMessage("Invoices.New")]
        async with connected(login(limited, "app"), events=events) as connection:
            with pytest.raises(Refused, match=r"publish to Invoices\.New") as raised:
                await publish(connection, messages)
        assert raised.value.code == "publish-denied"
        assert raised.value.context["sent"] == "2"
        assert events.failures == [], "the error is told twice"

    run(work())


def test_every_refused_publish_is_noticed(limited: RunningServer) -> None:
    async def work() -> None:
        async with connected(login(limited, "app")) as connection:
            for number in range(200):
                with pytest.raises(Refused):
                    await publish(connection, [OutgoingMessage(f"invoices.{number}")])

    run(work())


def test_a_refusal_ends_an_endless_publish(limited: RunningServer) -> None:
    async def endless() -> AsyncIterator[OutgoingMessage]:
        while True:
            yield OutgoingMessage("invoices.new", b"x" * 100)

    async def work() -> None:
        async with connected(login(limited, "app")) as connection:
            with pytest.raises(Refused):
                await publish(connection, endless())
            with pytest.raises(Refused):
                await publish(connection, endless(), interval_s=0.05)

    run(work())


def test_without_an_inbox_only_frames_are_called_confirmed(
    limited: RunningServer, road: Road
) -> None:
    async def work() -> None:
        async with connected(login(limited, "deaf")) as connection:
            result = await publish(connection, repeat(OutgoingMessage("orders.1", b"x" * 900), 999))
        assert result.confirmed == (road is Road.BLOCKS)
        assert result.messages == 999

    run(work())


def test_at_the_end_everything_is_confirmed(server: RunningServer) -> None:
    async def trickle() -> AsyncIterator[OutgoingMessage]:
        for number in range(2000):
            yield OutgoingMessage("orders.1", b"x" * (number % 900))
            if number % 100 == 0:
                await asyncio.sleep(0)

    async def work() -> None:
        progress = PublishProgress()
        async with connected(server.url) as connection:
            result = await publish(connection, trickle(), progress=progress)
        assert result.confirmed
        assert progress.confirmed == progress.sent == result.messages == 2000
        assert progress.sent_bytes == result.bytes == sum(number % 900 for number in range(2000))

    run(work())


def test_a_payload_over_the_limit_is_not_sent(server: RunningServer) -> None:
    async def work() -> None:
        async with connected(server.url) as connection:
            message = OutgoingMessage("big", b"x" * (1 << 20), headers=(("A", "1"),))
            with pytest.raises(
                InputError, match="1048594 bytes, the server takes 1048576"
            ) as raised:
                await publish(connection, [message])
            assert raised.value.code == "payload-too-large"
            await connection.confirm()

    run(work())


def test_an_interval_lies_between_messages(server: RunningServer) -> None:
    async def work() -> None:
        async with connected(server.url) as connection:
            began = time.monotonic()
            await publish(connection, repeat(OutgoingMessage("tick"), 3), interval_s=0.1)
            assert 0.2 <= time.monotonic() - began < 0.4

    run(work())


def test_a_server_that_dies_in_the_middle_is_told_with_what_was_confirmed(tmp_path: Path) -> None:
    async def dying(running: RunningServer) -> AsyncIterator[OutgoingMessage]:
        number = 0
        while True:
            if number == 20_000:
                running.stop()
            number += 1
            yield OutgoingMessage("load", b"x" * 100)

    async def work(running: RunningServer) -> None:
        async with connected(running.url) as connection:
            with pytest.raises(Unreachable) as raised:
                await publish(connection, dying(running))
        sent, confirmed = (int(raised.value.context[name]) for name in ("sent", "confirmed"))
        assert 0 < confirmed <= 20_000 <= sent

    with run_server(tmp_path) as running:
        run(work(running))
