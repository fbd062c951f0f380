"""Variables as commands of a shell: sh (bash, dash, zsh, ksh, direnv), fish, PowerShell"""

from __future__ import annotations

import re
import shlex
from typing import Final

from iterapp_nats.envfile.variables import Rendered, Variables

# PowerShell takes the typographic quotes for the plain one (about_Quoting_Rules).
_POWERSHELL_QUOTES: Final = re.compile("(['\u2018\u2019\u201a\u201b])")


def render_sh(variables: Variables) -> Rendered:
    """Return `export NAME='value'` lines with real newlines, for `eval "$(…)"` and `source`"""
    lines = (f"export {name}={shlex.quote(value.reveal())}\n" for name, value in variables.items())
    return Rendered("".join(lines))


def render_fish(variables: Variables) -> Rendered:
    """Return `set -gx NAME 'value'` lines with real newlines, for `… | source`"""
    lines = (f"set -gx {name} {quote_fish(value.reveal())}\n" for name, value in variables.items())
    return Rendered("".join(lines))


def render_powershell(variables: Variables) -> Rendered:
    """Return `$env:NAME = 'value'` lines with real newlines, for `… | Out-String | iex`"""
    lines = (
        f"$env:{name} = {quote_powershell(value.reveal())}\n" for name, value in variables.items()
    )
    return Rendered("".join(lines))


def quote_fish(text: str) -> str:
    """Return one fish word: between single quotes only the backslash and the quote are special"""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quote_powershell(text: str) -> str:
    """Return a verbatim PowerShell string, which may hold newlines; a quote in it is doubled"""
    doubled = _POWERSHELL_QUOTES.sub(r"\1\1", text)
    return f"'{doubled}'"
