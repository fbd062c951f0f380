"""One source file, with its comments blanked and its values of variables followed one step"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final


class Tongue(Enum):
    """The languages that are told apart"""

    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    PYTHON = "python"
    RUST = "rust"
    GO = "go"
    JAVA = "java"
    KOTLIN = "kotlin"
    C = "c"


SUFFIXES: Final = {
    ".js": Tongue.JAVASCRIPT,
    ".mjs": Tongue.JAVASCRIPT,
    ".cjs": Tongue.JAVASCRIPT,
    ".jsx": Tongue.JAVASCRIPT,
    ".ts": Tongue.TYPESCRIPT,
    ".mts": Tongue.TYPESCRIPT,
    ".cts": Tongue.TYPESCRIPT,
    ".tsx": Tongue.TYPESCRIPT,
    ".py": Tongue.PYTHON,
    ".rs": Tongue.RUST,
    ".go": Tongue.GO,
    ".java": Tongue.JAVA,
    ".kt": Tongue.KOTLIN,
    ".kts": Tongue.KOTLIN,
    ".c": Tongue.C,
    ".h": Tongue.C,
    ".cc": Tongue.C,
    ".cpp": Tongue.C,
}
_STRING: Final = r'"(?:\\.|[^"\\\n])*"'
_QUOTED: Final = rf"{_STRING}|'(?:\\.|[^'\\\n])*'"
# A docstring is talk too.
_PYTHON_PARTS: Final = re.compile(
    rf"(?P<comment>(?P<marks>\"{{3}}|'{{3}})(?:\\.|[^\\])*?(?P=marks)|#[^\n]*)|{_QUOTED}", re.DOTALL
)
_BRACE_PARTS: Final = re.compile(
    rf"(?P<comment>//[^\n]*|/\*.*?\*/)|{_QUOTED}|`(?:\\.|[^`\\])*`", re.DOTALL
)
_READING: Final = re.compile(r"[rR]ead|[oO]pen|[lL]oad")
# A quote alone is a lifetime.
_RUST_PARTS: Final = re.compile(rf"(?P<comment>//[^\n]*|/\*.*?\*/)|{_STRING}", re.DOTALL)


@dataclass(frozen=True)
class SourceFile:
    """A file as it was read; `path` is as it is shown"""

    path: str
    text: str = field(repr=False)
    _known: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _listed: dict[str, list[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def tongue(self) -> Tongue | None:
        """The language, by the name of the file"""
        return SUFFIXES.get(PurePosixPath(self.path).suffix)

    @cached_property
    def code(self) -> str:
        """The text with blanks in the place of comments, so that every position stays"""
        parts = _BRACE_PARTS
        if self.tongue is Tongue.PYTHON:
            parts = _PYTHON_PARTS
        elif self.tongue is Tongue.RUST:
            parts = _RUST_PARTS
        return parts.sub(_blank_comment, self.text)

    def has(self, pattern: str) -> bool:
        """Tell whether the code has a match"""
        # Every file that connects asks the whole app the same.
        if pattern not in self._known:
            self._known[pattern] = re.search(pattern, self.code) is not None
        return self._known[pattern]

    def list_all(self, pattern: str) -> list[str]:
        """Return the one group of each match"""
        if pattern not in self._listed:
            self._listed[pattern] = re.findall(pattern, self.code)
        return self._listed[pattern]

    def find(self, pattern: str) -> re.Match[str] | None:
        """Return the first match in the code"""
        return re.search(pattern, self.code)

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, from 1"""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def around(self, offset: int, *, lines_before: int) -> str:
        """Return the code of the line of an offset up to it, and of some lines before"""
        line, _ = self.place(offset)
        end = self.code.find("\n", offset)
        rows = self.code[: end if end >= 0 else None].split("\n")
        return "\n".join(rows[max(0, line - 1 - lines_before) :])

    def names_of(self, variable: str) -> str:
        """Return a pattern for a variable's value: read in place, or by a name it was given

        A name for what stands in the file that the variable points at is none for its path.
        """
        read = rf"[\"'.\[]{variable}\b(?!_)"
        if variable not in self.code:
            return read
        assigned = rf"(\w+)(?:\s*,\s*\w+)?\s*(?::\s*[\w?<>]+\s*)?:?=[^=\n;]*{read}"
        # The two ways of Rust: if let Ok(name) = …, match … { Ok(name) => … }
        unwrapped = rf"(?:Ok|Some)\((\w+)\)\s*=\s*[^;\n]*{read}"
        matched = rf"{read}[^;]{{0,80}}?(?:Ok|Some)\((\w+)\)\s*=>"
        patterns = (assigned, unwrapped, matched)
        found = [match for pattern in patterns for match in re.finditer(pattern, self.code)]
        is_path = variable.endswith("_FILE")
        names = {match[1] for match in found if not (is_path and self._reads_file(match))}
        return "|".join([read, *(rf"(?<![\w\".']){name}\b(?!\s*=[^=>])" for name in sorted(names))])

    def _reads_file(self, assignment: re.Match[str]) -> bool:
        end = self.code.find("\n", assignment.end())
        statement = self.code[assignment.start() : end if end >= 0 else None]
        return _READING.search(statement) is not None


def _blank_comment(match: re.Match[str]) -> str:
    text = match[0]
    if match["comment"] is None:
        return text
    return re.sub(r"[^\n]", " ", text)
