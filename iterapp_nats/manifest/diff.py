"""A unified diff to look at: values that may be secret are masked, so it is not for `patch`"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.document import Manifest, parse_manifest
from iterapp_nats.manifest.formats.text import printable
from iterapp_nats.manifest.masking import mask_line

if TYPE_CHECKING:
    from iterapp_nats.manifest.edit import EditResult

_CONTEXT: Final = 3


def render_diff(path: str, result: EditResult) -> str:
    """Show what an edit changes, with three lines round it; empty when it changes nothing"""
    from difflib import SequenceMatcher

    if not result.has_changed:
        return ""
    old, new = result.old.splitlines(keepends=True), result.new.splitlines(keepends=True)
    skipped = max(0, _common_lines(old, new) - _CONTEXT)
    lines = [f"--- {printable(path)}", f"+++ {printable(path)}"]
    before, after = parse_manifest(result.old), parse_manifest(result.new)
    matcher = SequenceMatcher(None, old[skipped:], new[skipped:])
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        old_range = _range(first[1] + skipped, last[2] + skipped)
        new_range = _range(first[3] + skipped, last[4] + skipped)
        lines.append(f"@@ -{old_range} +{new_range} @@")
        for tag, old_start, old_end, new_start, new_end in group:
            sign = " " if tag == "equal" else "-"
            lines += _shown(before, sign, range(old_start + skipped, old_end + skipped))
            if tag != "equal":
                lines += _shown(after, "+", range(new_start + skipped, new_end + skipped))
    return "".join(f"{line}\n" for line in lines)


def _common_lines(old: list[bytes], new: list[bytes]) -> int:
    """Count the lines that both begin with: difflib is slow on many equal ones"""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


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
