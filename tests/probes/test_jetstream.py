"""A stream against real faults: what was acked is there, and comes at least once"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import json
from typing import TYPE_CHECKING, Any

import pytest

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.delivery.acks_result import RetryPolicy
from iterapp_nats.delivery.stream_result import DURABILITY
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.probes.acks import AcksPlan
from iterapp_nats.probes.fault import Fault
from iterapp_nats.probes.jetstream import probe_stream
from iterapp_nats.probes.plan import Patience
from iterapp_nats.probes.streams import StreamAck, deliveries_of, parse_ack
from tests.probes.message_proxy import Orders, run_message_proxy
from tests.probes.probing import line, traffic, wiring
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.delivery.stream_result import StreamResult
    from iterapp_nats.probes.plan import Wiring

SENT = 100
STUBBORN = RetryPolicy(tries=20, timeout_s=0.5, pause_s=0.05, longest_pause_s=0.3)


@pytest.fixture
def streaming(tmp_path: Path) -> Iterator[RunningServer]:
    """A server of one test alone, with streams on disk"""
    with run_server(
        tmp_path, f"jetstream {{ store_dir: {json.dumps(str(tmp_path / 'data'))} }}"
    ) as server:
        yield server


def run(wires: Wiring, fault: Fault | None = None, **more: Any) -> StreamResult:
    plan = AcksPlan(traffic(SENT, 200.0, **more), STUBBORN, Patience(settle_s=15))
    return asyncio.run(probe_stream(wires, plan, fault=fault))


def streams_of(server: RunningServer) -> list[str]:
    async def ask() -> list[str]:
        settings = line(server.url).settings
        async with open_connection(settings, ConnectPolicy.for_command()) as connection:
            names = json.loads((await connection.request("$JS.API.STREAM.NAMES")).payload)
            return names["streams"] or []

    return asyncio.run(ask())


def test_everything_is_stored_acked_and_received_once(streaming: RunningServer) -> None:
    result = run(wiring(streaming.url))
    assert (result.acked, result.stored, result.lost, result.unacked) == (SENT, SENT, 0, 0)
    assert result.consumers[0].received == SENT
    assert result.price_ms is not None
    assert DURABILITY in result.notes


def test_acked_messages_survive_a_killed_server(streaming: RunningServer) -> None:
    async def kill_and_start() -> None:
        await asyncio.to_thread(streaming.stop)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(streaming.start_again)

    result = run(wiring(streaming.url), Fault("kill", 0.15, kill_and_start))
    assert (result.acked, result.lost, result.unknown) == (SENT, 0, 0)
    assert result.retried > 0
    assert streams_of(streaming) == []


def test_message_sent_twice_is_stored_once(streaming: RunningServer) -> None:
    async def through() -> StreamResult:
        twice = Orders(repeat=frozenset({5, 6, 7}))
        async with run_message_proxy(streaming.port, to_server=twice) as url:
            wires = wiring(streaming.url, publisher=line(url))
            plan = AcksPlan(traffic(SENT, 200.0), STUBBORN, Patience())
            return await probe_stream(wires, plan)

    result = asyncio.run(through())
    assert (result.stored, result.consumers[0].duplicates) == (SENT, 0)


def test_subscriber_that_lost_messages_gets_them_again(streaming: RunningServer) -> None:
    async def through() -> StreamResult:
        async with run_message_proxy(
            streaming.port, to_client=Orders(drop=frozenset({10, 11}), drops_once=True)
        ) as url:
            wires = wiring(streaming.url, subscriber=line(url))
            plan = AcksPlan(traffic(SENT, 200.0), STUBBORN, Patience(settle_s=10))
            return await probe_stream(wires, plan)

    consumer = asyncio.run(through()).consumers[0]
    assert (consumer.received, consumer.missing) == (SENT, 0)
    assert consumer.redelivered >= 2


def test_queue_group_shares_one_consumer(streaming: RunningServer) -> None:
    result = run(wiring(streaming.url), subscribers=3, queue="workers")
    assert [(one.name, one.received) for one in result.consumers] == [("the queue group", SENT)]


def test_nothing_is_left_at_the_server(streaming: RunningServer) -> None:
    run(wiring(streaming.url))
    assert streams_of(streaming) == []


def test_server_without_jetstream_is_told_in_our_words(server: RunningServer) -> None:
    with pytest.raises(IterappNatsError) as caught:
        run(wiring(server.url))
    assert caught.value.code == "jetstream-missing"


@pytest.mark.parametrize(
    ("payload", "ack"),
    [
        (b'{"stream": "S", "seq": 1}', StreamAck(is_stored=True, is_duplicate=False)),
        (
            b'{"stream": "S", "seq": 1, "duplicate": true}',
            StreamAck(is_stored=True, is_duplicate=True),
        ),
        (b'{"error": {"code": 503}, "stream": "S", "seq": 0}', None),
        (b"", None),
        (b"[]", None),
        (b"7", None),
    ],
)
def test_answer_of_a_stream_is_an_ack_or_none(payload: bytes, ack: StreamAck | None) -> None:
    assert parse_ack(payload) == ack


@pytest.mark.parametrize(
    ("reply", "deliveries"),
    [
        ("$JS.ACK.S.C.3.10.10.1700000000.0", 3),
        ("$JS.ACK.hub.ACCHASH.S.C.2.10.10.1700000000.0", 2),
        ("_INBOX.1", 1),
    ],
)
def test_deliveries_stand_in_the_subject_of_the_ack(reply: str, deliveries: int) -> None:
    assert deliveries_of(reply) == deliveries
