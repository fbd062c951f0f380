"""Output that a slow reader may keep waiting: never blocking, with an end to what may wait

A reader that stops, such as a pager, must neither stop the event loop, which answers the server's
pings, nor fill memory without an end. So a pipe or terminal gets what it takes at the moment, the
rest waits for it up to a budget, and whoever brings more is told to wait too.
"""

from __future__ import annotations

import os
import select
import stat
import time
from collections import deque
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence

BUDGET_BYTES: Final = 64 << 20
_OBJECT_BYTES: Final = 64
"""About what a part takes beside its bytes"""
# What poll promises to take without blocking; where there is no such promise, writing may block.
_PIECE_BYTES: Final = getattr(select, "PIPE_BUF", 0)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Parts to write one behind the other, each with `ending` behind it"""

    parts: Sequence[bytes]
    ending: bytes = b""

    def joined(self) -> bytes:
        """Return what is written"""
        return self.ending.join([*self.parts, b""])

    def held_bytes(self) -> int:
        """Return about how much memory it takes"""
        return sum(map(len, self.parts)) + _OBJECT_BYTES * len(self.parts)

    def whole_parts(self, size: int) -> int:
        """Return how many parts are wholly within the first `size` bytes"""
        ends = accumulate(len(part) + len(self.ending) for part in self.parts)
        return sum(1 for end in ends if end <= size)


class Sink(Protocol):
    """Where a spool writes to"""

    def write_some(self, data: memoryview) -> int:
        """Write from the beginning of `data`, and return how many bytes"""

    def descriptor(self) -> int | None:
        """Return the file descriptor, None when there is none"""


class Spool:
    """Writes chunks in order

    `on_failure` is called on the event loop with what the sink raised while nobody was putting.
    """

    def __init__(
        self,
        sink: Sink,
        on_failure: Callable[[Exception], None],
        *,
        budget_bytes: int = BUDGET_BYTES,
    ) -> None:
        import asyncio

        self._sink = sink
        self._on_failure = on_failure
        self._budget_bytes = budget_bytes
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[Chunk, int]] = deque()
        self._waiting_bytes = 0
        self._rest = memoryview(b"")
        """What is still to be written of the first chunk that waits"""
        self._written = 0
        self._written_bytes = 0
        self._has_room = asyncio.Event()
        self._is_empty = asyncio.Event()
        self._descriptor = _waitable(sink.descriptor())
        self._poll = None if self._descriptor is None else _poll_of(self._descriptor)
        self._is_watching = False
        self._failure: Exception | None = None
        self.has_kept_waiting = False
        """Whether the reader was ever so slow that nothing more could be taken"""

    @property
    def written(self) -> int:
        """How many parts are written as a whole"""
        if not self._rest:
            return self._written
        first, _ = self._waiting[0]
        return self._written + first.whole_parts(len(first.joined()) - len(self._rest))

    def put(self, chunk: Chunk) -> Awaitable[None] | None:
        """Write a chunk, now or later; the next one should come when what is returned is done

        Raises what the sink raised.
        """
        # What does not wait needs no counting.
        held_bytes = 0 if self._descriptor is None else chunk.held_bytes()
        if self._failure:
            raise self._failure
        self._waiting.append((chunk, held_bytes))
        self._waiting_bytes += held_bytes
        if not self._is_watching:
            self._write_at_once()
        if self._waiting_bytes <= self._budget_bytes:
            return None
        self.has_kept_waiting = True
        self._has_room.clear()
        return _wait(self._has_room)

    async def drained(self, patience_s: float | None = None) -> None:
        """Wait until everything is written, as long as the reader wants

        With `patience_s` no longer than until it has taken nothing for that time. Raises what the
        sink raised.
        """
        import asyncio

        while self._waiting and not self._failure:
            before_bytes = self._written_bytes
            self._is_empty.clear()
            try:
                await asyncio.wait_for(self._is_empty.wait(), patience_s)
            except TimeoutError:
                if self._written_bytes == before_bytes:
                    return
        if self._failure:
            raise self._failure

    def finish(self, timeout_s: float) -> None:
        """Write what can be written within a time, and nothing more afterwards

        Raises what the sink raised.
        """
        deadline_s = time.monotonic() + timeout_s
        try:
            while self._waiting and self._is_ready(deadline_s - time.monotonic()):
                self._write_piece()
        finally:
            self._unwatch()

    def _write_at_once(self) -> None:
        try:
            self._write_ready()
        except Exception as error:
            self._failure = error
            raise

    def _write_ready(self) -> None:
        while self._waiting:
            if not self._is_ready(0):
                self._watch()
                return
            self._write_piece()
        self._unwatch()
        self._is_empty.set()

    def _write_piece(self) -> None:
        if not self._rest:
            self._rest = memoryview(self._waiting[0][0].joined())
        piece = self._rest if self._descriptor is None else self._rest[:_PIECE_BYTES]
        taken_bytes = self._sink.write_some(piece)
        self._written_bytes += taken_bytes
        self._rest = self._rest[taken_bytes:]
        if self._rest:
            return
        chunk, held_bytes = self._waiting.popleft()
        self._written += len(chunk.parts)
        self._waiting_bytes -= held_bytes
        if self._waiting_bytes <= self._budget_bytes // 2:
            self._has_room.set()

    def _is_ready(self, timeout_s: float) -> bool:
        return self._poll is None or bool(self._poll.poll(max(0.0, timeout_s) * 1000))

    def _watch(self) -> None:
        if not self._is_watching and self._descriptor is not None:
            self._loop.add_writer(self._descriptor, self._on_ready)
            self._is_watching = True

    def _unwatch(self) -> None:
        if self._is_watching and self._descriptor is not None:
            self._loop.remove_writer(self._descriptor)
            self._is_watching = False

    def _on_ready(self) -> None:
        try:
            self._write_ready()
        except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits
            self._unwatch()
            self._failure = error
            self._is_empty.set()
            self._on_failure(error)


def _waitable(descriptor: int | None) -> int | None:
    """Return a descriptor that can be waited for; a regular file takes everything at once"""
    if descriptor is None or not _PIECE_BYTES:
        return None
    return None if stat.S_ISREG(os.fstat(descriptor).st_mode) else descriptor


def _poll_of(descriptor: int) -> select.poll:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return poll


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
