"""From when on messages may be missing"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import time
from typing import TYPE_CHECKING

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.publisher import publish
from iterapp_nats.client.subscriber import subscribe
from tests.client.connecting import QUICK, connected, run, until
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from pathlib import Path


def test_a_gap_begins_when_reading_was_kept_waiting(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        released = asyncio.Event()

        async def wait() -> None:
            await released.wait()

        async with (
            connected(running.url) as sender,
            connected(running.url, QUICK) as receiver,
            subscribe(receiver, ["news"], lambda _: wait()),
        ):
            await publish(sender, [OutgoingMessage("news", b"x" * 1000)] * 40_000)
            await until(lambda: "Slow Consumer" in running.log)
            cut_at_s = time.time()
            released.set()
            await until(lambda: receiver.gaps)
            (gap,) = receiver.gaps
        assert gap.was_behind
        assert gap.began_at_s < cut_at_s

    with run_server(tmp_path, "max_pending: 1MB\n") as running:
        run(work(running))


def test_a_gap_after_reading_has_caught_up_begins_with_the_loss(tmp_path: Path) -> None:
    async def work(running: RunningServer) -> None:
        async def wait() -> None:
            await asyncio.sleep(0)

        async with (
            connected(running.url, QUICK) as receiver,
            subscribe(receiver, ["news"], lambda _: wait()) as subscriber,
        ):
            await receiver.publish("news")
            await until(lambda: subscriber.received)
            await receiver.confirm()
            await asyncio.sleep(0.1)
            stopped_at_s = time.time()
            running.stop()
            await until(lambda: receiver.present_gap)
            gap = receiver.present_gap
            assert gap
            assert not gap.was_behind
            assert gap.began_at_s >= stopped_at_s

    with run_server(tmp_path) as running:
        run(work(running))
