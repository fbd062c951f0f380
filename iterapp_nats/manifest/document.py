"""iterapp.toml as a value: the parsed document, and what it says about NATS

The verdict is that of TOML 1.0 on every Python: tomllib reads 1.1 from Python 3.15 on, so what only
1.1 allows is told apart here. The platform does not document which of the two it reads.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from iterapp_nats.manifest.findings import KeyPath
    from iterapp_nats.manifest.positions import Layout

TomlValue: TypeAlias = (
    "str | int | float | bool | datetime | date | time | list[TomlValue] | dict[str, TomlValue]"
)
TomlTable: TypeAlias = dict[str, TomlValue]
TomlReader: TypeAlias = Callable[[str], TomlTable]

FLAG: Final = "nats"
"""The root key whose table enables NATS"""

MAX_MANIFEST_BYTES: Final = 128 * 1024
"""A hundred times the largest of 124 public files"""

_BYTE_ORDER_MARK: Final = "\ufeff"
# The documented form, nearly always: finding it needs no scanner. It could also be a line inside a
# multi-line string, so it counts only in a text that has none.
_PLAIN_HEADER = re.compile(r"^[ \t]*\[[ \t]*nats[ \t]*\]", re.MULTILINE)
# tomllib takes a minute for one key of 30,000 parts; real keys have four at most.
_MAX_DOTS: Final = 100
_ENDLESS_KEY: Final = re.compile(
    rf"""(?:(?>(?<![\w-])[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*+\.[ \t]*+){{{_MAX_DOTS}}}""", re.ASCII
)
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
# A superset of the texts that can hold a construct of TOML 1.1.
_PERHAPS_LATER = re.compile(r"\{|\\[ex]|\d\d:\d\d")


class Verdict(Enum):
    """What one file says about NATS"""

    ENABLED = "enabled"
    NOT_ENABLED = "not enabled"
    WRONG_TYPE = "wrong type"
    INVALID = "invalid"


class FlagForm(Enum):
    """How the enabling table is written; only a header is documented"""

    HEADER = "[nats]"
    QUOTED_HEADER = '["nats"]'
    INLINE = "nats = {}"
    DOTTED = "nats.key = value"
    IMPLICIT = "[nats.key]"


@dataclass(frozen=True, slots=True)
class SyntaxFailure:
    """Why the text is not TOML 1.0

    `complaint` is the parser's own sentence without the place, or what the text has of TOML 1.1
    when `later_syntax` is set.
    """

    offset: int
    complaint: str
    later_syntax: bool = False


@dataclass(frozen=True)
class Manifest:
    """One iterapp.toml: `text` without byte order mark, `data` empty when it is invalid"""

    text: str = field(repr=False)
    has_byte_order_mark: bool
    data: TomlTable = field(repr=False)
    failure: SyntaxFailure | None

    @property
    def verdict(self) -> Verdict:
        """Presence of the table is the flag, whatever is in it"""
        if self.failure:
            return Verdict.INVALID
        if FLAG not in self.data:
            return Verdict.NOT_ENABLED
        return Verdict.ENABLED if isinstance(self.data[FLAG], dict) else Verdict.WRONG_TYPE

    @property
    def is_enabled(self) -> bool:
        """Tell whether the file by itself enables NATS"""
        return self.verdict is Verdict.ENABLED

    @cached_property
    def form(self) -> FlagForm | None:
        """How the flag is written, None unless NATS is enabled"""
        if not self.is_enabled:
            return None
        return FlagForm.HEADER if self._plain_header else _find_form(self.layout)

    @cached_property
    def _plain_header(self) -> re.Match[str] | None:
        if '"""' in self.text or "'''" in self.text:
            return None
        return _PLAIN_HEADER.search(self.text)

    @property
    def flag_line(self) -> int:
        """The line where the flag stands, from 1; 0 unless NATS is enabled"""
        if not self.is_enabled:
            return 0
        if self._plain_header:
            return self.text.count("\n", 0, self._plain_header.start()) + 1
        return self.layout.key_span((FLAG,)).start.line

    @cached_property
    def applings(self) -> tuple[str, ...]:
        """The folder names listed under `applings`, as written, without what is not a string"""
        listed = self.data.get("applings")
        if not isinstance(listed, list):
            return ()
        return tuple(name for name in listed if isinstance(name, str))

    @cached_property
    def layout(self) -> Layout:
        """All places in the text; scanned when first asked for"""
        from iterapp_nats.manifest.scanner import scan

        return scan(self.text)


def parse_manifest(
    content: bytes | str, *, path: str = "iterapp.toml", reader: TomlReader = tomllib.loads
) -> Manifest:
    """Read the content of an iterapp.toml; invalid TOML is a verdict, not an error

    `path` is named in errors. `reader` may be any TOML 1.0 or 1.1 parser that raises ValueError.
    Raises InputError `manifest-not-utf8`, `manifest-too-large` or `manifest-too-deep`.
    """
    text = _decode(content, path) if isinstance(content, bytes) else content
    _refuse_endless_key(text, path)
    has_mark = text.startswith(_BYTE_ORDER_MARK)
    text = text.removeprefix(_BYTE_ORDER_MARK)
    data: TomlTable = {}
    failure: SyntaxFailure | None = None
    try:
        data = reader(text)
    except RecursionError:
        failure = SyntaxFailure(0, "nested too deep")
    except ValueError as error:
        failure = _parse_failure(text, str(error))
    if failure or (_reads_later_syntax(reader) and _PERHAPS_LATER.search(text)):
        failure = _earlier_failure(text, failure)
    return Manifest(text, has_mark, {} if failure else data, failure)


def _decode(content: bytes, path: str) -> str:
    if len(content) > MAX_MANIFEST_BYTES:
        raise InputError(
            "manifest-too-large",
            f"{path} has {len(content)} bytes, more than {MAX_MANIFEST_BYTES}",
            hints=("an iterapp.toml has a few hundred bytes: check that this is the right file",),
            context={"path": path},
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "manifest-not-utf8",
            f"{path} is not UTF-8: byte 0x{content[error.start]:02x} in line {line}",
            hints=("save the file as UTF-8",),
            context={"path": path, "line": str(line)},
        ) from None


def _refuse_endless_key(text: str, path: str) -> None:
    match = _ENDLESS_KEY.search(text) if text.count(".") >= _MAX_DOTS else None
    if match:
        line = text.count("\n", 0, match.start()) + 1
        raise InputError(
            "manifest-too-deep",
            f"{path} has a key of more than {_MAX_DOTS} parts in line {line}",
            hints=("check that this is the right file",),
            context={"path": path, "line": str(line)},
        )


def _parse_failure(text: str, message: str) -> SyntaxFailure:
    """Take the place out of tomllib's sentence: before Python 3.14 it stands nowhere else"""
    match = _PLACE.search(message)
    complaint = _PLACE.sub("", message)
    if match is None or match[1] is None:
        return SyntaxFailure(len(text), complaint)
    # tomllib counts in a text with "\r\n" made "\n": line and column are the same in both.
    start = 0
    for _ in range(int(match[1]) - 1):
        start = text.find("\n", start) + 1
    return SyntaxFailure(min(start + int(match[2]) - 1, len(text)), complaint)


def _earlier_failure(text: str, failure: SyntaxFailure | None) -> SyntaxFailure | None:
    """Prefer a construct of TOML 1.1 if nothing before it is wrong

    A 1.0 parser fails at it and a 1.1 parser behind it or not at all, so both end up here.
    """
    from iterapp_nats.manifest.scanner import scan

    later = scan(text).later_syntax
    if later is None or (failure and failure.offset < later.offset):
        return failure
    return SyntaxFailure(later.offset, later.what, later_syntax=True)


_TYPE_WORDS: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (bool, "a boolean"),  # before int, of which it is one
    (int, "an integer"),
    (float, "a float"),
    (str, "a string"),
    ((date, time), "a date or time"),
    (dict, "a table"),
)


def describe_type(value: TomlValue) -> str:
    """Name the type of a value in TOML's words, with the article"""
    if isinstance(value, list):
        is_of_tables = bool(value) and all(isinstance(element, dict) for element in value)
        return "an array of tables" if is_of_tables else "an array"
    return next(words for types, words in _TYPE_WORDS if isinstance(value, types))


@cache
def _reads_later_syntax(reader: TomlReader) -> bool:
    try:
        reader("later = {\n}")
    except ValueError:
        return False
    return True


def _find_form(layout: Layout) -> FlagForm:
    """Name the form by the entry that says most: a header of its own before all others"""
    path: KeyPath = (FLAG,)
    entry = layout.find_entry(path)
    if entry is not None and entry.value is not None:
        return FlagForm.INLINE
    if entry is not None:
        written = layout.text[entry.parts[0].extent.start : entry.parts[0].extent.end]
        return FlagForm.HEADER if written == FLAG else FlagForm.QUOTED_HEADER
    first = next(entry for entry in layout.entries if entry.path[:1] == path)
    return FlagForm.IMPLICIT if first.value is None else FlagForm.DOTTED
