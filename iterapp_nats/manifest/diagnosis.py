"""Why a text is not TOML: the intent behind it, told from the line where the parser gave up"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.manifest.findings import KeyPath, Related, Span, render_key
from iterapp_nats.manifest.positions import Entry, EntryKind, Extent, Layout
from iterapp_nats.manifest.slips import find_slip

if TYPE_CHECKING:
    from iterapp_nats.manifest.document import Manifest, SyntaxFailure

# A pair whose value may go over several lines.
_OPENING = re.compile(r"""[\w.\-"' \t]+=[ \t]*(\[|"{3}|'{3})""")
_CLOSING = {"[": "]", '"""': "three quotes", "'''": "three quotes"}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong and what to write instead; never a value of the file"""

    message: str
    span: Span
    hint: str = ""
    related: Related | None = None


def diagnose(manifest: Manifest, failure: SyntaxFailure) -> Diagnosis:
    """Explain a failure, by a duplicate, by a known slip, or in the parser's own words"""
    layout = manifest.layout
    offset = failure.offset
    point = layout.span(Extent(offset, min(offset + 1, len(manifest.text))))
    if failure.later_syntax:
        return Diagnosis(
            f"{failure.complaint} is TOML 1.1, and the platform may read 1.0",
            point,
            hint="write it the TOML 1.0 way: an inline table on one line without a last comma, "
            "a time with seconds, an escape \\uXXXX",
        )
    duplicate = _find_duplicate(layout, offset)
    if duplicate:
        return duplicate
    unclosed = _find_unclosed(layout, offset)
    if unclosed:
        return unclosed
    if layout.stopped_at is not None:
        # For a string without an end the parser looks for it until the end of the document.
        offset = min(offset, layout.stopped_at)
    slip = find_slip(manifest.text, _line_around(manifest.text, offset), offset)
    if slip:
        return Diagnosis(slip.message, layout.span(slip.extent), slip.hint)
    return _in_parser_words(layout, failure, point)


def _find_unclosed(layout: Layout, offset: int) -> Diagnosis | None:
    """Point at the value that began on an earlier line than the one where the parser gave up"""
    start = layout.statement_at
    if layout.stopped_at is None or not layout.text[start:offset].strip().count("\n"):
        return None
    opening = _OPENING.match(layout.text, start)
    if opening is None:
        return None
    what = "a multi-line string" if opening[1] in {'"""', "'''"} else "an array"
    lacks = "" if what != "an array" else ", or lacks a comma between two elements"
    return Diagnosis(
        f"{what} is not closed{lacks}",
        layout.span(Extent(*opening.span(1))),
        hint=f"write {_CLOSING[opening[1]]} at its end",
        related=Related(layout.span(Extent(offset, offset)), "the parser gave up here"),
    )


def _in_parser_words(layout: Layout, failure: SyntaxFailure, point: Span) -> Diagnosis:
    """Show where the scanner stopped if that is earlier: there begins what is not closed"""
    complaint = failure.complaint[:1].lower() + failure.complaint[1:]
    if layout.stopped_at is not None and layout.stopped_at < failure.offset:
        start = layout.stopped_at
        return Diagnosis(
            f"invalid TOML: {complaint}",
            layout.span(Extent(start, start + 1)),
            related=Related(point, "the parser gave up here"),
        )
    return Diagnosis(f"invalid TOML: {complaint}", point)


def _line_around(text: str, offset: int) -> Extent:
    start = text.rfind("\n", 0, offset) + 1
    if start == len(text) and start:
        # The end of the document: the last line is the one that lacks something.
        start = text.rfind("\n", 0, start - 1) + 1
    end = text.find("\n", start)
    return Extent(start, end if end >= 0 else len(text))


def _find_duplicate(layout: Layout, offset: int) -> Diagnosis | None:
    """Find the two entries that cannot both be there

    tomllib fails at the end of the second one, and the scanner, which knows no such rule, goes on.
    """
    if layout.stopped_at is not None and layout.stopped_at <= offset:
        return None
    before = [entry for entry in layout.entries if entry.extent.start <= offset]
    for second in (_last(before, inline=False), _last(before, inline=True)):
        first = _find_conflict(before, second) if second else None
        if first and second:
            return _duplicate(layout, first, second)
    return None


def _last(entries: list[Entry], *, inline: bool) -> Entry | None:
    return next((entry for entry in reversed(entries) if entry.inline is inline), None)


def _find_conflict(entries: list[Entry], second: Entry) -> Entry | None:
    path = _names(second.path)
    for first in entries:
        other = _names(first.path)
        shared = min(len(path), len(other))
        is_earlier = first.extent.end <= second.extent.start
        # A longer header above or below is no conflict in itself, the same name is.
        is_conflict = path == other or EntryKind.PAIR in {first.kind, second.kind}
        if is_earlier and is_conflict and path[:shared] == other[:shared]:
            return first
    return None


def _names(path: KeyPath) -> KeyPath:
    return tuple(part for part in path if isinstance(part, str))


def _duplicate(layout: Layout, first: Entry, second: Entry) -> Diagnosis:
    name = render_key(_names(second.path))
    first_span = layout.span(_place(first))
    if first.path == second.path:
        message = f"{name} is defined twice, first in line {first_span.start.line}"
    else:
        message = (
            f"{name} contradicts {render_key(_names(first.path))} in line {first_span.start.line}"
        )
    return Diagnosis(
        message,
        layout.span(_place(second)),
        hint="keep one of the two",
        related=Related(first_span, "first here"),
    )


def _place(entry: Entry) -> Extent:
    """Point at a header with its brackets, and at the key of a pair"""
    if entry.kind is not EntryKind.PAIR:
        return entry.extent
    return Extent(entry.parts[0].extent.start, entry.parts[-1].extent.end)
