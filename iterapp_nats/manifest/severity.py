"""How bad a finding is; a module of its own, because every command line needs the words"""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """How bad a finding is; the value is the word that people and programs see"""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting puts errors first"""
        return _RANKS[self]

    def reaches(self, threshold: Severity) -> bool:
        """Tell whether this is at least as bad as the threshold"""
        return self.rank <= threshold.rank


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
