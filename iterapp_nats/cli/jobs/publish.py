"""One `pub` at work: how far it comes, and what is said about that"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.publisher import PublishProgress, publish
from iterapp_nats.client.verdicts import PUBLISH_DENIED
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.cli.jobs.sources import Blocks
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.publisher import PublishResult

_PROGRESS_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What one `pub` does with its connection; `target` names where the messages go"""

    context: Context
    blocks: Blocks
    target: str
    interval_s: float

    async def run(self, connection: Connection) -> PublishResult:
        """Publish everything, and say how far it came, also when it did not come to the end"""
        progress = PublishProgress()
        began_s, trouble = time.perf_counter(), None
        try:
            async with self._showing(progress):
                return await publish(
                    connection, self.blocks, interval_s=self.interval_s, progress=progress
                )
        except IterappNatsError as error:
            trouble = error
            raise
        finally:
            is_told = self.context.output.format is Format.TEXT
            is_nothing = trouble is not None and progress.sent == 0
            if (is_told or progress.confirmed < progress.sent) and not is_nothing:
                duration_s = time.perf_counter() - began_s
                self.context.output.say(self._summary(progress, duration_s, trouble))

    def _summary(
        self, progress: PublishProgress, duration_s: float, trouble: IterappNatsError | None
    ) -> str:
        count, confirmed = progress.sent, progress.confirmed
        noun = "message" if count == 1 else "messages"
        what = f"{count} {noun} ({progress.sent_bytes} bytes) to {self.target}"
        if count > 1:
            what += f" in {duration_s:.2f} s, {count / duration_s:.0f} a second"
        if trouble and trouble.code == PUBLISH_DENIED.code:
            seen = (
                f"the first {confirmed} were seen by the server, of the rest " if confirmed else ""
            )
            return f"sent {what}: {seen}at least one was refused"
        if confirmed == count:
            return f"published {what}: seen by the server"
        if confirmed == 0:
            return f"sent {what}: accepted by the client, not confirmed"
        return f"sent {what}: the first {confirmed} were seen by the server, the rest not confirmed"

    @asynccontextmanager
    async def _showing(self, progress: PublishProgress) -> AsyncIterator[None]:
        """On a terminal, show how far it is while it works"""
        import asyncio

        if not self.context.output.shows_talk_on_terminal:
            yield
            return
        showing = asyncio.create_task(self._show(progress))
        try:
            yield
        finally:
            showing.cancel()
            with suppress(asyncio.CancelledError):
                await showing

    async def _show(self, progress: PublishProgress) -> None:
        import asyncio

        before = 0
        while True:
            await asyncio.sleep(_PROGRESS_S)
            rate = (progress.sent - before) / _PROGRESS_S
            before = progress.sent
            self.context.output.show_progress(f"published {before} messages, {rate:.0f} a second")
