"""Whether a call is made only under a condition, as far as the text tells"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from iterapp_nats.audit.code import Tongue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.audit.code import SourceFile

_CONDITION: Final = (
    r"\bif\b|\?|&&|\bmatch\b|\bcase\b|\bwhen\b|\bSome\b|\bor\b|\band\b|\belse\b|\|\||\.map\b|\.let\b"
    r"|\bunless\b|!=|lambda|=>|\bfn\b|\bfunc\b|\bfun\b"
)
_LINES_BEFORE: Final = 3
_FUNCTION: Final = re.compile(
    r"\b(?:func\s+(?:\([^)]*\)\s*)?|fn\s+|fun\s+|function\s+|def\s+)\w+"
    r"|\b\w+\s*=\s*(?:async\s*)?(?:\([^()]*\)|\w+)\s*=>"
)
# The beginning of a function that takes nothing is no condition.
_BEGINNING: Final = (
    r"\b(?:func|fn|fun)\s+(?:\([^)]*\)\s*)?(?:\w+\s*\(\s*\)|main\s*\([^)]*\))"
    r"|\(\s*\)\s*=>(?=\s*(?:\{|$))"
)
# What makes a block conditional stands before its brace or colon.
_BLOCK: Final = (
    r"\b(?:if|elif|else|match|switch|case|when|Some|Ok|unless)\b|\?\.|\.(?:map|ifPresent)\b|=>\s*$"
)
_LEAVES: Final = (
    r"\b(?:return|throw|raise|continue|break|exit\w*|panic|bail|Fatal\w*|fatal|die|abort)\b"
)
_LINES_OF_A_GUARD: Final = 3
_NONE: Final = r"\b(?:or|else)\s+None\b"


def is_conditional(file: SourceFile, offset: int, arguments: str, connect: int) -> bool:
    """Tell whether the call at `offset` depends on something: in its statement, its blocks, a guard

    `arguments` is the text between its brackets, `connect` is where the file connects. Nobody knows
    when another function than that which connects is called.
    """
    if not _is_in_one_function(file, offset, connect):
        return True
    near = _without_noise(file, file.around(offset, lines_before=_LINES_BEFORE))
    if re.search(_CONDITION, near):
        return True
    names = set(re.findall(r"\b[A-Za-z_]\w*", arguments))
    headers = (_without_noise(file, header) for header in _headers(file, offset))
    return (
        any(re.search(_BLOCK, header) for header in headers)
        or _has_guard(file.code[:offset], names)
        or any(file.has(rf"\b{name}\b[^\n=]*=(?!=)[^\n]*{_NONE}") for name in names)
    )


def _is_in_one_function(file: SourceFile, offset: int, connect: int) -> bool:
    first, second = sorted((offset, connect))
    starts = [match.start() for match in _FUNCTION.finditer(file.code)]
    return not any(first < start < second for start in starts)


def _without_noise(file: SourceFile, code: str) -> str:
    """Drop what only looks like a condition; a question mark of Rust hands on an error"""
    code = re.sub(_BEGINNING, "", code)
    return code.replace("?", "") if file.tongue is Tongue.RUST else code


def _headers(file: SourceFile, offset: int) -> Iterator[str]:
    """Yield what stands before each block around a place, from the inside out"""
    code = file.code[:offset]
    if file.tongue is Tongue.PYTHON:
        yield from _python_headers(code)
        return
    depth = 0
    for place in range(len(code) - 1, -1, -1):
        depth += (code[place] == "}") - (code[place] == "{")
        if depth < 0:
            depth = 0
            yield re.split(r"[;{}]", code[:place])[-1]


def _python_headers(code: str) -> Iterator[str]:
    *before, current = code.split("\n")
    indent = _indent(current)
    for line in reversed(before):
        if line.strip() and _indent(line) < indent:
            indent = _indent(line)
            yield line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _has_guard(before: str, names: set[str]) -> bool:
    """Tell whether the code leaves where there are no credentials: if (!creds) return"""
    asked = "|".join(map(re.escape, sorted(names))) or r"(?!)"
    lines = before.split("\n")
    for number, line in enumerate(lines):
        is_asked = re.search(r"\bif\b|\belse\b|\?:", line) and re.search(
            rf"(?i:cred)|\b(?:{asked})\b", line
        )
        if is_asked and re.search(_LEAVES, "\n".join(lines[number : number + _LINES_OF_A_GUARD])):
            return True
    return False
