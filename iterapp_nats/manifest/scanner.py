"""The scanner behind `positions`: text in, places out, in one pass"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from iterapp_nats.manifest.positions import (
    Entry,
    EntryKind,
    Extent,
    LaterSyntax,
    Layout,
    Leaf,
    Part,
)

if TYPE_CHECKING:
    from iterapp_nats.manifest.findings import KeyPath

_GAP = re.compile(r"[ \t\r\n]*")
_BLANK = re.compile(r"[ \t]*")
_COMMENT = re.compile(r"#[^\r\n]*")
_LINE_END = re.compile(r"\r?\n|\Z")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# A multi-line string ends with three quotes; up to two before them may belong to its content.
_STRINGS = {
    '"""': re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{1,2}(?!"))?', re.DOTALL),
    "'''": re.compile(r"'''.*?'''(?:'{1,2}(?!'))?", re.DOTALL),
    '"': re.compile(r'"(?:\\.|[^"\\\n])*"'),
    "'": re.compile(r"'[^'\n]*'"),
}
# A path of n names costs n² bytes: a dotted key of a whole megabyte would take all memory.
_MAX_DEPTH = 100
# A date and its time may be parted by one blank.
_SCALAR = re.compile(r"(?:\d{4}-\d{2}-\d{2} (?=\d{2}:))?[^\s,\]}#\"'\[{=]+")
_LATER_ESCAPE = re.compile(r"(?:[^\\]|\\[^ex])*?(\\[ex])", re.DOTALL)
_SHORT_TIME = re.compile(r"(?:.*[Tt ])?\d{2}:\d{2}(?:[Zz]|[+-]\d{2}:\d{2})?")


class _Stopped(Exception):
    """The syntax cannot be followed from here"""


def scan(text: str) -> Layout:
    """Find all places of a text; on invalid TOML those before the first syntax error"""
    scanner = _Scanner(text)
    stopped_at: int | None = None
    try:
        scanner.read_document()
    except (_Stopped, RecursionError):
        stopped_at = scanner.at
    return Layout(
        text,
        tuple(scanner.entries),
        tuple(scanner.comments),
        tuple(scanner.leaves),
        stopped_at,
        scanner.statement_at,
        scanner.later_syntax,
    )


