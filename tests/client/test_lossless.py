"""What was sent is what is received: byte for byte, in order, whatever the network does"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.message import Message, OutgoingMessage
from iterapp_nats.client.nats_py.strict_client import StrictClient
from iterapp_nats.client.publisher import publish
from iterapp_nats.client.subscriber import subscribe
from tests.client.conftest import Road
from tests.client.connecting import QUICK, connected, run, until
from tests.support.operator_mode import build_operator_mode
from tests.support.relay import run_relay
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from iterapp_nats.client.connection import Connection

pytestmark = pytest.mark.usefixtures("road")

RESTLESS = 'ping_interval: "10ms"\nping_max: 1000\n'
FRAGMENTS = [
    b"PING\r\n",
    b"PONG\r\n",
    b"+OK\r\n",
    b"-ERR 'Stale Connection'\r\n",
    b"INFO {}\r\n",
    b"MSG noise.a 1 5\r\nhello\r\n",
    b"MSG noise.a 2 5\r\n",
    b"HMSG noise.a 1 12 17\r\nNATS/1.0\r\n\r\nhello\r\n",
    b"\r\n",
    b"\n",
    b"\0",
    b"x" * 100,
    "blåbær".encode(),
    bytes(range(256)),
]


def noise(seed: int, count: int) -> list[OutgoingMessage]:
    """Return messages that hold what a careless parser takes for the protocol"""
    chance = random.Random(seed)  # noqa: S311 - tests want the same noise again
    messages = []
    for number in range(count):
        body = b"".join(chance.choices(FRAGMENTS, k=chance.randrange(6)))
        headers = (("Number", str(number)), ("Words", "MSG a 1 5")) if chance.random() < 0.2 else ()
        reply = f"noise.reply.{number}" if chance.random() < 0.1 else ""
        subject = f"noise.{chance.choice('ab')}"
        messages.append(OutgoingMessage(subject, b"%d " % number + body, reply, headers))
    return messages


def plain(messages: Sequence[Message | OutgoingMessage]) -> list[tuple[object, ...]]:
    return [(each.subject, each.payload, each.reply, each.headers) for each in messages]


async def exchange(
    sender: Connection,
    receiver: Connection,
    messages: list[OutgoingMessage],
    subjects: Sequence[str] = ("noise.*",),
) -> list[Message]:
    received: list[Message] = []
    async with subscribe(receiver, subjects, received.extend, count=len(messages)) as subscriber:
        result = await publish(sender, messages)
        assert result.messages == len(messages)
        assert (await subscriber.finished(30)).complete
    return received


@pytest.mark.parametrize("seed", range(3))
def test_noise_between_pings_arrives_as_it_was_sent(tmp_path: Path, seed: int) -> None:
    async def work(url: str) -> None:
        messages = noise(seed, 20_000)
        async with connected(url) as sender, connected(url) as receiver:
            assert plain(await exchange(sender, receiver, messages)) == plain(messages)

    with run_server(tmp_path, RESTLESS) as running:
        run(work(running.url))


def test_messages_of_several_subscriptions_keep_their_order(
    server: RunningServer, road: Road
) -> None:
    async def work() -> None:
        messages = noise(7, 5000)
        subjects = ["noise.a", "noise.b"]
        async with connected(server.url) as sender, connected(server.url) as receiver:
            received = plain(await exchange(sender, receiver, messages, subjects))
        if road is Road.BLOCKS:
            assert received == plain(messages)
        for subject in subjects:
            assert [each for each in received if each[0] == subject] == [
                each for each in plain(messages) if each[0] == subject
            ]

    run(work())


@pytest.mark.parametrize("piece_bytes", [1, 7, 1 << 20])
def test_the_size_of_the_pieces_makes_no_difference(
    server: RunningServer, piece_bytes: int
) -> None:
    async def work(url: str) -> None:
        messages = noise(piece_bytes, 5000 if piece_bytes > 100 else 60 * piece_bytes)
        async with connected(server.url) as sender, connected(url) as receiver:
            assert plain(await exchange(sender, receiver, messages)) == plain(messages)

    with run_relay(server.port, piece_bytes=piece_bytes) as relay:
        run(work(relay.url))


def test_noise_arrives_over_tls_with_credentials(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)

    async def work(url: str) -> None:
        messages = noise(1, 10_000)
        async with (
            connected(url, creds=mode.creds_path, ca=mode.ca_path) as sender,
            connected(url, creds=mode.creds_path, ca=mode.ca_path) as receiver,
        ):
            assert plain(await exchange(sender, receiver, messages)) == plain(messages)

    with run_server(mode.folder, config_path=mode.config_path) as running:
        run(work(running.url))


def test_a_cut_in_the_middle_leaves_whole_messages_in_order_and_a_gap(
    server: RunningServer,
) -> None:
    async def work() -> None:
        first, second = noise(5, 4000), noise(6, 4000)
        received: list[Message] = []
        with run_relay(server.port) as relay:
            async with (
                connected(server.url) as sender,
                connected(relay.url, QUICK) as receiver,
                subscribe(receiver, ["noise.*"], received.extend) as subscriber,
            ):

                def cutting() -> Iterator[OutgoingMessage]:
                    for number, message in enumerate(first):
                        if number == len(first) // 2:
                            relay.cut()
                        yield message

                await publish(sender, cutting())
                await until(lambda: receiver.gaps)
                await receiver.confirm()
                seen = len(received)
                await publish(sender, second)
                await until(lambda: len(received) >= seen + len(second))
                assert len(subscriber.result().gaps) == 1
        remaining = iter(plain(first))
        assert all(each in remaining for each in plain(received[:seen])), "order or bytes changed"
        assert plain(received[seen:]) == plain(second)

    run(work())


def test_an_unknown_release_of_the_client_library_is_left_alone(
    server: RunningServer, road: Road
) -> None:
    async def work() -> None:
        async with connected(server.url) as connection:
            assert isinstance(connection.client, StrictClient)
            assert (connection.client.blocks is None) == (road is Road.CALLS)
            assert (connection.frame_writer is None) == (road is Road.CALLS)

    run(work())
