"""Each recipe of `help delivery` under a fault, judged by the accounting of the probe"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import os
import signal
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import iterapp_nats
from iterapp_nats.delivery.sequences import ReceivedLog
from iterapp_nats.probes.fault import Fault
from iterapp_nats.recipes import acks, drain, sequence_numbers, subscriber_first
from tests.probes.probing import line, run, traffic, wiring
from tests.support.cli import run_cli
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator

SENT = 300
SUBJECT = "orders.new"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with run_server(tmp_path) as running:
        yield running


async def restart(server: RunningServer) -> None:
    await asyncio.sleep(0.2)
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(0.3)
    await asyncio.to_thread(server.start_again)


def received(sequences: list[int]) -> ReceivedLog:
    log = ReceivedLog()
    for at_ns, sequence in enumerate(sequences, 1):
        log.take(sequence, at_ns)
    return log


def test_sequence_numbers_bring_back_what_a_restart_lost(server: RunningServer) -> None:
    async def story() -> list[tuple[int, bytes | None]]:
        sending = iterapp_nats.connect(server.url, policy=subscriber_first.PUBLISHER)
        receiving = iterapp_nats.connect(server.url, policy=subscriber_first.PUBLISHER)
        async with sending as sender, receiving as receiver:
            publisher = sequence_numbers.NumberedPublisher(sender, SUBJECT)
            await publisher.start()
            fault = asyncio.ensure_future(restart(server))
            found = []
            async with aclosing(sequence_numbers.follow(receiver, SUBJECT, 0.2)) as following:
                publishing = asyncio.ensure_future(publish(publisher))
                async for each in following:
                    found.append(each)
                    if len(found) == SENT:
                        break
            await asyncio.gather(fault, publishing)
            return found

    async def publish(publisher: sequence_numbers.NumberedPublisher) -> None:
        for number in range(1, SENT + 1):
            await publisher.publish(b"%d" % number)
            await asyncio.sleep(0.002)

    found = asyncio.run(asyncio.wait_for(story(), 40))
    assert [number for number, _ in found] == list(range(1, SENT + 1))
    assert all(payload == b"%d" % number for number, payload in found)


def test_sequence_numbers_begin_again_with_a_new_publisher(server: RunningServer) -> None:
    async def story() -> list[tuple[int, bytes | None]]:
        found = []
        async with iterapp_nats.connect(server.url) as receiver:
            following = sequence_numbers.follow(receiver, SUBJECT, 0.2)
            async with aclosing(following):
                for life in (b"first", b"second"):
                    async with iterapp_nats.connect(server.url) as sender:
                        publisher = sequence_numbers.NumberedPublisher(sender, SUBJECT)
                        await publisher.start()
                        for _ in range(5):
                            await publisher.publish(life)
                        found += [await anext(following) for _ in range(5)]
        return found

    found = asyncio.run(asyncio.wait_for(story(), 10))
    assert found == [(n, life) for life in (b"first", b"second") for n in range(1, 6)]


def test_sequence_numbers_name_what_the_publisher_keeps_no_more(server: RunningServer) -> None:
    async def story() -> list[tuple[int, bytes | None]]:
        sending, receiving = iterapp_nats.connect(server.url), iterapp_nats.connect(server.url)
        async with sending as sender, receiving as receiver:
            publisher = sequence_numbers.NumberedPublisher(sender, SUBJECT)
            await publisher.start()
            for _ in range(3):
                await publisher.publish(b"here")
            # By now, so that nothing reaches the follower by itself.
            await sender.confirm()
            del publisher.kept[1], publisher.kept[2]
            async with aclosing(sequence_numbers.follow(receiver, SUBJECT, 0.2)) as following:
                return [await anext(following) for _ in range(3)]

    found = asyncio.run(asyncio.wait_for(story(), 10))
    assert found == [(1, None), (2, None), (3, b"here")]


def test_acks_handle_a_message_without_an_id(server: RunningServer) -> None:
    async def story() -> list[bytes]:
        handled: list[bytes] = []

        async def handle(payload: bytes) -> None:
            handled.append(payload)

        async with iterapp_nats.connect(server.url) as connection:
            await acks.receive(connection, SUBJECT, handle)
            await connection.publish(SUBJECT, b"told")
            answer = await connection.request(SUBJECT, b"asked", timeout_s=2)
            assert answer.payload == b"done"
        return handled

    assert asyncio.run(asyncio.wait_for(story(), 10)) == [b"told", b"asked"]


def test_acks_deliver_everything_and_handle_it_once(server: RunningServer) -> None:
    async def story() -> list[int]:
        handled: list[int] = []

        async def handle(payload: bytes) -> None:
            handled.append(int(payload))

        sending = iterapp_nats.connect(server.url, policy=subscriber_first.PUBLISHER)
        receiving = iterapp_nats.connect(server.url, policy=subscriber_first.SUBSCRIBER)
        async with sending as sender, receiving as receiver:
            await acks.receive(receiver, SUBJECT, handle)
            fault = asyncio.ensure_future(restart(server))
            async with asyncio.TaskGroup() as under_way:
                for number in range(1, SENT + 1):
                    under_way.create_task(acks.deliver(sender, SUBJECT, b"%d" % number))
                    await asyncio.sleep(0.002)
            await fault
        return handled

    log = received(asyncio.run(asyncio.wait_for(story(), 50)))
    assert (log.received, log.duplicates, log.gaps(SENT)) == (SENT, 0, ())


def test_subscriber_first_loses_little_and_the_publisher_knows(server: RunningServer) -> None:
    recipe = wiring(
        server.url,
        publisher=line(server.url, subscriber_first.PUBLISHER),
        subscriber=line(server.url, subscriber_first.SUBSCRIBER),
    )
    fault = Fault("restart", 0.0, lambda: restart(server))
    result = run(recipe, traffic(3000, 1000.0), fault=fault)
    assert result.tally.refused >= 300
    assert result.tally.lost + result.tally.unknown < result.tally.refused / 4


def test_drain_handles_everything_that_has_arrived(server: RunningServer) -> None:
    handled: list[int] = []

    async def handle(message: iterapp_nats.Message) -> None:
        await asyncio.sleep(0.005)
        handled.append(int(message.payload))
        if len(handled) == 1:
            # Everything is there by now, and nearly all of it waits.
            os.kill(os.getpid(), signal.SIGTERM)

    async def story() -> None:
        async with (
            iterapp_nats.connect(server.url) as sender,
            iterapp_nats.connect(server.url) as receiver,
        ):
            serving = asyncio.ensure_future(drain.serve(receiver, SUBJECT, handle))
            await receiver.confirm()
            await asyncio.sleep(0.1)
            for number in range(1, SENT + 1):
                await sender.publish(SUBJECT, b"%d" % number)
            await sender.confirm()
            await serving

    asyncio.run(asyncio.wait_for(story(), 30))
    assert handled == list(range(1, SENT + 1))


def test_help_shows_every_recipe_as_it_is_tested(tmp_path: Path) -> None:
    shown = run_cli("help", "delivery", cwd=tmp_path).text
    for module in (acks, drain, sequence_numbers, subscriber_first):
        assert module.__doc__
        assert module.__doc__ in shown
        for text in Path(str(module.__file__)).read_text().splitlines()[1:]:
            assert text.rstrip() in shown
