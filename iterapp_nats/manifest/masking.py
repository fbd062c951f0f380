"""Which parts of a file may be shown: keys and headers yes, values and comments mostly no

A value of `[env.*]`, `[build_secrets]` or `[files]` may be a secret, and in an invalid file nobody
can tell what belongs where. So only the values of the known root keys are shown, and none at all
when the file is invalid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.document import FLAG, Manifest
from iterapp_nats.manifest.known import ROOT_VALUES
from iterapp_nats.manifest.positions import Extent
from iterapp_nats.secret import MASK

if TYPE_CHECKING:
    from iterapp_nats.manifest.findings import KeyPath

_PUBLIC_COMMENT: Final = re.compile(
    r"#[#\s]*(?:iterapp-nats:\s*ignore\[[a-z\s,-]*\]|\[\s*[\"']?nats[\"']?\s*\])\s*$"
)
# What a line of an invalid file may show: a header, or a key up to its equals sign or colon. A
# longer word is perhaps a line of a key file, and one with = at its end is perhaps base64.
_HEADER: Final = re.compile(r"[ \t]*\[\[?[\w. -]{0,60}\]{0,2}[ \t]*")
_KEY: Final = re.compile(r"[ \t]*[\w.-]{1,40}[ \t]*[=:][ \t]*(?=[^=\s])")
_PUNCTUATION: Final = re.compile(r"[ \t]*[\]}),;<>=-]{0,8}")


@dataclass(frozen=True, slots=True)
class MaskedLine:
    """A line with its secrets replaced; `columns` leads from the old columns to the new ones

    `columns[i]` is where the character at index i of the line went; the last is the end.
    """

    text: str
    columns: tuple[int, ...]


def mask_line(manifest: Manifest, number: int) -> MaskedLine:
    """Show a line, counted from 1, without what must not be seen"""
    line = manifest.layout.line(number)
    written = manifest.text[line.start : line.end].rstrip("\r\n")
    hidden = _clipped(hidden_extents(manifest, line), line.start, len(written))
    pieces: list[str] = []
    columns: list[int] = []
    at = column = 0
    for extent in hidden:
        pieces += [written[at : extent.start], MASK]
        columns += range(column, column + extent.start - at)
        column += extent.start - at
        columns += [column] + [column + len(MASK)] * (extent.end - extent.start - 1)
        column += len(MASK)
        at = extent.end
    pieces.append(written[at:])
    columns += range(column, column + len(written) - at + 1)
    return MaskedLine("".join(pieces), tuple(columns))


def _clipped(extents: tuple[Extent, ...], start: int, length: int) -> tuple[Extent, ...]:
    """Count from the start of a line of this length, and leave out what is empty there"""
    clipped = (Extent(max(e.start - start, 0), min(e.end - start, length)) for e in extents)
    return tuple(extent for extent in clipped if extent.start < extent.end)


def hidden_extents(manifest: Manifest, line: Extent) -> tuple[Extent, ...]:
    """Find what to hide in a line, in the order of the text"""
    layout = manifest.layout
    if manifest.failure or layout.stopped_at is not None:
        return _hidden_in_invalid(manifest.text, line)
    values = [
        _inside_quotes(manifest.text, leaf.extent)
        for leaf in layout.leaves_in(line)
        if not _is_public(leaf.path)
        and manifest.text[leaf.extent.start : leaf.extent.end] not in {"true", "false"}
    ]
    comments = [
        Extent(comment.start + 1, comment.end)
        for comment in layout.comments_in(line)
        if not _PUBLIC_COMMENT.match(manifest.text, comment.start, comment.end)
    ]
    # A comment ends its line, so no value stands behind it.
    return (*values, *comments)


def _hidden_in_invalid(text: str, line: Extent) -> tuple[Extent, ...]:
    for pattern in (_KEY, _HEADER, _PUNCTUATION):
        match = pattern.match(text, line.start, line.end)
        if match and match.end() > line.start:
            return (Extent(match.end(), line.end),) if text[match.end() : line.end].strip() else ()
    return (line,) if text[line.start : line.end].strip() else ()


def _is_public(path: KeyPath) -> bool:
    """Tell whether a value is that of a known root key, or an element of it, and no table's"""
    names = path[1:] if path[0] == FLAG else path
    return bool(names) and names[0] in ROOT_VALUES and all(isinstance(p, int) for p in names[1:])


def _inside_quotes(text: str, extent: Extent) -> Extent:
    """Leave the quotes of a one-line string, so that it still reads as one"""
    if text[extent.start] in "\"'" and "\n" not in text[extent.start : extent.end]:
        return Extent(extent.start + 1, extent.end - 1)
    return extent
