"""What each error code means: a page for each, in the text file of the topic it belongs to

A page begins with its code and, in brackets, the exit code. What follows is indented: one line that
says what happened, then the usual causes, then what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pkgutil import get_data
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPICS: Final = (
    "manifest",
    "connection",
    "login",
    "messages",
    "creds",
    "certificates",
    "dev",
    "docker",
    "faults",
    "insight",
    "probes",
    "languages",
    "commands",
)
"""The text files, in the order of their listing"""

_PAGE: Final = re.compile(r"^([a-z0-9-]+) \((\d+)\)\n((?:[ \t].*\n|\n)+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """One code with the exit code it ends a command with; `text` begins with its summary"""

    code: str
    exit_code: ExitCode
    text: str

    @property
    def summary(self) -> str:
        """One line: what happened"""
        return self.text.partition("\n")[0]


def error_pages() -> Iterator[ErrorPage]:
    """Yield all pages by topic, and in each by code"""
    for topic in TOPICS:
        content = (get_data(__name__, f"{topic}.txt") or b"").decode()
        for code, exit_code, text in _PAGE.findall(content):
            yield ErrorPage(code, ExitCode(int(exit_code)), dedent(text).strip())


def find_error_page(code: str) -> ErrorPage | None:
    """Find the page of a code"""
    return next((page for page in error_pages() if page.code == code), None)
