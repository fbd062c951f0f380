"""Typed access to a decoded JSON object

Each getter returns the default for an absent or null field and raises InputError `jwt-malformed`,
naming the field, for one of another type.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from iterapp_nats.errors import InputError

JsonObject = dict[str, object]
_INT64_MAX: Final = 2**63 - 1
_MAX_NAME_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object and where it stands, such as `nats.limits`"""

    values: JsonObject
    path: str = ""

    @classmethod
    def from_json(cls, text: bytes, what: str) -> Fields:
        """Read an object; raises InputError for anything else, however deep, long or odd"""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise InputError("jwt-malformed", f"the {what} of the JWT is not a JSON object")
        return cls(values)

    def text(self, name: str) -> str:
        """Return a string, by default empty"""
        return self._checked_text(self._get(name, ""), name)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number of at most 64 bits, as the server reads it"""
        value = self._get(name, default)
        if type(value) is not int or abs(value) > _INT64_MAX:
            raise self._wrong(name, "a whole number")
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean, by default false"""
        value = self._get(name, default=False)
        if value is not True and value is not False:
            raise self._wrong(name, "true or false")
        return value

    def items(self, name: str) -> list[object]:
        """Return a list, by default empty"""
        value = self._get(name, [])
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings"""
        return tuple(self._checked_text(item, name) for item in self.items(name))

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields, for an object that is a table"""
        return tuple(self._checked_text(name, name) for name in self.values)

    def child(self, name: str) -> Fields:
        """Return an object, by default empty"""
        return self.nested(self._get(name, {}), name)

    def nested(self, value: object, name: str) -> Fields:
        """Return the value of a field, or an item of its list, as an object"""
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Fields(value, self._path_of(name))

    def _get(self, name: str, default: object) -> object:
        value = self.values.get(name)
        return default if value is None else value

    def _checked_text(self, value: object, name: str) -> str:
        # A lone surrogate is legal in JSON and breaks the first write to a terminal or a file.
        if not isinstance(value, str) or not _is_unicode(value):
            raise self._wrong(name, "text")
        return value

    def _path_of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _wrong(self, name: str, expected: str) -> InputError:
        # The name may be a stranger's too: short, and without what a terminal would obey.
        claim = self._path_of(name)[:_MAX_NAME_CHARACTERS].encode("unicode_escape").decode("ascii")
        return InputError("jwt-malformed", f"the claim {claim} is not {expected}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
