"""Text as a YAML scalar"""

from __future__ import annotations

import re
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def yaml_text(text: str, *, indent: int) -> str:
    """Return a literal block for several plain lines that end with a newline, else a quoted scalar

    `indent` is the number of blanks before each line of the block. A literal block is what people
    can read; folded (`>`) and quoted over several lines would join the lines.
    """
    lines = text.removesuffix("\n").split("\n")
    if len(lines) == 1 or not text.endswith("\n") or not all(map(_fits_block, lines)):
        return quote_yaml(text)
    return "|\n" + "\n".join(" " * indent + line for line in lines)


def quote_yaml(text: str) -> str:
    """Return one scalar on one line, in double quotes where YAML could read anything else"""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escape, text)) + '"'


def _fits_block(line: str) -> bool:
    return bool(line) and line.isprintable() and not line[0].isspace()


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"
