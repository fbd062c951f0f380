"""The server's log: its end, and what is added to it"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POLL_S: Final = 0.1


def read_last_lines(path: Path, count: int | None) -> list[str]:
    """Return the last `count` lines, all of them for None, none for a missing file"""
    return _last(_read_from(path, 0)[0], count)


def follow_lines(path: Path, count: int | None) -> Iterator[str | None]:
    """Yield the last `count` lines and then every new one, over rotation and restarts

    None is yielded after each look, so that the caller can flush and stop.
    """
    _size, inode = _end_of(path)
    lines, position = _read_from(path, 0)
    yield from _last(lines, count)
    while True:
        yield None
        time.sleep(_POLL_S)
        size, current = _end_of(path)
        if current != inode or size < position:
            position, inode = 0, current
        if size > position:
            lines, position = _read_from(path, position)
            yield from lines


def _last(lines: list[str], count: int | None) -> list[str]:
    return lines if count is None else lines[max(len(lines) - count, 0) :]


def _end_of(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_ino


def _read_from(path: Path, position: int) -> tuple[list[str], int]:
    try:
        with path.open("rb") as file:
            file.seek(position)
            content = file.read()
    except OSError:
        return [], position
    complete = content[: content.rfind(b"\n") + 1]
    return complete.decode(errors="replace").splitlines(), position + len(complete)
