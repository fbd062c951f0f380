"""Variables as lines of an env file, each dialect with the quotes that its readers agree on

There is no standard. Between single quotes every reader takes newlines, blanks, `#` and `$` as they
stand, but they disagree on backslashes and on a quote within the value; so a value is written in
the first form that all readers of the dialect understand alike, and refused when there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from iterapp_nats.envfile.variables import Consumer, Rendered, Variables, unsupported_value
from iterapp_nats.settings import URL

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# python-dotenv unescapes \\ and \' between single quotes, the others do not.
_AMBIGUOUS_BACKSLASH: Final = re.compile(r"\\(?=[\\']|\Z)")
_UNQUOTED: Final = re.compile(r"[^\s#$'\"`][^\s#$]*")
_SPECIAL_IN_DOUBLE_QUOTES: Final = re.compile(r"[\"\\$`]")
_MULTI_LINE_WARNING: Final = (
    "# Values of several lines: not for docker --env-file, fish, direnv dotenv, Ruby dotenv,\n"
    "# django-environ, honcho, make, kubectl. Take --for dotenv-escaped or the file variables.\n"
)


def render_dotenv(variables: Variables) -> Rendered:
    """Return `NAME='value'` lines that python-dotenv, Node, Compose, Bun and uv read alike"""
    lines = _render_lines(variables, Consumer.DOTENV, quote_dotenv)
    return Rendered(_with_warning(variables, lines), _interpolation_notes(variables))


def render_dotenv_escaped(variables: Variables) -> Rendered:
    r"""Return lines with `\n` for a newline, for Ruby dotenv, direnv, honcho, django-environ"""
    lines = _render_lines(variables, Consumer.DOTENV_ESCAPED, quote_dotenv_escaped)
    return Rendered(lines, _interpolation_notes(variables))


def render_node(variables: Variables) -> Rendered:
    """Return lines for `node --env-file`"""
    lines = _render_lines(variables, Consumer.NODE, quote_node)
    return Rendered(_with_warning(variables, lines))


def render_systemd(variables: Variables) -> Rendered:
    """Return lines for `EnvironmentFile=`; systemd knows no `export`"""
    return Rendered(_render_lines(variables, Consumer.SYSTEMD, quote_systemd))


def render_gitlab(variables: Variables) -> Rendered:
    """Return the address alone as a dotenv artifact, which holds single lines without quotes"""
    if _CONTROL.search(variables.url) or "\n" in variables.url:
        raise unsupported_value(URL, Consumer.GITLAB, "it holds a control character")
    notes = tuple(
        f"GitLab passes single lines only: create a variable {name} of type File in the project's"
        " CI/CD settings, its value is then a path"
        for name in _gitlab_file_variables(variables)
    )
    return Rendered(f"{URL}={variables.url}\n", notes)


def quote_dotenv(text: str) -> str | None:
    """Return a form that python-dotenv, Node, Compose and the shells read alike, or None"""
    if "'" not in text and not _AMBIGUOUS_BACKSLASH.search(text):
        return f"'{text}'"
    if not _SPECIAL_IN_DOUBLE_QUOTES.search(text):
        return f'"{text}"'
    return text if _UNQUOTED.fullmatch(text) else None


def quote_dotenv_escaped(text: str) -> str | None:
    r"""Return a form of one line with `\n` for a newline, or None"""
    if "\n" not in text:
        return quote_dotenv(text)
    # Escaped quotes and dollars are read in as many ways as there are readers.
    if _SPECIAL_IN_DOUBLE_QUOTES.search(text):
        return None
    escaped = text.replace("\n", r"\n")
    return f'"{escaped}"'


def quote_node(text: str) -> str | None:
    r"""Return a form that Node's parser reads, or None; it unescapes only `\n`, in double quotes"""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text and r"\n" not in text:
        return f'"{text}"'
    return None if "`" in text else f"`{text}`"


def quote_systemd(text: str) -> str:
    """Return a quoted value; in double quotes systemd unescapes what a POSIX shell does"""
    if "'" not in text:
        return f"'{text}'"
    escaped = _SPECIAL_IN_DOUBLE_QUOTES.sub(r"\\\g<0>", text)
    return f'"{escaped}"'


def _render_lines(
    variables: Variables, consumer: Consumer, quote: Callable[[str], str | None]
) -> str:
    lines = []
    for name, value in variables.items():
        text = value.reveal()
        if _CONTROL.search(text):
            raise unsupported_value(name, consumer, "it holds a control character")
        quoted = quote(text)
        if quoted is None:
            raise unsupported_value(name, consumer, "its quotes and backslashes have no safe form")
        lines.append(f"{name}={quoted}\n")
    return "".join(lines)


def _with_warning(variables: Variables, lines: str) -> str:
    has_several_lines = any("\n" in value.reveal() for _, value in variables.items())
    return _MULTI_LINE_WARNING + lines if has_several_lines else lines


def _interpolation_notes(variables: Variables) -> tuple[str, ...]:
    return tuple(
        f"python-dotenv replaces ${{…}} in {name} even between single quotes"
        for name, value in variables.items()
        if "${" in value.reveal()
    )


def _gitlab_file_variables(variables: Variables) -> tuple[str, ...]:
    wants_creds = bool(variables.credentials or variables.credentials_file)
    names = {"NATS_CREDENTIALS_FILE": wants_creds, "NATS_CA_FILE": bool(variables.ca_file)}
    return tuple(name for name, wanted in names.items() if wanted)
