"""What `doctor` is told before it looks: nothing here touches the network"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iterapp_nats.errors import IterappNatsError, Refused
    from iterapp_nats.manifest.check import FileReport
    from iterapp_nats.security.diagnosis import Owner
    from iterapp_nats.settings import Settings

BUDGET_S: Final = 8.0
"""How long all steps together may take: a person waits for the answer"""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """The project's dev server

    `addresses` are its hosts with their ports, none when it was never started. `read_log` returns
    the last lines of its log, `explain` why it refused the login of the case, None where it does
    not know.
    """

    is_running: bool
    addresses: frozenset[str]
    summary: str
    fix: str
    read_log: Callable[[], Sequence[str]]
    explain: Callable[[], Refused | None]


@dataclass(frozen=True, slots=True)
class ServerSearch:
    """Where a nats-server was looked for, best place first; `trouble` is why there is none"""

    attempts: tuple[str, ...]
    trouble: IterappNatsError | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The situation of one app

    `settings` is the error when the variables cannot be used. `owner` holds the app's name, and the
    environment of HOPS_ENV, which is empty outside a pod. `variables` are the names of those that
    are set. `search` looks for what `dev up` would start. `other_project` returns whose dev server
    a server's name means, None for our own and for strangers. `now` returns Unix seconds. A
    connection attempt gets `timeout_s` at most.
    """

    manifest: FileReport | None
    settings: Settings | IterappNatsError
    owner: Owner
    variables: frozenset[str]
    local_server: LocalServer | None
    search: Callable[[], ServerSearch]
    other_project: Callable[[str], str | None]
    now: Callable[[], float]
    warn_within_s: float
    timeout_s: float
