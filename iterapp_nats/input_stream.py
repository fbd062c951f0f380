"""Standard input inside an event loop: lines as they come, and an end to every wait

A thread that reads a terminal cannot be stopped, and a blocking read starves the connection's
heartbeat. So the descriptor is watched, and read only when something is there.
"""

from __future__ import annotations

import io
import os
import stat
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import AsyncIterator
    from typing import TextIO

BLOCK_BYTES: Final = 1 << 18


async def read_lines(stream: TextIO) -> AsyncIterator[list[bytes]]:
    """Yield the lines that are there, without line ends, as soon as they are there

    The last line may lack its line end.
    """
    held: list[bytes] = []
    async for block in read_blocks(stream):
        begun, line_end, rest = block.rpartition(b"\n")
        if not line_end:
            held.append(rest)
            continue
        whole = b"".join([*held, begun])
        lines = whole.split(b"\n")
        yield [line.removesuffix(b"\r") for line in lines] if b"\r" in whole else lines
        held = [rest]
    if rest := b"".join(held):
        yield [rest]


async def read_all(stream: TextIO) -> bytes:
    """Return everything up to the end of the stream"""
    return b"".join([block async for block in read_blocks(stream)])


async def read_blocks(stream: TextIO) -> AsyncIterator[bytes]:
    """Yield what stands on the stream in blocks, each as soon as it is there

    Raises:
        InputError: `file-unreadable`, for example when it was opened for writing only

    """
    descriptor = _descriptor(stream)
    if descriptor is None:
        yield stream.buffer.read()
        return
    can_wait = _can_wait(descriptor)
    while True:
        if can_wait:
            await _readable(descriptor)
        try:
            block = os.read(descriptor, BLOCK_BYTES)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError("file-unreadable", f"cannot read stdin: {reason}") from error
        if not block:
            return
        yield block


async def _readable(descriptor: int) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(descriptor, _settle, ready)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


def _settle(ready: Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except io.UnsupportedOperation:
        return None


def _can_wait(descriptor: int) -> bool:
    # epoll takes pipes, sockets and terminals; a regular file never blocks.
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor)
