"""The ways in which creds text gets damaged on its way, undone and named

Creds travel through variables, env files, secrets and clipboards. Each damage here was met, and the
clients that refuse it were measured (JavaScript, Python, Go, C, Java, Ruby, PHP) or read (Rust).
"""

from __future__ import annotations

import re
from base64 import b64decode
from enum import Enum
from typing import Final

from iterapp_nats.errors import InputError

# One variable of a Linux process holds no more, and creds have to fit into NATS_CREDENTIALS.
MAX_CREDS_BYTES: Final = 128 * 1024

_BYTE_ORDER_MARK: Final = "\ufeff"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_MAX_ENCODINGS: Final = 2  # a Kubernetes Secret of an already encoded text
# Bounded, because a long run of backslashes would otherwise cost quadratic time.
_LITERAL_NEWLINE: Final = re.compile(r"(?:\\{1,4}r)?\\{1,4}n|\\{1,4}r")


class Repair(Enum):
    """A difference from canonical creds text that was undone"""

    UTF_16 = "is UTF-16"
    BYTE_ORDER_MARK = "starts with a byte order mark"
    BASE64 = "is base64"
    LITERAL_NEWLINES = "has \\n in place of newlines"
    CARRIAGE_RETURNS = "has CRLF line ends"
    LATE_START = "has quotes, a blank line or other text before its first line"
    SEED_FIRST = "has the seed before the JWT"
    JOINED_LINES = "has blanks in place of newlines"
    WRAPPED = "has the JWT or the seed on several lines"
    INDENTATION = "has indented lines"
    TRAILING_BLANKS = "has blanks at line ends"
    DASHES = "has the wrong number of dashes in a marker line"
    EARLY_END = "has no newline after its last END line"

    @property
    def refused_by(self) -> tuple[str, ...]:
        """Languages whose NATS client refuses creds like this"""
        return _REFUSED_BY[self]


_ALL: Final = ("JavaScript", "Python", "Go", "C", "Java", "Ruby", "PHP", "Rust")
_REFUSED_BY: Final = {
    Repair.UTF_16: _ALL,
    Repair.BYTE_ORDER_MARK: ("Java",),
    Repair.BASE64: _ALL,
    Repair.LITERAL_NEWLINES: _ALL,
    Repair.CARRIAGE_RETURNS: ("JavaScript", "Python", "C before 3.13"),
    Repair.LATE_START: ("Java",),
    Repair.SEED_FIRST: ("JavaScript", "Go", "C", "Java", "PHP", "Rust"),
    Repair.JOINED_LINES: ("JavaScript", "Python", "Go", "C", "Java", "Ruby", "Rust"),
    Repair.WRAPPED: _ALL,
    Repair.INDENTATION: ("Python", "Go", "C", "Java", "Ruby", "Rust"),
    Repair.TRAILING_BLANKS: ("JavaScript", "Python", "Go", "C", "Ruby", "Rust"),
    Repair.DASHES: ("PHP",),
    Repair.EARLY_END: ("JavaScript", "Rust"),
}


def decode_creds_bytes(data: bytes) -> tuple[str, tuple[Repair, ...]]:
    """Return the text of a file; raises InputError `creds-not-text`"""
    if data.startswith(_UTF16_MARKS):
        return data.decode("utf-16", errors="replace"), (Repair.UTF_16,)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        raise InputError("creds-not-text", "the creds are not text") from None


def normalise_lines(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Return the text with plain newlines and no encoding around it"""
    steps = (
        (Repair.BYTE_ORDER_MARK, _without_byte_order_mark),
        (Repair.BASE64, _without_base64),
        (Repair.LITERAL_NEWLINES, _with_real_newlines),
        (Repair.CARRIAGE_RETURNS, _without_carriage_returns),
    )
    repairs = []
    for repair, step in steps:
        repaired = step(text)
        if repaired != text:
            repairs.append(repair)
        text = repaired
    return text, tuple(repairs)


def _without_byte_order_mark(text: str) -> str:
    return text.removeprefix(_BYTE_ORDER_MARK)


def _without_base64(text: str) -> str:
    for _ in range(_MAX_ENCODINGS):
        compact = "".join(text.split()).strip("\"'")
        if not _ENCODED.fullmatch(compact):
            break
        decoded = _decoded(compact.rstrip("="))
        if decoded is None:
            break
        text = decoded
    return text


def _decoded(encoded: str) -> str | None:
    standard = encoded.replace("-", "+").replace("_", "/")
    try:
        return b64decode(standard + "=" * (-len(standard) % 4)).decode("utf-8")
    except ValueError:
        return None


def _with_real_newlines(text: str) -> str:
    return _LITERAL_NEWLINE.sub("\n", text)


def _without_carriage_returns(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
