from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.message import Message, OutgoingMessage
from iterapp_nats.client.publisher import publish, repeat
from iterapp_nats.client.subscriber import subscribe
from iterapp_nats.errors import Unreachable
from tests.client.connecting import QUICK, connected, run, until
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("road")

PAYLOADS = [
    b"",
    b"hello",
    b"{{Count}} {{",
    b"two\nlines\r\n\r\n",
    b"PING\r\nMSG a 1 2\r\n-ERR 'x'\r\n",
    bytes(range(256)),
    b"x" * (1 << 20),
]


def test_payloads_arrive_byte_for_byte(server: RunningServer) -> None:
    async def work() -> None:
        received: list[Message] = []
        sent = [OutgoingMessage("bytes", payload) for payload in PAYLOADS]
        async with (
            connected(server.url) as sender,
            connected(server.url) as receiver,
            subscribe(receiver, ["bytes"], received.extend, count=len(sent)) as bytes_in,
        ):
            result = await publish(sender, sent)
            total = await bytes_in.finished(5)
        assert [message.payload for message in received] == PAYLOADS
        assert result.confirmed
        assert (result.messages, result.bytes) == (total.messages, total.bytes)

    run(work())


def test_headers_arrive_with_repeated_names_in_order(server: RunningServer) -> None:
    headers = (("Trace", "1"), ("trace", "2"), ("Trace", "3"), ("Word", "blåbær: {{x}}"), ("E", ""))

    async def work() -> None:
        received: list[Message] = []
        message = OutgoingMessage("headers", b"\x00", reply="reply.to", headers=headers)
        async with (
            connected(server.url) as connection,
            subscribe(connection, ["headers"], received.extend, count=1) as subscriber,
        ):
            await publish(connection, [message])
            await subscriber.finished(5)
        assert received[0].headers == headers
        assert (received[0].reply, received[0].payload) == ("reply.to", b"\x00")

    run(work())


def test_the_first_message_behind_ready_is_not_missed(server: RunningServer) -> None:
    async def work() -> None:
        async with connected(server.url) as sender, connected(server.url) as receiver:
            for number in range(300):
                received: list[Message] = []
                subject = f"first.{number}"
                async with subscribe(receiver, [subject], received.extend, count=1) as subscriber:
                    await sender.publish(subject)
                    assert (await subscriber.finished(2)).complete, number

    run(work())


def test_a_burst_comes_in_few_blocks_and_whole(server: RunningServer) -> None:
    async def work() -> None:
        blocks: list[int] = []
        numbers: list[int] = []

        def take(block: Sequence[Message]) -> None:
            blocks.append(len(block))
            numbers.extend(int(message.payload) for message in block)

        total = 20_000
        messages = (OutgoingMessage(f"burst.{n % 7}", b"%d" % n) for n in range(total))
        async with (
            connected(server.url) as sender,
            connected(server.url) as receiver,
            subscribe(receiver, ["burst.*"], take, count=total) as subscriber,
        ):
            assert (await publish(sender, messages)).messages == total
            assert (await subscriber.finished(10)).complete
        assert numbers == list(range(total))
        assert len(blocks) < total / 4

    run(work())


def test_no_more_than_the_count_is_handed_over(server: RunningServer) -> None:
    async def work() -> None:
        received: list[Message] = []
        async with (
            connected(server.url) as connection,
            subscribe(connection, ["many"], received.extend, count=3) as subscriber,
        ):
            await publish(connection, repeat(OutgoingMessage("many"), 10))
            result = await subscriber.finished(5)
        assert len(received) == result.messages == 3

    run(work())


def test_too_few_messages_are_counted_at_the_end_of_the_time(server: RunningServer) -> None:
    async def work() -> None:
        received: list[Message] = []
        async with (
            connected(server.url) as connection,
            subscribe(connection, ["few"], received.extend, count=5) as subscriber,
        ):
            await publish(connection, repeat(OutgoingMessage("few"), 3))
            result = await subscriber.finished(0.2)
        assert len(received) == result.messages == 3
        assert not result.complete

    run(work())


def test_an_exception_of_the_receiver_ends_the_subscription(server: RunningServer) -> None:
    async def work() -> None:
        def fail(_block: Sequence[Message]) -> None:
            raise BrokenPipeError

        async with (
            connected(server.url) as connection,
            subscribe(connection, ["pipe"], fail) as subscriber,
        ):
            await connection.publish("pipe")
            with pytest.raises(BrokenPipeError):
                await subscriber.finished(5)

    run(work())


def test_a_queue_group_shares_messages(server: RunningServer) -> None:
    async def work() -> None:
        received: list[Message] = []
        async with (
            connected(server.url) as one,
            connected(server.url) as two,
            subscribe(one, ["jobs"], received.extend, queue="workers"),
            subscribe(two, ["jobs"], received.extend, queue="workers"),
        ):
            await publish(one, repeat(OutgoingMessage("jobs"), 50))
            await two.confirm()
            await until(lambda: len(received) >= 50)
        assert len(received) == 50

    run(work())


def test_several_subjects_are_received_together(server: RunningServer) -> None:
    async def work() -> None:
        received: list[Message] = []
        async with (
            connected(server.url) as connection,
            subscribe(connection, ["x.*", "y"], received.extend, count=2) as subscriber,
        ):
            await publish(connection, [OutgoingMessage("x.1"), OutgoingMessage("y")])
            await subscriber.finished(5)
        assert [message.subject for message in received] == ["x.1", "y"]

    run(work())


def test_a_restart_in_the_middle_is_a_gap_of_the_result(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        received: list[Message] = []
        async with (
            connected(running.url, QUICK) as connection,
            subscribe(connection, ["news"], received.extend, count=2) as subscriber,
        ):
            await publish(connection, [OutgoingMessage("news", b"before")])
            running.stop()
            running.start_again()
            await until(lambda: connection.gaps)
            await publish(connection, [OutgoingMessage("news", b"after")])
            result = await subscriber.finished(5)
        assert [message.payload for message in received] == [b"before", b"after"]
        assert len(result.gaps) == 1

    with run_server(tmp_path) as running:
        run(work(running))


def test_a_killed_server_ends_a_subscription_that_may_not_reconnect(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        async with (
            connected(running.url) as connection,
            subscribe(connection, ["news"], lambda _: None) as subscriber,
        ):
            running.stop()
            with pytest.raises(Unreachable, match="connection"):
                await subscriber.finished(5)

    with run_server(tmp_path) as running:
        run(work(running))


def test_a_server_that_dies_with_data_unsent_ends_the_waiting(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        async with (
            connected(running.url) as connection,
            subscribe(connection, ["news"], lambda _: None) as subscriber,
        ):
            running.pause()
            for _ in range(100):
                await connection.publish("load", b"x" * 100_000)
            await asyncio.sleep(0.05)
            running.stop()
            with pytest.raises(Unreachable, match="connection"):
                await subscriber.finished(5)

    with run_server(tmp_path) as running:
        run(work(running))
