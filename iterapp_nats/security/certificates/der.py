"""DER, the byte form of certificates: the few types that they need, written and read"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

from iterapp_nats.errors import InputError

_LAST_YEAR_OF_UTC_TIME: Final = 2049
_SHORT_HEADER_BYTES: Final = 2
_LONG_FORM: Final = 0x80
_MULTI_BYTE_TAG: Final = 0x1F
_MAX_LENGTH_BYTES: Final = 4


class Tag(IntEnum):
    """Universal types; the last two digits of a context tag are written out where it is used"""

    BOOLEAN = 0x01
    INTEGER = 0x02
    BIT_STRING = 0x03
    OCTET_STRING = 0x04
    OBJECT_IDENTIFIER = 0x06
    UTF8_STRING = 0x0C
    UTC_TIME = 0x17
    GENERALIZED_TIME = 0x18
    SEQUENCE = 0x30
    SET = 0x31


@dataclass(frozen=True, slots=True)
class Element:
    """One value: its type, its content and its whole encoding"""

    tag: int
    content: bytes
    encoded: bytes


def encode(tag: int, content: bytes) -> bytes:
    """Return a value with its type and length"""
    length = len(content)
    if length < _LONG_FORM:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG_FORM | len(size)]) + size + content


def sequence(*items: bytes) -> bytes:
    """Return encoded values in their order"""
    return encode(Tag.SEQUENCE, b"".join(items))


def integer(value: int) -> bytes:
    """Return a number that is not negative"""
    return encode(Tag.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def bit_string(content: bytes, *, unused_bits: int = 0) -> bytes:
    """Return bits, of which the last few may not count"""
    return encode(Tag.BIT_STRING, bytes([unused_bits]) + content)


def object_identifier(dotted: str) -> bytes:
    """Return an object identifier whose numbers are below 128, as all here are"""
    first, second, *rest = (int(number) for number in dotted.split("."))
    return encode(Tag.OBJECT_IDENTIFIER, bytes([40 * first + second, *rest]))


def time(unix_seconds: int) -> bytes:
    """Return a time in the form that RFC 5280 section 4.1.2.5 demands for its year"""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=unix_seconds)
    if moment.year <= _LAST_YEAR_OF_UTC_TIME:
        return encode(Tag.UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return encode(Tag.GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def read_time(element: Element) -> int:
    """Return the Unix seconds of a time; raises InputError `certificate-malformed`"""
    text = element.content.decode("ascii", errors="replace")
    if element.tag == Tag.UTC_TIME:
        # Two digits of a year mean 1950 to 2049.
        text = ("20" if text < "50" else "19") + text
    try:
        moment = datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise malformed() from None
    return int(moment.timestamp())


def read_elements(data: bytes) -> tuple[Element, ...]:
    """Return the values that stand one after the other in the data

    Raises InputError `certificate-malformed`.
    """
    elements = []
    position = 0
    while position < len(data):
        start, end = _find_content(data, position)
        elements.append(Element(data[position], data[start:end], data[position:end]))
        position = end
    return tuple(elements)


def malformed() -> InputError:
    """The error for bytes that are not a certificate"""
    return InputError("certificate-malformed", "the certificate is damaged: its bytes are not DER")


def _find_content(data: bytes, position: int) -> tuple[int, int]:
    """Return start and end of the content of the value that begins at the position"""
    header = data[position : position + 2]
    if len(header) != _SHORT_HEADER_BYTES or header[0] & _MULTI_BYTE_TAG == _MULTI_BYTE_TAG:
        raise malformed()
    start, length = position + _SHORT_HEADER_BYTES, header[1]
    if length >= _LONG_FORM:
        size = length - _LONG_FORM
        if not 1 <= size <= _MAX_LENGTH_BYTES:
            raise malformed()
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise malformed()
    return start, start + length
