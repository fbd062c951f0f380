"""The table of rows: each a situation, and what a program must do in it

A row returns what was seen, in a few words, and raises RowFailed otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.conformance import losing, refusing, stalling, working

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from iterapp_nats.conformance.bench import Bench


@dataclass(frozen=True, slots=True)
class Row:
    """One situation; `needs_request` rows are skipped when the program answers no subject"""

    id: str
    check: Callable[[Bench], Awaitable[str]]
    needs_request: bool = False

    @property
    def title(self) -> str:
        """The situation in a few words"""
        return self.check.__doc__ or ""


ROWS: Final = (
    Row("plain", working.plain),
    Row("empty", working.empty),
    Row("unused-creds", working.unused_creds),
    Row("content", working.by_content),
    Row("file", working.by_file),
    Row("both", working.by_both),
    Row("crlf", working.crlf),
    Row("wrong-ca", refusing.wrong_ca),
    Row("wrong-name", refusing.wrong_name),
    Row("ca-plain", refusing.ca_with_plain_server),
    Row("expired", refusing.expired),
    Row("revoked", losing.revoked),
    Row("renewed", losing.renewed),
    Row("unknown-account", losing.unknown_account),
    Row("restart", losing.restart),
    Row("late-server", losing.late_server),
    Row("hangs-up", stalling.hangs_up),
    Row("silent", stalling.silent),
    Row("odd-error", stalling.odd_error),
    Row("drain", losing.drain, needs_request=True),
)
