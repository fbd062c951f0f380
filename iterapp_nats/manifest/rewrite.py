"""Edits that move or rewrite the flag, as spans and new text; `edit` applies and checks them"""

from __future__ import annotations

from iterapp_nats.manifest.document import FLAG
from iterapp_nats.manifest.findings import Edit, Span
from iterapp_nats.manifest.positions import Entry, EntryKind, Extent, Layout


def line_end_of(text: str) -> str:
    """The line end that most lines have"""
    crlf = text.count("\r\n")
    return "\r\n" if crlf * 2 > text.count("\n") else "\n"


def suffix_for(text: str, section: str) -> str:
    """What to append to a text so that it ends with a section after a blank line"""
    end = line_end_of(text)
    start = end if text and not text.endswith("\n") else ""
    has_blank_line = not text.strip() or (text + start).replace("\r\n", "\n").endswith("\n\n")
    return f"{start}{'' if has_blank_line else end}{section}{end}"


def replace_header(layout: Layout) -> tuple[Edit, ...]:
    """Write the flag's name without quotes"""
    return (Edit(layout.key_span((FLAG,)), FLAG),)


def append_flag(layout: Layout) -> tuple[Edit, ...]:
    """Take `nats = {}` away and append `[nats]`"""
    entry = layout.find_entry((FLAG,))
    if entry is None:
        return ()
    removed = whole_lines(layout, entry.extent)
    rest = layout.text[: removed.start] + layout.text[removed.end :]
    return _edits(layout, removed, suffix_for(rest, f"[{FLAG}]"))


def move_header_to_end(layout: Layout, section: str) -> tuple[Edit, ...]:
    """Take a header with the comment lines above it to the end; its keys stay where they are"""
    entry = layout.find_entry((section,))
    if entry is None or entry.kind is not EntryKind.TABLE:
        return ()
    removed = _with_comments_above(layout, entry)
    moved = layout.text[removed.start : removed.end].strip("\r\n")
    rest = layout.text[: removed.start] + layout.text[removed.end :]
    return _edits(layout, removed, suffix_for(rest, moved))


def whole_lines(layout: Layout, extent: Extent) -> Extent:
    """Widen an extent to whole lines, with their line end"""
    first = layout.line(layout.position(extent.start).line)
    last = layout.line(layout.position(extent.end).line)
    return Extent(first.start, last.end)


def _with_comments_above(layout: Layout, entry: Entry) -> Extent:
    lines = whole_lines(layout, entry.extent)
    number = layout.position(lines.start).line
    start = lines.start
    while number > 1:
        number -= 1
        above = layout.line(number)
        if not layout.text[above.start : above.end].lstrip().startswith("#"):
            break
        start = above.start
    return Extent(start, lines.end)


def _edits(layout: Layout, removed: Extent, appended: str) -> tuple[Edit, ...]:
    end = layout.position(len(layout.text))
    return Edit(layout.span(removed), ""), Edit(Span(end, end), appended)
