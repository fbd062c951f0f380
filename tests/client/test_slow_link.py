"""A link that is slow is not one that is dead"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.publisher import publish, repeat
from iterapp_nats.errors import Unreachable
from tests.client.connecting import connected, run
from tests.support.peers import Wire, run_peer
from tests.support.relay import run_relay

if TYPE_CHECKING:
    from tests.support.servers import RunningServer

TIMEOUT_S = 0.5


@pytest.mark.parametrize("count", [1, 4000], ids=["one message", "many"])
def test_messages_get_the_time_that_a_slow_link_takes(count: int, server: RunningServer) -> None:
    message = OutgoingMessage("slow.link", b"x" * (400_000 // count))

    async def work() -> None:
        async with connected(relay.url) as connection:
            result = await publish(connection, repeat(message, count), timeout_s=TIMEOUT_S)
        assert (result.messages, result.confirmed) == (count, True)

    began_s = time.monotonic()
    with run_relay(server.port, bytes_per_s=200_000) as relay:
        run(work())
    assert time.monotonic() - began_s > 2 * TIMEOUT_S, "the link was not slow"


def test_a_server_that_takes_nothing_is_given_up() -> None:
    ended = threading.Event()

    def stop_reading(wire: Wire) -> None:
        wire.greet()
        wire.read_until(b"PING\r\n")
        wire.send(b"PONG\r\n")
        ended.wait(10)

    async def work() -> None:
        message = OutgoingMessage("slow.link", b"x" * 900_000)
        async with connected(peer.url) as connection:
            with pytest.raises(Unreachable, match=r"no confirmation .* within 0\.5 s"):
                await publish(connection, repeat(message, 20), timeout_s=TIMEOUT_S)
        ended.set()

    with run_peer(stop_reading) as peer:
        run(work())
