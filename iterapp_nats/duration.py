"""Durations as people write them: 5s, 200ms, 2m, or a bare number of seconds"""

from __future__ import annotations

import re
from typing import Final

from iterapp_nats.errors import InputError

_UNITS_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|)")


def parse_duration(text: str) -> float:
    """Return the duration in seconds, or raise `duration-invalid`"""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise InputError(
            "duration-invalid",
            f"invalid duration {text!r}: expected a number with ms, s, m or h",
            hints=("for example 500ms, 5s or 2m; a bare number means seconds",),
            context={"duration": text},
        )
    return float(found[1]) * _UNITS_S[found[2]]
