"""Where things stand: the exact place of each header, key, value and comment

tomllib says what a document means but not where. This scanner runs after it, only when there is
something to point at, and may therefore trust the syntax. On a text that tomllib refused it goes as
far as it can and keeps what it saw. It also notices what is TOML 1.1 and not 1.0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from iterapp_nats.manifest.findings import KeyPath, Position, Span


class EntryKind(Enum):
    """The three things that a TOML document is made of"""

    TABLE = "table"
    ARRAY_OF_TABLES = "array of tables"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Extent:
    """Offsets in the text, the end exclusive"""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a dotted key: the absolute path up to it, and its place"""

    path: KeyPath
    extent: Extent


@dataclass(frozen=True, slots=True)
class Entry:
    """A header with its brackets, or a pair from its key to the end of its value

    `table` is the path of the table that the entry stands in (for a header: the root).
    `inline` says that the pair stands inside an inline table.
    """

    kind: EntryKind
    path: KeyPath
    table: KeyPath
    parts: tuple[Part, ...]
    extent: Extent
    value: Extent | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is neither an array nor an inline table"""

    path: KeyPath
    extent: Extent


@dataclass(frozen=True, slots=True)
class LaterSyntax:
    """The first construct of TOML 1.1 that 1.0 does not have"""

    offset: int
    what: str


@dataclass(frozen=True)
class Layout:
    """All places of one text, and how to ask for them

    `stopped_at` is the offset where the syntax could not be followed, None when all was read;
    `statement_at` is then the start of the header or pair that it is in.
    """

    text: str = field(repr=False)
    entries: tuple[Entry, ...]
    comments: tuple[Extent, ...]
    leaves: tuple[Leaf, ...]
    stopped_at: int | None
    statement_at: int
    later_syntax: LaterSyntax | None

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    @cached_property
    def _parts(self) -> dict[KeyPath, Part]:
        first: dict[KeyPath, Part] = {}
        for entry in self.entries:
            for part in entry.parts:
                first.setdefault(part.path, part)
                if isinstance(part.path[-1], int):
                    first.setdefault(part.path[:-1], part)
        return first

    @cached_property
    def _entries_by_path(self) -> dict[KeyPath, Entry]:
        first: dict[KeyPath, Entry] = {}
        for entry in self.entries:
            first.setdefault(entry.path, entry)
            if entry.kind is EntryKind.ARRAY_OF_TABLES:
                first.setdefault(entry.path[:-1], entry)
        return first

    @cached_property
    def _leaves_by_path(self) -> dict[KeyPath, Leaf]:
        return {leaf.path: leaf for leaf in reversed(self.leaves)}

    def position(self, offset: int) -> Position:
        """Give line and column of an offset"""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1, offset)

    def span(self, extent: Extent) -> Span:
        """Give line and column of both ends"""
        return Span(self.position(extent.start), self.position(extent.end))

    def line(self, number: int) -> Extent:
        """Give the extent of a line, counted from 1, with its line end"""
        starts = self._line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return Extent(starts[number - 1], end)

    def find_entry(self, path: KeyPath) -> Entry | None:
        """Find the header or pair that defines exactly this path"""
        return self._entries_by_path.get(path)

    def leaves_in(self, place: Extent) -> tuple[Leaf, ...]:
        """Find the values that stand at least partly in a place"""
        first = bisect_right(self.leaves, place.start, key=lambda leaf: leaf.extent.end)
        last = bisect_left(self.leaves, place.end, key=lambda leaf: leaf.extent.start)
        return self.leaves[first:last]

    def comments_in(self, place: Extent) -> tuple[Extent, ...]:
        """Find the comments that stand at least partly in a place"""
        first = bisect_right(self.comments, place.start, key=lambda comment: comment.end)
        last = bisect_left(self.comments, place.end, key=lambda comment: comment.start)
        return self.comments[first:last]

    def key_span(self, path: KeyPath) -> Span:
        """Find the first place where the last name of this path is written"""
        part = self._parts.get(path)
        return self.span(part.extent if part else Extent(0, 0))

    def value_span(self, path: KeyPath) -> Span:
        """Find the value of a pair or an element; else the place of the key"""
        entry = self.find_entry(path)
        if entry is not None and entry.value is not None:
            return self.span(entry.value)
        leaf = self._leaves_by_path.get(path)
        return self.span(leaf.extent) if leaf else self.key_span(path)
