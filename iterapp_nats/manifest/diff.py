"""A unified diff to look at: values that may be secret are masked, so it is not for `patch`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.document import Manifest, parse_manifest
from iterapp_nats.manifest.formats.text import printable
from iterapp_nats.manifest.masking import mask_line

if TYPE_CHECKING:
    from iterapp_nats.manifest.edit import EditResult


def render_diff(path: str, result: EditResult) -> str:
    """Show what an edit changes, with three lines round it; empty when it changes nothing"""
    from difflib import SequenceMatcher

    if not result.has_changed:
        return ""
    old, new = result.old.splitlines(keepends=True), result.new.splitlines(keepends=True)
    lines = [f"--- {printable(path)}", f"+++ {printable(path)}"]
    before, after = parse_manifest(result.old), parse_manifest(result.new)
    matcher = SequenceMatcher(None, old, new)
    for group in matcher.get_grouped_opcodes():
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@")
        for tag, old_start, old_end, new_start, new_end in group:
            sign = " " if tag == "equal" else "-"
            lines += _shown(before, sign, range(old_start, old_end))
            if tag != "equal":
                lines += _shown(after, "+", range(new_start, new_end))
    return "".join(f"{line}\n" for line in lines)


def _shown(manifest: Manifest, sign: str, indexes: range) -> list[str]:
    lines: list[str] = []
    for index in indexes:
        extent = manifest.layout.line(index + 1)
        mark = "<U+FEFF>" if index == 0 and manifest.has_byte_order_mark else ""
        lines.append(f"{sign}{mark}{printable(mask_line(manifest, index + 1).text)}")
        if not manifest.text.endswith("\n", extent.start, extent.end):
            lines.append("\\ No newline at end of file")
    return lines


def _range(start: int, end: int) -> str:
    """Write a range of lines the way diff does: an empty one names the line before it"""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
