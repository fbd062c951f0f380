"""A connection that ends in the middle of a message, which a server does when it wants"""

# ruff: noqa: SLF001 - what is under test stands in for a private name of nats-py

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.nats_py.strict_client import StrictClient
from tests.client.connecting import run

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from nats.aio.msg import Msg

    from iterapp_nats.client.block import MessageBlock
    from iterapp_nats.client.nats_py.block_parser import BlockParser


class Subscribed:
    """A client with one subscription that takes blocks, number 1"""

    def __init__(self) -> None:
        self.client = StrictClient()
        self.payloads: list[bytes] = []
        self.pause: Awaitable[None] | None = None
        assert self.client.blocks
        self.parser: BlockParser = self.client.blocks
        self.parser.attach(self.callback, self.take)
        self.client._subs[1] = SimpleNamespace(_cb=self.callback)  # type: ignore[assignment]

    async def callback(self, _message: Msg) -> None:
        raise AssertionError

    def take(self, block: MessageBlock) -> Awaitable[None] | None:
        self.payloads += block.payloads
        if block.payloads[-1] == b"end":
            self.parser.reset()
        return self.pause


def test_a_message_that_was_begun_is_forgotten_with_its_connection() -> None:
    async def work() -> None:
        subscribed = Subscribed()
        await subscribed.parser.parse(b"MSG a 1 1\r\nx\r\nMSG a 1 500\r\nbegun")
        subscribed.parser.reset()
        await subscribed.parser.parse(b"MSG a 1 1\r\ny\r\n")
        assert subscribed.payloads == [b"x", b"y"]

    run(work())


def test_what_stands_behind_the_end_of_a_connection_is_left() -> None:
    async def work() -> None:
        subscribed = Subscribed()
        data = b"MSG a 1 3\r\nend\r\n+OK\r\nMSG a 1 4\r\nlate\r\nMSG a 1 500\r\nbegun"
        await subscribed.parser.parse(data)
        await subscribed.parser.parse(b"MSG a 1 1\r\ny\r\n")
        assert subscribed.payloads == [b"end", b"y"]

    run(work())


def test_a_pause_holds_the_reading_and_the_server_counts_as_alive() -> None:
    async def work() -> None:
        subscribed, room = Subscribed(), asyncio.Event()
        subscribed.pause = room.wait()  # type: ignore[assignment]
        subscribed.client._pings_outstanding = 2
        reading = asyncio.create_task(subscribed.parser.parse(b"MSG a 1 1\r\nx\r\n"))
        await asyncio.sleep(1.2)
        assert not reading.done()
        assert subscribed.client._pings_outstanding == 0
        room.set()
        await reading

    run(work())


def test_a_pause_ends_with_the_connection() -> None:
    async def work() -> None:
        subscribed, room = Subscribed(), asyncio.Event()
        subscribed.pause = room.wait()  # type: ignore[assignment]
        reading = asyncio.create_task(subscribed.parser.parse(b"MSG a 1 1\r\nx\r\n"))
        await asyncio.sleep(0.01)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    run(work())


def test_messages_of_a_subscription_that_has_gone_are_left_to_nats_py() -> None:
    async def work() -> None:
        subscribed = Subscribed()
        await subscribed.parser.parse(b"MSG a 1 1\r\nx\r\n")
        subscribed.client._subs.clear()
        subscribed.parser.detach(subscribed.callback)
        await subscribed.parser.parse(b"MSG a 1 1\r\ny\r\n")
        assert subscribed.payloads == [b"x"]

    run(work())
