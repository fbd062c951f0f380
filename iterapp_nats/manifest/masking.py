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

_PUBLIC_COMMENT: Final = re.compile(r"#[#\s]*(?:iterapp-nats:|\[\s*[\"']?nats[\"']?\s*\]\s*$)")
# What a line of an invalid file may show: a header, or a key up to its equals sign or colon. A
# longer word is perhaps a line of a key file, and one with = at its end is perhaps base64.
_HEADER: Final = re.compile(r"[ \t]*\[\[?[\w. -]{0,60}\]{0,2}")
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
    hidden = hidden_extents(manifest, line)
    text = ""
    columns: list[int] = []
    for index, character in enumerate(written):
        columns.append(len(text))
        extent = next((e for e in hidden if e.start <= line.start + index < e.end), None)
        if extent is None:
            text += character
        elif line.start + index == max(extent.start, line.start):
            text += MASK
    return MaskedLine(text, (*columns, len(text)))


def hidden_extents(manifest: Manifest, line: Extent) -> tuple[Extent, ...]:
    """Find what to hide in a line"""
    if manifest.failure:
        return _hidden_in_invalid(manifest.text, line)
    layout = manifest.layout
    values = [
        _inside_quotes(manifest.text, leaf.extent)
        for leaf in layout.leaves
        if _touches(leaf.extent, line) and not _is_public(leaf.path)
    ]
    comments = [
        Extent(comment.start + 1, comment.end)
        for comment in layout.comments
        if _touches(comment, line)
        and not _PUBLIC_COMMENT.match(manifest.text, comment.start, comment.end)
    ]
    return tuple(extent for extent in values + comments if extent.start < extent.end)


def _hidden_in_invalid(text: str, line: Extent) -> tuple[Extent, ...]:
    for pattern in (_KEY, _HEADER, _PUNCTUATION):
        match = pattern.match(text, line.start, line.end)
        if match and match.end() > line.start:
            return (Extent(match.end(), line.end),) if text[match.end() : line.end].strip() else ()
    return (line,) if text[line.start : line.end].strip() else ()


def _touches(extent: Extent, line: Extent) -> bool:
    return extent.start < line.end and line.start < extent.end


def _is_public(path: KeyPath) -> bool:
    name = path[1] if path[0] == FLAG and len(path) > 1 else path[0]
    return name in ROOT_VALUES


def _inside_quotes(text: str, extent: Extent) -> Extent:
    """Leave the quotes of a one-line string, so that it still reads as one"""
    if text[extent.start] in "\"'" and "\n" not in text[extent.start : extent.end]:
        return Extent(extent.start + 1, extent.end - 1)
    return extent
