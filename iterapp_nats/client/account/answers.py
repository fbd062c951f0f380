"""Reading what a server says about itself and an account: JSON of another version or of anybody

A field that is missing or of a wrong type counts as left out. Only the fields that are named here
are kept: the server puts the whole JWT of a user beside each closed connection.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRACTION: Final = re.compile(r"(\.\d{1,6})\d*")
_NANOSECONDS: Final = 1e9
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(y|d|h|ms|µs|us|ns|m|s)")
_UNITS_S: Final = {
    "y": 365 * 86_400.0,
    "d": 86_400.0,
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "µs": 1e-6,
    "us": 1e-6,
    "ns": 1e-9,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One JSON object of a server's answer"""

    values: Mapping[str, object]

    @classmethod
    def of(cls, payload: bytes) -> Answer:
        """Read an answer; what is no JSON object is an empty one"""
        try:
            return cls.nested(json.loads(payload))
        except (ValueError, RecursionError):
            return cls({})

    @classmethod
    def nested(cls, value: object) -> Answer:
        """Return a value as an object, an empty one when it is another kind"""
        return cls(value if isinstance(value, dict) else {})

    def child(self, name: str) -> Answer:
        """Return an object below"""
        return Answer.nested(self.values.get(name))

    def children(self, name: str) -> tuple[Answer, ...]:
        """Return a list of objects"""
        return tuple(Answer.nested(item) for item in self._items(name))

    def text(self, name: str) -> str:
        """Return a text without anything that steers a terminal"""
        return _printable(self.values.get(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts"""
        return tuple(_printable(item) for item in self._items(name))

    def flag(self, name: str) -> bool:
        """Return whether a field is true"""
        return self.values.get(name) is True

    def number(self, name: str) -> int:
        """Return a whole number, 0 by default"""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    def time_s(self, name: str) -> float | None:
        """Return a time as Unix seconds"""
        try:
            return datetime.fromisoformat(_FRACTION.sub(r"\1", self.text(name))).timestamp()
        except (ValueError, OverflowError):
            return None

    def duration_s(self, name: str) -> float | None:
        """Return a duration such as 1m2.5s in seconds"""
        parts = _DURATION.findall(self.text(name))
        return sum(float(count) * _UNITS_S[unit] for count, unit in parts) if parts else None

    def nanoseconds_s(self, name: str) -> float | None:
        """Return a number of nanoseconds in seconds, None where there is none"""
        return self.number(name) / _NANOSECONDS or None

    def _items(self, name: str) -> list[object]:
        value = self.values.get(name)
        return value if isinstance(value, list) else []


def _printable(value: object) -> str:
    if not isinstance(value, str):
        return ""
    if value.isprintable():
        return value
    return "".join(letter if letter.isprintable() else "?" for letter in value)
