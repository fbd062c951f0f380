"""Read nats-server's configuration language as far as keys, their places and their values

The server itself decides what a text means. What is read here are the keys that stand in it, so
that none of them takes the place of a setting of ours without a word: of two equal keys the server
takes the last. Lexical rules are those of its `conf/lex.go`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED: Final = re.compile(r"(?:[\s,;]|(?:#|//)[^\n]*)*")
_KEY: Final = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^\s:={}\[\]]+)')
_SEPARATOR: Final = re.compile(r"\s*[:=]?[ \t]*")
_SINGLE_QUOTED: Final = re.compile(r"'([^']*)'")
_DOUBLE_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BLOCK: Final = re.compile(r"\(.*?\n\)(?=\n|\Z)", re.DOTALL)
_BARE: Final = re.compile(r"[^\s;,\]}]+")
_MAX_DEPTH: Final = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One key, in lower case as the server compares it, with its value

    A map has `children` and `inside`, the offset behind its opening brace; others have `text`.
    Lines and columns begin with 1.
    """

    key: str
    line: int
    column: int
    text: str = ""
    children: tuple[Entry, ...] | None = None
    inside: int = 0


class ConfigUnreadable(ValueError):
    """A text that is not of the language, or not of the part of it that is read here"""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(reason)
        self.line = line
        self.column = column


def parse_config(text: str) -> tuple[Entry, ...]:
    """Return the keys of a configuration; raises ConfigUnreadable"""
    return tuple(_Reader(text).read_entries(0))


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read_entries(self, depth: int) -> Iterator[Entry]:
        if depth > _MAX_DEPTH:
            raise self._unreadable("maps stand in maps too deep")
        while True:
            self._skip()
            if self._at == len(self._text):
                if depth:
                    raise self._unreadable("a brace is not closed")
                return
            if self._text[self._at] == "}":
                if not depth:
                    raise self._unreadable("a brace is closed that was not opened")
                self._at += 1
                return
            yield self._read_entry(depth)

    def _read_entry(self, depth: int) -> Entry:
        line, column = self._place()
        found = self._take(_KEY, "a key is expected")
        key = next(name for name in found.groups() if name is not None).lower()
        self._take(_SEPARATOR, "a value is expected")
        if self._peek() == "{":
            self._at += 1
            inside = self._at
            children = tuple(self.read_entries(depth + 1))
            return Entry(key, line, column, children=children, inside=inside)
        return Entry(key, line, column, self._read_value(depth))

    def _read_value(self, depth: int) -> str:
        match self._peek():
            case "[":
                return self._read_array(depth)
            case "{":
                self._at += 1
                for _ in self.read_entries(depth + 1):
                    pass
                return ""
            case "'":
                return self._take(_SINGLE_QUOTED, "a quote is not closed")[1]
            case '"':
                return self._take(_DOUBLE_QUOTED, "a quote is not closed")[1]
            case "(":
                return self._take(_BLOCK, "a block is not closed")[0]
            case _:
                return self._take(_BARE, "a value is expected")[0]

    def _read_array(self, depth: int) -> str:
        start = self._at
        self._at += 1
        while True:
            self._skip()
            if self._peek() == "]":
                self._at += 1
                return self._text[start : self._at]
            if depth > _MAX_DEPTH:
                raise self._unreadable("arrays stand in arrays too deep")
            self._read_value(depth + 1)

    def _skip(self) -> None:
        found = _SKIPPED.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str], problem: str) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise self._unreadable(problem)
        self._at = found.end()
        return found

    def _unreadable(self, reason: str) -> ConfigUnreadable:
        return ConfigUnreadable(reason, *self._place())

    def _place(self) -> tuple[int, int]:
        before = self._text[: self._at]
        return before.count("\n") + 1, self._at - (before.rfind("\n") + 1) + 1
