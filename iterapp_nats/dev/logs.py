"""The server's log: its end, and what is added to it

Left out is what a server with TLS says of our own commands, each of which reads the greeting on a
connection of its own and hangs up: an error line that would send a reader looking for a fault. A
secure server writes its debug lines too, as only they say why a login was refused; they are shown
where they are asked for.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import re
import time
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from iterapp_nats.dev.state import StateFolder

_POLL_S: Final = 0.1
_GREETING_READ: Final = b"- TLS handshake error: EOF"
_DEBUG: Final = b" [DBG] "
_LAST_LINES: Final = 3
# [4711] 2030/01/31 12:00:00.123456 [INF] ...
_DATE: Final = re.compile(r"\[\d+\] ([\d/]+ [\d:.]+) ")


def read_last_lines(
    paths: Sequence[Path], count: int | None, *, with_debug: bool = False
) -> list[str]:
    """Return the last `count` lines of all nodes in the order of time, all of them for None

    Each has its node in front, unless there is only one. A missing file has none.
    """
    tails = [_Tail(path, with_debug=with_debug) for path in paths]
    try:
        return _last(_read_merged(tails), count)
    finally:
        _close(tails)


def follow_lines(
    paths: Sequence[Path], count: int | None, *, with_debug: bool = False
) -> Iterator[str | None]:
    """Yield what `read_last_lines` returns and then every new line, over rotation and restarts

    None is yielded after each look, so that the caller can flush and stop. What comes between two
    looks is in the order of time.
    """
    tails = [_Tail(path, with_debug=with_debug) for path in paths]
    try:
        yield from _last(_read_merged(tails), count)
        while True:
            yield None
            time.sleep(_POLL_S)
            yield from _read_merged(tails)
    finally:
        _close(tails)


class _Tail:
    """A log that is read on from where the last look ended, over rotation and restarts"""

    def __init__(self, path: Path, *, with_debug: bool) -> None:
        self._path = path
        self._with_debug = with_debug
        self._file: BinaryIO | None = None

    def read(self) -> list[str]:
        """Return the complete lines that are new"""
        is_replaced = self._file is None or _is_replaced(self._file, self._path)
        # Also what was written before the file was renamed away, a moment ago.
        lines = self._read_on()
        fresh = _open(self._path) if is_replaced else None
        if fresh:
            self.close()
            self._file = fresh
            lines += self._read_on()
        return lines

    def close(self) -> None:
        """Close the file, if there was one"""
        if self._file:
            self._file.close()

    def _read_on(self) -> list[str]:
        return list(_new_lines(self._file, self._with_debug)) if self._file else []


def last_words(folder: StateFolder) -> str:
    """Return the last lines that tell of a failed start, as one text"""
    lines: list[str] = []
    for path in (folder.startup_log_file, folder.log_file):
        with contextlib.suppress(OSError):
            lines += path.read_text("utf-8", "replace").splitlines()
    fatal = [_without_prefix(line) for line in lines if "[FTL]" in line or "[ERR]" in line]
    return "; ".join((fatal or lines)[-_LAST_LINES:])


def _read_merged(tails: list[_Tail]) -> list[str]:
    if len(tails) == 1:
        return tails[0].read()
    found = [list(_dated(tail.read(), number)) for number, tail in enumerate(tails, start=1)]
    return [line for _, line in heapq.merge(*found, key=itemgetter(0))]


def _dated(lines: list[str], number: int) -> Iterator[tuple[str, str]]:
    """Yield each line behind its date: the last one where it has none, as in a stack trace"""
    date = ""
    for line in lines:
        found = _DATE.match(line)
        date = found[1] if found else date
        yield date, f"node {number}  {line}"


def _close(tails: list[_Tail]) -> None:
    for tail in tails:
        tail.close()


def _without_prefix(line: str) -> str:
    return line.rpartition("[FTL]")[2].rpartition("[ERR]")[2].strip()


def _last(lines: list[str], count: int | None) -> list[str]:
    return lines if count is None else lines[max(len(lines) - count, 0) :]


def _open(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except OSError:
        return None


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
