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
    """What to append to a text so that it ends with a section after a blank line

    A text without a line end at its end stays without: so the suffix can be taken off again, and
    nothing else is left.
    """
    end = line_end_of(text)
    if not text:
        return f"{section}{end}"
    return f"{end}{section}{end}" if text.endswith("\n") else f"{end}{end}{section}"


def replace_header(layout: Layout) -> tuple[Edit, ...]:
    """Write the flag's name without quotes"""
    entry = layout.find_entry((FLAG,))
    return (Edit(layout.span(entry.parts[0].extent), FLAG),) if entry else ()


def append_flag(layout: Layout) -> tuple[Edit, ...]:
    """Take `nats = {}` away and append `[nats]`, with the comment that stands behind it"""
    entry = layout.find_entry((FLAG,))
    if entry is None:
        return ()
    removed = whole_lines(layout, entry.extent)
    rest = layout.text[: removed.start] + layout.text[removed.end :]
    comment = layout.text[entry.extent.end : removed.end].rstrip()
    return _edits(layout, removed, suffix_for(rest, f"[{FLAG}]{comment}"))


def move_header_to_end(layout: Layout, section: str) -> tuple[Edit, ...]:
    """Take a header with the comment lines above it to the end; its keys stay where they are

    Nothing when another header stands before it: its keys would fall to that one.
    """
    entry = next((entry for entry in layout.entries if entry.kind is not EntryKind.PAIR), None)
    if entry is None or entry.kind is not EntryKind.TABLE or entry.path != (section,):
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


def remove_flag(layout: Layout) -> str:
    """Give the text without the flag's header and the blank line before it

    At the top of the file the blank line behind it goes instead.
    """
    entry = layout.find_entry((FLAG,))
    if entry is None:
        return layout.text
    lines = whole_lines(layout, entry.extent)
    before, after = layout.text[: lines.start], layout.text[lines.end :]
    if not before:
        return _without_first_blank_line(after)
    if not layout.text[: lines.end].endswith("\n"):
        # The header ended the file without a line end, and so will the line that is last now.
        return _without_line_end(_without_last_blank_line(before))
    return _without_last_blank_line(before) + after


def _without_line_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")


def _without_last_blank_line(text: str) -> str:
    shorter = _without_line_end(text)
    return shorter if shorter == "" or shorter.endswith("\n") else text


def _without_first_blank_line(text: str) -> str:
    return text.removeprefix("\r\n") if text.startswith("\r\n") else text.removeprefix("\n")
