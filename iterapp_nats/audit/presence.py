"""Tests for presence, where an empty variable counts as not defined"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from iterapp_nats.audit.code import Tongue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.audit.code import SourceFile

_VARIABLES: Final = ("NATS_CREDENTIALS", "NATS_CREDENTIALS_FILE", "NATS_CA_FILE")
# {0} is the variable; a group is the name whose emptiness may be tested elsewhere.
_PYTHON_READ: Final = r"(?:\benviron\.get|\bgetenv)\s*\(\s*[\"']{0}[\"']\s*\)"
_JAVASCRIPT_READ: Final = r"\bprocess\.env(?:\.{0}\b|\[[\"']{0}[\"']\])"
_C_READ: Final = r"\bgetenv\s*\(\s*\"{0}\"\s*\)"
_IN_PLACE: Final = {
    Tongue.PYTHON: (
        r"[\"']{0}[\"']\s+(?:not\s+)?in\s+\w*\.?environ",
        rf"{_PYTHON_READ}\s+is\s+(?:not\s+)?None",
    ),
    Tongue.JAVASCRIPT: (
        r"\b{0}\b[\"'\]]*\s*[!=]==?\s*(?:undefined|null)",
        r"[\"']{0}[\"']\s+in\s+process",
    ),
    Tongue.GO: (r"(?:(\w+)\s*,\s*\w+\s*:?=\s*)?\bos\.LookupEnv\s*\(\s*\"{0}\"",),
    Tongue.JAVA: (rf"{_C_READ}\s*[!=]=\s*null",),
    Tongue.RUST: (
        r"\bvar(?:_os)?\s*\(\s*\"{0}\"\s*\)\s*\.is_(?:ok|some)\s*\(\s*\)",
        r"\bif\s+let\s+(?:Ok|Some)\((\w+)\)\s*=\s*(?:std::)?env::var(?:_os)?\s*\(\s*\"{0}\"\s*\)\s*\{{",
    ),
    Tongue.C: (rf"{_C_READ}\s*[!=]=\s*(?:NULL|nullptr)",),
}
# What stands behind the read may have seen to empty values, as in: or None.
_NAMED: Final = {
    Tongue.PYTHON: rf"\b(\w+)\s*=\s*(?:os\.)?{_PYTHON_READ}[ \t]*$",
    Tongue.JAVASCRIPT: rf"\b(\w+)\s*=\s*{_JAVASCRIPT_READ}[ \t]*;?[ \t]*$",
    Tongue.JAVA: rf"\b(\w+)\s*(?::\s*String\?\s*)?=\s*System\.{_C_READ}[ \t]*;?[ \t]*$",
    Tongue.C: rf"\b(\w+)\s*=\s*(?:std::)?{_C_READ}\s*[;,]",
}
_TESTED: Final = {
    Tongue.PYTHON: r"(?<![\w.]){0}\s+is\s+(?:not\s+)?None\b",
    Tongue.JAVASCRIPT: r"(?<![\w.]){0}\s*[!=]==?\s*(?:undefined|null)\b",
    Tongue.JAVA: r"(?<![\w.]){0}\s*[!=]=\s*null\b|\bnull\s*[!=]=\s*{0}\b|\bnonNull\(\s*{0}\s*\)",
    Tongue.C: r"(?<![\w.]){0}\s*[!=]=\s*(?:NULL|nullptr)\b",
}
_EMPTY_TEST: Final = (
    r"(?i:blank|empty|hastext|haslength|isnullor)|\.(?:length|size|trim|strip|filter|takeIf)\b|\blen\("
    r"|strlen|\"\"|''|\[0\]|\*\w*getenv"
)
_NAME_EMPTY: Final = (
    r"(?<![\w.]){0}\??\.(?:\w+\(\)\??\.)?(?:length|size|trim|strip|\w*(?:[bB]lank|[eE]mpty)|equals)\b"
    r"|\w*(?i:len|blank|empty|hastext|haslength|nullor\w*|equals)\(\s*&?{0}\b|(?<!\w\s)\*\s*{0}\b|\b{0}\[0\]"
    r"|(?<![\w.]){0}\s*[!=]==?\s*(?:\"\"|'')|(?:\"\"|'')\s*[!=]==?\s*{0}\b"
)
_TRUTH: Final = (
    r"|(?:\bif|&&|\band|\bnot|!)\s*\(?\s*!?{0}\s*(?:[):?]|&&|\band\b)"
    r"|(?<![\w.]){0}\s*(?:\?(?![.?])|&&|\|\|)"
)
_LONGEST_CONDITION: Final = 300


def presence_tests(file: SourceFile) -> Iterator[int]:
    """Yield where a variable is tested for presence and not for emptiness"""
    tongue = {Tongue.TYPESCRIPT: Tongue.JAVASCRIPT, Tongue.KOTLIN: Tongue.JAVA}.get(
        file.tongue or Tongue.C, file.tongue
    )
    if tongue is None:
        return
    for variable in (each for each in _VARIABLES if each in file.code):
        yield from _in_place(file, tongue, variable)
        yield from _by_name(file, tongue, variable)


def _in_place(file: SourceFile, tongue: Tongue, variable: str) -> Iterator[int]:
    for pattern in _IN_PLACE[tongue]:
        for match in re.finditer(pattern.format(variable), file.code):
            name = match[1] if match.re.groups else None
            if name and _is_tested_for_emptiness(file, tongue, name):
                continue
            if not _condition_tests_emptiness(file, match, variable):
                yield match.start()


def _by_name(file: SourceFile, tongue: Tongue, variable: str) -> Iterator[int]:
    if tongue not in _NAMED:
        return
    names = re.findall(rf"(?m){_NAMED[tongue].format(variable)}", file.code)
    for name in sorted(set(names) - set(_VARIABLES)):
        test = file.find(_TESTED[tongue].format(name))
        if test and not _is_tested_for_emptiness(file, tongue, name):
            yield test.start()


def _condition_tests_emptiness(file: SourceFile, test: re.Match[str], variable: str) -> bool:
    start = file.code.rfind("\n", 0, test.start()) + 1
    behind = file.code[test.end() : test.end() + _LONGEST_CONDITION]
    rest = re.split(r"[{;]|:\n|\n\s*\n", behind)[0]
    is_read_again = re.match(rf"\)*\s*(?:&&|and\b)[^\n]*\b{variable}\b(?!\w)", rest)
    before = file.code[start : test.start()]
    return is_read_again is not None or re.search(_EMPTY_TEST, before + rest) is not None


def _is_tested_for_emptiness(file: SourceFile, tongue: Tongue, name: str) -> bool:
    has_truth = tongue in {Tongue.PYTHON, Tongue.JAVASCRIPT}
    return file.has((_NAME_EMPTY + (_TRUTH if has_truth else "")).format(name))
