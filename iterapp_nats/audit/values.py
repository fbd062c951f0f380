"""Values of options, with names followed one step"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iterapp_nats.audit.code import SourceFile

VALUE: Final = r"(-?\s*\w[\w.:]*)"
"""A number or a name behind an option"""
_NUMBER: Final = r"-?\d[\d_]*"


def is_without_end(value: str, files: Iterable[SourceFile]) -> bool:
    """Tell whether a limit is none: below zero, or a name that is not known to be another number"""
    number = re.fullmatch(_NUMBER, value.replace(" ", ""))
    if number:
        return number[0].startswith("-")
    given = _numbers_of(value, files)
    return not given or any(each.startswith("-") for each in given)


def is_above_zero(value: str, files: Iterable[SourceFile]) -> bool:
    """Tell whether a value is a number above zero, or a name for one"""
    given = [value] if re.fullmatch(_NUMBER, value) else _numbers_of(value, files)
    return bool(given) and all(int(each) > 0 for each in given)


def _numbers_of(name: str, files: Iterable[SourceFile]) -> list[str]:
    last = re.escape(re.split(r"[.:]", name)[-1])
    assigned = rf"\b{last}\b\s*(?:[:\s][^=\n;]*)?=\s*({_NUMBER})\b"
    defined = rf"#define\s+{last}\s+\(?({_NUMBER})\b"
    return [
        number
        for file in files
        for pattern in (assigned, defined)
        for number in file.list_all(pattern)
    ]
