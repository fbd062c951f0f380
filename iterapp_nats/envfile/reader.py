r"""An env file to variables: `--env-file FILE`

A line that begins with `export` is read as a POSIX shell reads it, every other one as the dotenv
readers do: an unquoted value goes to the end of the line, and `\n` between double quotes is a
newline. python-dotenv is not used because it has one dialect for both: it refuses `'it'"'"'s'`, as
shells are told it, and turns `'\\host\share'` into `\host\share`.
"""

from __future__ import annotations

import re
from typing import Final

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret

_BLANK_OR_COMMENT: Final = re.compile(r"[^\S\n]*(?:#[^\n]*)?(?:\n|\Z)")
_ASSIGNMENT: Final = re.compile(
    r"[^\S\n]*(?P<export>export[^\S\n]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[^\S\n]*="
    r"(?:[^\S\n]*(?=['\"`]))?"
)
_UNQUOTED: Final = re.compile(r"(?!['\"`])[^\n]*")
_BACKTICKED: Final = re.compile(r"`([^`]*)`")
_COMMENT: Final = re.compile(r"\s#.*")
_SEGMENT: Final = re.compile(
    r"""'(?P<verbatim>[^']*)'|"(?P<quoted>(?:\\.|[^"\\])*)\""""
    r"""|\\(?P<escaped>[^\n])|(?P<plain>[^\s'"\\`]+)""",
    re.DOTALL,
)
_LINE_END: Final = re.compile(r"[^\S\n]*(?:(?<=\s)#[^\n]*)?(?:\n|\Z)")
_POSIX_ESCAPE: Final = re.compile(r"\\([\\\"$`\n])")
_DOTENV_ESCAPE: Final = re.compile(r"\\([\\\"$`nr])")
_NOT_CLOSED: Final = "the quote that opens here is not closed"
_NO_ASSIGNMENT: Final = "expected NAME=value"
_TEXT_BEHIND: Final = "unexpected text behind the value"


def parse_env_file(text: str, *, path: str) -> dict[str, Secret]:
    """Return the variables of an env file; of a name that is set twice, the last

    `$NAME` is not replaced. `path` only names the file in an error.

    Raises:
        InputError: `env-file-malformed` names file and line, never the value

    """
    values: dict[str, Secret] = {}
    position = 1 if text.startswith("\ufeff") else 0
    while position < len(text):
        blank = _BLANK_OR_COMMENT.match(text, position)
        if blank:
            position = blank.end()
            continue
        start = position
        assignment = _ASSIGNMENT.match(text, position)
        if not assignment:
            raise _malformed(path, text, start, _NO_ASSIGNMENT)
        value, position = _read_value(text, assignment)
        end = _LINE_END.match(text, position)
        if not end:
            raise _malformed(path, text, start, _reason(text, position))
        values[assignment["name"]] = Secret(value)
        position = end.end()
    return values


def _read_value(text: str, assignment: re.Match[str]) -> tuple[str, int]:
    start = assignment.end()
    if assignment["export"]:
        return _read_word(text, start, _POSIX_ESCAPE)
    if unquoted := _UNQUOTED.match(text, start):
        return _COMMENT.sub("", unquoted[0]).strip(), unquoted.end()
    if backticked := _BACKTICKED.match(text, start):
        return backticked[1], backticked.end()
    return _read_word(text, start, _DOTENV_ESCAPE)


def _read_word(text: str, position: int, escape: re.Pattern[str]) -> tuple[str, int]:
    r"""Read segments without a blank between them, as in `'it'\''s'`"""
    parts = []
    while segment := _SEGMENT.match(text, position):
        quoted = segment["quoted"]
        part = segment[segment.lastgroup or 0] if quoted is None else escape.sub(_unescape, quoted)
        parts.append(part)
        position = segment.end()
    return "".join(parts), position


def _unescape(escape: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r", "\n": ""}.get(escape[1], escape[1])


def _reason(text: str, position: int) -> str:
    return _NOT_CLOSED if text[position] in "'\"`" else _TEXT_BEHIND


def _malformed(path: str, text: str, position: int, reason: str) -> InputError:
    line = text.count("\n", 0, position) + 1
    return InputError(
        "env-file-malformed",
        f"{path}, line {line}: {reason}",
        hints=("write one NAME='value' per line, a value of several lines between quotes",),
        context={"path": path, "line": str(line)},
    )
