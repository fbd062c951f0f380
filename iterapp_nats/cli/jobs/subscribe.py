"""One `sub` at work: what it prints, when it is ready, and what it says at the end"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.cli.views.messages import Renderer
from iterapp_nats.client.account.closing import find_closing_reason
from iterapp_nats.client.subscriber import subscribe
from iterapp_nats.errors import InputError, IterappNatsError
from iterapp_nats.output import ReaderGone
from iterapp_nats.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from pathlib import Path

    from iterapp_nats.cli.context import Context
    from iterapp_nats.cli.views.messages import View
    from iterapp_nats.client.block import MessageBlock
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.events import Gap
    from iterapp_nats.client.subscriber import Subscriber, SubscribeResult

_LAST_WRITES_S: Final = 0.3
_PATIENCE_S: Final = 60.0
"""How long a reader that takes nothing is waited for when the connection has ended for good"""


@dataclass(frozen=True, slots=True)
class SubscribeJob:
    """What one `sub` does with its connection"""

    context: Context
    subjects: tuple[str, ...]
    queue: str
    view: View
    ready_file: str | None
    count: int | None
    timeout_s: float | None

    async def run(self, connection: Connection) -> SubscribeResult:
        """Subscribe, say so, and print until the end"""
        output = self.context.output
        renderer = Renderer(self.view, output)

        def stop(error: Exception) -> None:
            subscriber.stop(error)

        spool = Spool(output, stop)

        def take(block: MessageBlock) -> Awaitable[None] | None:
            return spool.put(renderer.render(block))

        def explain(gap: Gap) -> None:
            connection.spawn(self._explain(connection, gap, spool))

        async with subscribe(
            connection, self.subjects, take, queue=self.queue, count=self.count
        ) as subscriber:
            result = None
            try:
                output.say(f"listening on {', '.join(self.subjects)} at {connection.url}")
                self._write_ready_file()
                with connection.telling_gaps(explain):
                    result = await _finished(subscriber, spool, self.timeout_s)
                await spool.drained()
                return result
            finally:
                self._say_end(subscriber, spool, result)

    def _say_end(
        self, subscriber: Subscriber, spool: Spool, result: SubscribeResult | None
    ) -> None:
        with contextlib.suppress(ReaderGone, InputError):
            spool.finish(_LAST_WRITES_S)
        # What the connection suffers while the reader takes the rest is no loss any more.
        result = result or subscriber.result()
        noun = "message" if result.messages == 1 else "messages"
        words = f"received {result.messages} {noun}"
        if spool.written < result.messages:
            words += f", wrote {spool.written} of them"
        self.context.output.say(f"{words}, lost {_lost(result.gaps)}")

    async def _explain(self, connection: Connection, gap: Gap, spool: Spool) -> None:
        reason = await find_closing_reason(connection, gap.client) if gap.client else None
        if reason:
            self.context.output.warning(f"the server had closed the connection: {reason}")
        elif spool.has_kept_waiting:
            self.context.output.warning(
                "the output is read too slowly, for which a server cuts a slow consumer off"
            )

    def remove_ready_file(self) -> None:
        """Remove what an earlier one has left: nothing can come before this one listens"""
        if self.ready_file is None:
            return
        path = self.context.path(self.ready_file)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error

    def _write_ready_file(self) -> None:
        if self.ready_file is None:
            return
        path = self.context.path(self.ready_file)
        try:
            files.write_atomic(path, b"", mode=files.PUBLIC_FILE)
        except OSError as error:
            raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        "ready-file-unwritable",
        f"cannot write {path} (--ready-file): {(error.strerror or '').lower()}",
    )


async def _finished(
    subscriber: Subscriber, spool: Spool, timeout_s: float | None
) -> SubscribeResult:
    """Wait for the end; when the connection ends for good, what has come is written first"""
    try:
        return await subscriber.finished(timeout_s)
    except IterappNatsError:
        await spool.drained(_PATIENCE_S)
        raise


def _lost(gaps: Sequence[Gap]) -> str:
    """Tell how many are missing: none, or what came while the connection was away

    A server that closes a connection also throws away what it had not sent yet.
    """
    if not gaps:
        return "0"
    if any(gap.length_s is None for gap in gaps):
        return "what was published since the connection was lost"
    noun = "gap" if len(gaps) == 1 else "gaps"
    total_s = sum(gap.length_s or 0.0 for gap in gaps)
    length = f"{'up to ' if any(gap.was_behind for gap in gaps) else ''}{total_s:.3f} s"
    return f"what was published in {len(gaps)} {noun} of {length}, and what the server still held"
