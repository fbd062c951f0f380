from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import os
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.spool import Chunk, Spool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class FileSink:
    """Writes to a descriptor; `limit` is the size of the disk"""

    def __init__(self, descriptor: int | None, limit: int | None = None) -> None:
        self.written = b""
        self._descriptor = descriptor
        self._limit = limit

    def write_some(self, data: memoryview) -> int:
        room = len(data) if self._limit is None else self._limit - len(self.written)
        if not room:
            raise OSError(28, "No space left on device")
        size = min(room, len(data))
        if self._descriptor is not None:
            size = os.write(self._descriptor, data[:size])
        self.written += bytes(data[:size])
        return size

    def descriptor(self) -> int | None:
        return self._descriptor


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    yield reading, writing
    os.close(reading)
    os.close(writing)


def never(error: Exception) -> None:
    raise AssertionError(error)


def read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 20)
    except BlockingIOError:
        return b""


chunks = st.builds(Chunk, st.lists(st.binary(max_size=9)), st.sampled_from([b"", b"\n", b"\r\n"]))


@given(chunks, st.integers(0, 100))
def test_whole_parts_are_those_that_fit(chunk: Chunk, size: int) -> None:
    fitting = chunk.whole_parts(size)
    begun = [part + chunk.ending for part in chunk.parts[: fitting + 1]]
    assert len(b"".join(begun[:fitting])) <= size
    assert fitting == len(chunk.parts) or len(b"".join(begun)) > size


def test_what_a_pipe_does_not_take_waits_for_its_reader(pipe: tuple[int, int]) -> None:
    reading, writing = pipe

    async def work() -> None:
        sink = FileSink(writing)
        spool = Spool(sink, never)
        parts = [b"%06d" % number for number in range(100_000)]
        assert spool.put(Chunk(parts, b"\n")) is None
        assert 0 < spool.written < 20_000
        received = b""
        drained = asyncio.ensure_future(spool.drained())
        while not drained.done():
            received += read_some(reading)
            await asyncio.sleep(0)
        received += read_some(reading)
        assert received == b"".join(part + b"\n" for part in parts)
        assert spool.written == len(parts)
        assert not spool.has_kept_waiting

    asyncio.run(work())


def test_over_its_budget_a_spool_keeps_the_source_waiting(pipe: tuple[int, int]) -> None:
    reading, writing = pipe

    async def work() -> None:
        spool = Spool(FileSink(writing), never, budget_bytes=1 << 18)
        pauses = [spool.put(Chunk([b"x" * 100_000])) for _ in range(5)]
        assert pauses[0] is None
        pause = pauses[-1]
        assert pause is not None
        waiting = asyncio.ensure_future(pause)
        await asyncio.sleep(0.02)
        assert not waiting.done()
        while not waiting.done():
            read_some(reading)
            await asyncio.sleep(0)
        assert spool.has_kept_waiting
        spool.finish(0)
        for each in pauses[:-1]:
            if each is not None:
                await each

    asyncio.run(work())


@pytest.mark.parametrize("limit", [0, 1, 6, 7, 8, 700])
def test_on_a_full_disk_the_whole_parts_are_counted(limit: int) -> None:
    async def work() -> None:
        sink = FileSink(None, limit)
        spool = Spool(sink, never)
        with pytest.raises(OSError, match="No space"):
            spool.put(Chunk([b"%06d" % number for number in range(200)], b"\n"))
        assert spool.written == limit // 7
        assert len(sink.written) == limit

    asyncio.run(work())


def test_a_reader_that_goes_away_is_told_to_who_waits() -> None:
    near, far = socket.socketpair()

    async def work() -> None:
        told: list[Exception] = []
        spool = Spool(FileSink(near.fileno()), told.append)
        spool.put(Chunk([b"x" * (1 << 22)]))
        drained = asyncio.ensure_future(spool.drained())
        await asyncio.sleep(0.02)
        far.close()
        with pytest.raises(OSError, match=r"pipe|reset"):
            await drained
        assert len(told) == 1
        with pytest.raises(OSError, match=r"pipe|reset"):
            spool.put(Chunk([b"more"]))

    with near, far:
        asyncio.run(work())


@pytest.mark.parametrize("timeout_s", [0.0, 0.1])
def test_finishing_does_not_wait_for_a_stopped_reader(
    pipe: tuple[int, int], timeout_s: float
) -> None:
    reading, writing = pipe

    async def work() -> None:
        spool = Spool(FileSink(writing), never)
        spool.put(Chunk([b"x" * 999] * 1000, b"\n"))
        spool.finish(timeout_s)
        written = spool.written
        assert len(read_some(reading)) // 1000 == written
        await asyncio.sleep(0.02)
        assert not read_some(reading), "something was written afterwards"

    asyncio.run(work())


def test_a_regular_file_takes_everything_at_once(tmp_path: Path) -> None:
    async def work(descriptor: int) -> None:
        spool = Spool(FileSink(descriptor), never)
        assert spool.put(Chunk([b"x" * (1 << 20)] * 80)) is None
        assert spool.written == 80

    with (tmp_path / "out").open("wb") as file:
        asyncio.run(work(file.fileno()))
