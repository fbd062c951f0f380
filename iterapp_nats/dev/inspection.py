"""Is the server of this project alive? The lease and the server's own INFO say so"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.greeting import read_greeting
from iterapp_nats.dev.lease import is_taken
from iterapp_nats.dev.process import ServerMark, find_pid
from iterapp_nats.errors import IterappNatsError

if TYPE_CHECKING:
    from iterapp_nats.client.greeting import ServerInfo
    from iterapp_nats.dev.state import ServerState, StateFolder

_INFO_TIMEOUT_S: Final = 0.5


class Condition(StrEnum):
    """What the local server is doing"""

    RUNNING = "running"
    SILENT = "silent"
    """Alive, but it does not answer with its INFO: starting, stopping, or hung"""
    STALE = "stale"
    """It ended without `dev down`: a crash or a reboot"""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Inspection:
    """The condition of a project's server, with the evidence"""

    condition: Condition
    state: ServerState | None = None
    info: ServerInfo | None = None
    pid: int | None = None


def inspect(folder: StateFolder) -> Inspection:
    """Look at the server of a state folder; nothing is changed"""
    state = folder.load_state()
    if not is_taken(folder.lease_file):
        return Inspection(Condition.STALE if state else Condition.STOPPED, state)
    if state is None:
        return Inspection(Condition.SILENT)
    info = find_info(state.host, state.port)
    is_ours = info is not None and info.server_name == state.generation
    return Inspection(
        Condition.RUNNING if is_ours else Condition.SILENT,
        state,
        info if is_ours else None,
        find_pid(folder.pid_file, ServerMark.of(folder, state)),
    )


def find_info(host: str, port: int, *, timeout_s: float = _INFO_TIMEOUT_S) -> ServerInfo | None:
    """Return the INFO of whatever listens at an address, None if that is not a NATS server"""
    try:
        return read_greeting(host, port, timeout_s)
    except IterappNatsError:
        return None
