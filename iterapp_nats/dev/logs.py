"""The server's log: its end, and what is added to it

Left out is what a server with TLS says of our own commands, each of which reads the greeting on a
connection of its own and hangs up: an error line that would send a reader looking for a fault. A
secure server writes its debug lines too, as only they say why a login was refused; they are shown
where they are asked for.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from iterapp_nats.dev.state import StateFolder

_POLL_S: Final = 0.1
_GREETING_READ: Final = b"- TLS handshake error: EOF"
_DEBUG: Final = b" [DBG] "
_LAST_LINES: Final = 3


def read_last_lines(path: Path, count: int | None, *, with_debug: bool = False) -> list[str]:
    """Return the last `count` lines, all of them for None, none for a missing file"""
    file = _open(path)
    if file is None:
        return []
    with file:
        return _last(list(_new_lines(file, with_debug)), count)


def follow_lines(
    path: Path, count: int | None, *, with_debug: bool = False
) -> Iterator[str | None]:
    """Yield the last `count` lines and then every new one, over rotation and restarts

    None is yielded after each look, so that the caller can flush and stop.
    """
    file = _open(path)
    try:
        if file:
            yield from _last(list(_new_lines(file, with_debug)), count)
        while True:
            yield None
            time.sleep(_POLL_S)
            is_replaced = file is None or _is_replaced(file, path)
            if file:
                # Also what was written before the file was renamed away, a moment ago.
                yield from _new_lines(file, with_debug)
            if is_replaced:
                file = _reopen(file, path)
                yield from _new_lines(file, with_debug) if file else ()
    finally:
        if file:
            file.close()


def last_words(folder: StateFolder) -> str:
    """Return the last lines that tell of a failed start, as one text"""
    lines: list[str] = []
    for path in (folder.startup_log_file, folder.log_file):
        with contextlib.suppress(OSError):
            lines += path.read_text("utf-8", "replace").splitlines()
    fatal = [_without_prefix(line) for line in lines if "[FTL]" in line or "[ERR]" in line]
    return "; ".join((fatal or lines)[-_LAST_LINES:])


def _without_prefix(line: str) -> str:
    return line.rpartition("[FTL]")[2].rpartition("[ERR]")[2].strip()


def _last(lines: list[str], count: int | None) -> list[str]:
    return lines if count is None else lines[max(len(lines) - count, 0) :]


def _open(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except OSError:
        return None


def _reopen(file: BinaryIO | None, path: Path) -> BinaryIO | None:
    fresh = _open(path)
    if fresh and file:
        file.close()
    return fresh or file


def _is_replaced(file: BinaryIO, path: Path) -> bool:
    try:
        return not os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _new_lines(file: BinaryIO, with_debug: bool) -> Iterator[str]:
    """Yield the complete lines behind the position of `file`; half a line waits for its rest"""
    for line in file:
        if not line.endswith(b"\n"):
            file.seek(-len(line), os.SEEK_CUR)
            return
        text = line.rstrip(b"\r\n")
        if not text.endswith(_GREETING_READ) and (with_debug or _DEBUG not in text):
            yield text.decode(errors="replace")
