"""One time limit over many steps"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final, Self

_LEAST_S: Final = 0.05
"""A step that comes late still gets the time that a server nearby needs"""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock"""

    at_s: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the deadline that many seconds from now"""
        return cls(time.monotonic() + seconds)

    def limit_s(self, most_s: float) -> float:
        """Return the time for one step: `most_s`, or what is left"""
        return max(_LEAST_S, min(most_s, self.at_s - time.monotonic()))
