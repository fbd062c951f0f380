"""Columns of text, and numbers as people read them"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP: Final = "  "
_KIB: Final = 1024
_TIME_UNITS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_BYTE_UNITS: Final = ("B", "KiB", "MiB", "GiB")
_THOUSAND: Final = 1000
_MANY: Final = 10
_KEY_CHARACTERS: Final = 56
_SHORT_KEY: Final = 8


def render_table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows, the first of which is the header, with aligned columns"""
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield _GAP.join(cells).rstrip()


def render_age(seconds: float | None) -> str:
    """Return a duration in its largest unit"""
    if seconds is None:
        return "-"
    for size, unit in _TIME_UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return "0 s"


def render_bytes(count: float) -> str:
    """Return an amount of bytes in its largest unit"""
    for unit in _BYTE_UNITS[:-1]:
        if count < _KIB:
            return f"{count:.0f} {unit}"
        count /= _KIB
    return f"{count:.1f} {_BYTE_UNITS[-1]}"


def render_server(name: str) -> str:
    """Return a server's name; one that has none goes by a long key, of which the start is enough"""
    return name if len(name) < _KEY_CHARACTERS else name[:_SHORT_KEY]


def plural(count: int, word: str) -> str:
    """Return a count with its noun"""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def render_rate(per_second: float) -> str:
    """Return a rate with as many digits as matter"""
    if per_second >= _THOUSAND:
        return f"{per_second / _THOUSAND:.1f}k/s"
    if per_second == 0 or per_second >= _MANY:
        return f"{per_second:.0f}/s"
    return f"{per_second:.1f}/s"
