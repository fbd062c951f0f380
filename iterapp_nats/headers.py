"""Message headers: `K:V` as typed on the command line, and the block that stands before a payload

A header block is lines of `Name: value` (NATS protocol, HPUB), so a line break would end the value
and a name is a token of RFC 7230. The same name may come several times.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

Headers = tuple[tuple[str, str], ...]

_BLOCK_VERSION: Final = "NATS/1.0"
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def parse_headers(texts: Iterable[str]) -> Headers:
    """Read several `K:V`, in order and with repeated names; raises `header-invalid`"""
    return tuple(parse_header(text) for text in texts)


def parse_header(text: str) -> tuple[str, str]:
    """Read one `K:V`, white space around the value is not part of it

    Raises:
        InputError: `header-invalid`, naming the text

    """
    name, colon, value = text.partition(":")
    if not colon:
        raise _invalid(text, "the colon is missing")
    return require_header(name.strip(), value.strip())


def require_header(name: str, value: str) -> tuple[str, str]:
    """Return a header that can be sent, or raise `header-invalid`"""
    if not _NAME.fullmatch(name):
        raise _invalid(f"{name}:{value}", "the name needs letters, digits or -_. and no blanks")
    if "\r" in value or "\n" in value:
        raise _invalid(f"{name}:{value}", "the value must be one line")
    if not _is_utf8(value):
        raise _invalid(f"{name}:{value}", "the value is not UTF-8")
    return name, value


def render_header_block(headers: Headers) -> bytes:
    """Return the headers as they stand before a payload (NATS protocol, HPUB)"""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{_BLOCK_VERSION}\r\n{lines}\r\n".encode("utf-8", "replace")


def parse_header_block(block: bytes) -> Headers:
    """Read the headers of a received message, repeated names included

    A status of the server stands on the first line, and becomes the headers `Status` and
    `Description`. What is not UTF-8 is replaced.
    """
    first, _, lines = block.partition(b"\r\n")
    status, _, description = _text(first).removeprefix(_BLOCK_VERSION).strip().partition(" ")
    told = (("Status", status), ("Description", description.strip()))
    return tuple(pair for pair in told if pair[1]) + parse_header_lines(lines)


def parse_header_lines(lines: bytes) -> Headers:
    """Read lines of `Name: value`; one without a colon is not a header"""
    pairs = (line.partition(b":") for line in lines.split(b"\r\n"))
    return tuple((_text(name), _text(value)) for name, colon, value in pairs if colon)


def _text(part: bytes) -> str:
    return part.decode("utf-8", "replace").strip()


def _is_utf8(text: str) -> bool:
    # Bytes of a command line that are not UTF-8 arrive as lone surrogates (PEP 383).
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _invalid(text: str, reason: str) -> InputError:
    return InputError(
        "header-invalid",
        f"invalid header {text!r}: {reason}",
        hints=("write it as Name:value, for example Content-Type:application/json",),
        context={"header": text},
    )
