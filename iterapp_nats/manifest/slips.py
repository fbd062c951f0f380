"""The slips that people make in TOML, each told by the shape of one line"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from iterapp_nats.manifest.positions import Extent


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip at its place, with what to write instead"""

    extent: Extent
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a line with this slip looks like; the group `at` is the place to point at"""

    pattern: re.Pattern[str]
    message: str
    hint: str


_KEY: Final = r"^[ \t]*[\w.\-\"'][\w.\-\"' ]*?[ \t]*=[ \t]*"
# The shapes take quadratic time, and what they know stands near the beginning of a line.
_MAX_WIDTH: Final = 1000


def _shape(pattern: str, message: str, hint: str) -> _Shape:
    return _Shape(re.compile(pattern), message, hint)


# The order matters: the first shape that fits is the one that is told.
_SHAPES: Final = (
    _shape(
        r"^(?P<at><{7}|={7}|>{7})",
        "a merge conflict is not resolved",
        "keep one side and delete the marker lines",
    ),
    _shape(
        r"(?P<at>[\u2018\u2019\u201a\u201c\u201d\u201e])",
        "curly quotes are no quotes in TOML",
        "write straight quotes",
    ),
    _shape(r"^[ \t]*(?P<at>;)", "a semicolon begins a comment in INI, not in TOML", "write #"),
    _shape(r"^[ \t]*(?P<at>//)", "// begins no comment in TOML", "write #"),
    _shape(
        r"^(?:---|[ \t]*(?:- |[\w-]+(?P<at>:)(?:[ \t\r]|$)))",
        "this looks like YAML, not TOML",
        "write key = value, and [name] for a section",
    ),
    _shape(
        _KEY + r"(?P<at>[\"']\{.*\}[\"'])",
        "quotes round an inline table",
        "delete the outer quotes",
    ),
    _shape(r"^[ \t]*(?P<at>\{)", "this looks like JSON, not TOML", "write key = value"),
    _shape(
        r"^[ \t]*(?P<at>\[[^\]\"'#=]*[.\[][ \t]*\]?\])|^[ \t]*(?P<at2>\[[ \t]*\.?[ \t]*\])",
        "a header has an empty name",
        "write [name] or [name.part]",
    ),
    _shape(
        r"^[ \t]*(?P<at>\[\[[^\[\]]*\])[^\]]*$",
        "a header opens with [[ and closes with ]",
        "write [name]",
    ),
    _shape(r"^[ \t]*(?P<at>\[[^\]=]*)$", "a header is not closed", "write ] at its end"),
    _shape(
        r"^[ \t]*\[[^\[\]\"'=]+\][ \t]*(?P<at>[^\s#].*)",
        "something stands behind a header",
        "a header stands alone on its line",
    ),
    _shape(
        _KEY + r"(?P<at>True|False|TRUE|FALSE|[Yy]es|[Nn]o|[Oo]n|[Oo]ff)[ \t\r]*(?:#.*)?$",
        "a boolean is not written like that",
        "write true or false, in lower case",
    ),
    _shape(
        _KEY + r"(?P<at>None|null|nil)[ \t\r]*(?:#.*)?$",
        "TOML has no empty value",
        "delete the line",
    ),
    _shape(_KEY.removesuffix(r"[ \t]*") + r"(?P<at>)[ \t\r]*(?:#.*)?$", "a key has no value", ""),
    _shape(
        _KEY + r"(?P<at>[+-]?0\d+)[ \t\r]*(?:#.*)?$",
        "a number begins with 0",
        "delete the zero, or put quotes round it if it is a text",
    ),
    _shape(
        _KEY + r"(?P<at>[^\s\"'\[{#][^#\r]*)",
        "a string without quotes",
        "put quotes round it",
    ),
    _shape(
        _KEY + r"\"(?:[^\"\\]|\\[btnfr\"\\uU])*(?P<at>\\[^btnfr\"\\uU])",
        "a backslash in double quotes begins an escape",
        "write it twice, or put single quotes round the string",
    ),
    _shape(
        _KEY + r"(?P<at>\"(?!\"\")(?:[^\"\\]|\\.)*|'(?!'')[^']*)$",
        "a string is not closed",
        "write the quote at its end too",
    ),
    _shape(
        _KEY + r"(?:\"(?!\")[^\"]*\"|'(?!')[^']*')[ \t]*(?P<at>[^\s#,].*)",
        "something stands behind a string",
        "a quote inside a string needs single quotes round the whole",
    ),
    _shape(
        r"^[ \t]*(?P<at>[\w.-]+)[ \t\r]*(?:#.*)?$",
        "a name stands alone",
        "write key = value, or [name] for a section",
    ),
)


def find_slip(text: str, line: Extent, offset: int) -> Slip | None:
    """Find the slip in the line where the parser gave up at `offset`"""
    slip = _find_character(text, line, offset)
    if slip:
        return slip
    written = text[line.start : min(line.end, line.start + _MAX_WIDTH)].rstrip("\r")
    for shape in _SHAPES:
        match = shape.pattern.search(written)
        if match:
            start, end = _place(match)
            extent = Extent(line.start + start, line.start + end)
            return Slip(extent, shape.message, shape.hint)
    return None


def _place(match: re.Match[str]) -> tuple[int, int]:
    spans = [match.span(name) for name in match.groupdict() if match[name] is not None]
    return spans[0] if spans else match.span()


def _find_character(text: str, line: Extent, offset: int) -> Slip | None:
    """Name a character that the parser cannot take, or a carriage return on its own"""
    lone = text.find("\r", line.start, line.end)
    if 0 <= lone < line.end - 1 or (lone >= 0 and text[lone : lone + 2] != "\r\n"):
        return Slip(
            Extent(lone, lone + 1),
            "a line ends with a carriage return alone",
            "save the file with line ends LF or CRLF",
        )
    character = text[offset : offset + 1]
    extent = Extent(offset, offset + len(character))
    code = f"U+{ord(character):04X}" if character else ""
    if character and not character.isprintable() and character not in "\t\r\n":
        return Slip(extent, f"the invisible character {code} cannot stand here", "delete it")
    if character and not character.isascii() and not _is_quote(character):
        return Slip(extent, f"the character {code} cannot stand here without quotes", "")
    return None


def _is_quote(character: str) -> bool:
    return character in "\u2018\u2019\u201a\u201c\u201d\u201e"
