"""Findings: what is wrong, where, how bad, and how to put it right"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from iterapp_nats.manifest.severity import Severity

KeyPath: TypeAlias = tuple[str | int, ...]
"""Names of the tables and the key, from the root; an int is the index in an array"""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the text: line and column from 1, offset from 0, all in code points

    A byte order mark counts neither in the column nor in the offset.
    """

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to but without `end`"""

    start: Position
    end: Position


TOP = Span(Position(1, 1, 0), Position(1, 1, 0))
"""The place of a finding that is about the file as a whole"""


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of `span`; it never holds a value of the file, but maybe a comment"""

    span: Span
    text: str = field(repr=False)


class FixIntent(Enum):
    """What a fix means to do to the document; the self-check holds it to exactly that"""

    DROP_MARK = "drop-mark"
    REWRITE_FLAG = "rewrite-flag"
    MOVE_TO_ROOT = "move-to-root"
    QUOTE_VALUE = "quote-value"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that is safe to make without asking

    `key` is the path that the intent is about. A byte order mark has no place in the text, so
    `DROP_MARK` comes without edits.
    """

    title: str
    intent: FixIntent
    key: KeyPath = ()
    edits: tuple[Edit, ...] = ()

    @property
    def is_public(self) -> bool:
        """Tell whether a report may show the edits: a comment that moves with them may be secret"""
        return not any("#" in edit.text for edit in self.edits)


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to the finding, such as the first of two equal headers"""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `message` and `hint` never hold a value of the file

    `key` is the dotted key path that it is about, empty for the file as a whole. It stays the same
    when lines move.
    """

    rule: str
    severity: Severity
    span: Span
    message: str
    hint: str = ""
    key: KeyPath = ()
    fix: Fix | None = None
    related: Related | None = None


_LAST_OF_FOUR_DIGITS = 0xFFFF


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Sort by place, then severity, rule and words: the same file always reads the same"""
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[int, int, int, str, str]:
    start = finding.span.start
    return start.line, start.column, finding.severity.rank, finding.rule, finding.message


def render_key(path: KeyPath) -> str:
    """Write a key path the way TOML does: bare where possible, quoted where needed

    >>> render_key(("env", "prod", "A B", 0))
    'env.prod."A B"[0]'
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + _render_part(part)
    return text


def _render_part(part: str) -> str:
    if part and part.isascii() and part.replace("-", "").replace("_", "").isalnum():
        return part
    if part and part in {"-", "_"}:
        return part
    shown = "".join(_render_character(character) for character in part)
    return f'"{shown}"'


def _render_character(character: str) -> str:
    if character in {'"', "\\"}:
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= _LAST_OF_FOUR_DIGITS else f"\\U{code:08X}"
