"""Bytes of strangers on a terminal, which some of them would steer"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# Line end, tab, the spaces of numbers, and what joins emoji and letters: none of them steers.
_HARMLESS: Final = (
    "\n\t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
)


def written_out(data: bytes) -> bytes:
    r"""Return UTF-8 in which escape sequences, other controls and foreign bytes stand as `\x1b`"""
    text = data.decode("utf-8", "backslashreplace")
    return data if text.isprintable() and text.isascii() else "".join(_letters(text)).encode()


def _letters(text: str) -> Iterator[str]:
    for letter in text:
        is_shown = letter.isprintable() or letter in _HARMLESS
        yield letter if is_shown else letter.encode("unicode_escape").decode()