class _Scanner:
    """Reads on at `at`, and collects"""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.statement_at = 0
        self.entries: list[Entry] = []
        self.comments: list[Extent] = []
        self.leaves: list[Leaf] = []
        self.later_syntax: LaterSyntax | None = None
        self.table: KeyPath = ()
        self.array_lengths: dict[KeyPath, int] = {}

    def read_document(self) -> None:
        self.skip_gap()
        while self.at < len(self.text):
            self.statement_at = self.at
            if self.text.startswith("[", self.at):
                self.read_header()
            else:
                self.read_pair(self.table, inline=False)
            self.skip_line_end()
            self.skip_gap()

    # -- what stands between

    def skip_gap(self) -> None:
        """Skip blanks, line ends and comments"""
        self.at = _match_end(_GAP, self.text, self.at)
        while self.text.startswith("#", self.at):
            self.take_comment()
            self.at = _match_end(_GAP, self.text, self.at)

    def skip_blank(self) -> None:
        self.at = _match_end(_BLANK, self.text, self.at)

    def skip_line_end(self) -> None:
        self.skip_blank()
        if self.text.startswith("#", self.at):
            self.take_comment()
        self.take(_LINE_END)

    def take_comment(self) -> None:
        self.comments.append(self.take(_COMMENT))

    def take(self, pattern: re.Pattern[str]) -> Extent:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _Stopped
        start, self.at = self.at, match.end()
        return Extent(start, self.at)

    def take_word(self, word: str) -> bool:
        if not self.text.startswith(word, self.at):
            return False
        self.at += len(word)
        return True

    def require_word(self, word: str) -> None:
        if not self.take_word(word):
            raise _Stopped

    def note_later(self, offset: int, what: str) -> None:
        if self.later_syntax is None:
            self.later_syntax = LaterSyntax(offset, what)

    # -- headers and pairs

    def read_header(self) -> None:
        start = self.at
        is_array = self.take_word("[[")
        if not is_array:
            self.require_word("[")
        self.skip_blank()
        parts = self.read_key(())
        self.require_word("]]" if is_array else "]")
        self.table = self.header_path(parts, is_array=is_array)
        parts = _with_paths(parts, self.table)
        kind = EntryKind.ARRAY_OF_TABLES if is_array else EntryKind.TABLE
        self.entries.append(Entry(kind, self.table, (), parts, Extent(start, self.at)))

    def header_path(self, parts: tuple[Part, ...], *, is_array: bool) -> KeyPath:
        """Put the index of the current element behind each name that is an array of tables"""
        path: KeyPath = ()
        for part in parts[:-1]:
            path = (*path, part.path[-1])
            if path in self.array_lengths:
                path = (*path, self.array_lengths[path] - 1)
        path = (*path, parts[-1].path[-1])
        if not is_array:
            return path
        self.array_lengths[path] = self.array_lengths.get(path, 0) + 1
        return (*path, self.array_lengths[path] - 1)

    def read_pair(self, table: KeyPath, *, inline: bool) -> None:
        start = self.at
        parts = self.read_key(table)
        # Some parsers of TOML 1.1 take a line end here too, the specification does not.
        skip = self.skip_inline_gap if inline else self.skip_blank
        skip()
        self.require_word("=")
        skip()
        path = parts[-1].path
        place = len(self.entries)
        value = self.read_value(path)
        extent = Extent(start, value.end)
        self.entries.insert(
            place, Entry(EntryKind.PAIR, path, table, parts, extent, value, inline=inline)
        )

    def read_key(self, table: KeyPath) -> tuple[Part, ...]:
        """Read a dotted key and the blanks behind it"""
        parts: list[Part] = []
        path = table
        while True:
            extent, name = self.read_key_part()
            path = (*path, name)
            if len(path) > _MAX_DEPTH:
                raise _Stopped
            parts.append(Part(path, extent))
            self.skip_blank()
            if not self.take_word("."):
                return tuple(parts)
            self.skip_blank()

    def read_key_part(self) -> tuple[Extent, str]:
        quote = self.text[self.at : self.at + 1]
        if quote not in {'"', "'"}:
            extent = self.take(_BARE_KEY)
            return extent, self.text[extent.start : extent.end]
        extent = self.read_string(quote)
        raw = self.text[extent.start : extent.end]
        return extent, _decode_key(raw)

    # -- values

    def read_value(self, path: KeyPath) -> Extent:
        start = self.at
        match self.text[start : start + 1]:
            case "[":
                self.read_array(path)
            case "{":
                self.read_inline_table(path)
            case '"' | "'" as quote:
                triple = quote * 3
                self.read_string(triple if self.text.startswith(triple, start) else quote)
                self.leaves.append(Leaf(path, Extent(start, self.at)))
            case _:
                self.read_scalar()
                self.leaves.append(Leaf(path, Extent(start, self.at)))
        return Extent(start, self.at)

    def read_string(self, quote: str) -> Extent:
        extent = self.take(_STRINGS[quote])
        if quote[0] == '"':
            escape = _LATER_ESCAPE.match(self.text, extent.start, extent.end)
            if escape:
                self.note_later(escape.start(1), f"the escape {escape[1]}")
        return extent

    def read_scalar(self) -> None:
        extent = self.take(_SCALAR)
        if _SHORT_TIME.fullmatch(self.text, extent.start, extent.end):
            self.note_later(extent.start, "a time without seconds")

    def read_array(self, path: KeyPath) -> None:
        self.require_word("[")
        index = 0
        self.skip_gap()
        while not self.take_word("]"):
            self.read_value((*path, index))
            index += 1
            self.skip_gap()
            if not self.take_word(","):
                self.require_word("]")
                return
            self.skip_gap()

    def read_inline_table(self, path: KeyPath) -> None:
        self.require_word("{")
        self.skip_inline_gap()
        while not self.take_word("}"):
            self.read_pair(path, inline=True)
            self.skip_inline_gap()
            comma = self.at
            if not self.take_word(","):
                self.require_word("}")
                return
            self.skip_inline_gap()
            if self.text.startswith("}", self.at):
                self.note_later(comma, "a comma after the last pair of an inline table")

    def skip_inline_gap(self) -> None:
        self.skip_blank()
        if self.text.startswith(("\n", "\r\n", "#"), self.at):
            self.note_later(self.at, "a line end inside an inline table")
            self.skip_gap()


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _decode_key(raw: str) -> str:
    if raw[0] == "'" or "\\" not in raw:
        return raw[1:-1]
    try:
        return str(tomllib.loads(f"key = {raw}")["key"])
    except tomllib.TOMLDecodeError:
        raise _Stopped from None


def _with_paths(parts: tuple[Part, ...], path: KeyPath) -> tuple[Part, ...]:
    """Give each part of a header its absolute path, array indexes included"""
    result: list[Part] = []
    end = 0
    for part in parts:
        end += 1
        while end < len(path) and isinstance(path[end], int):
            end += 1
        result.append(Part(path[:end], part.extent))
    return tuple(result)
