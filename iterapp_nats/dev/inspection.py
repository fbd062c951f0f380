"""Is the server of this project alive? The lease and the server's own INFO say so"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.greeting import read_greeting
from iterapp_nats.dev.lease import is_taken
from iterapp_nats.dev.plan import project_of_generation
from iterapp_nats.dev.process import find_pid
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
        find_pid(folder.pid_file, mark=state.generation),
    )


def find_info(host: str, port: int, *, timeout_s: float = _INFO_TIMEOUT_S) -> ServerInfo | None:
    """Return the INFO of whatever listens at an address, None if that is not a NATS server"""
    try:
        return read_greeting(host, port, timeout_s)
    except IterappNatsError:
        return None


def is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen at an address now"""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(1)
        except OSError:
            return False
    return True


def choose_free_port(host: str) -> int:
    """Return a port that was free a moment ago"""
    with socket.socket() as listener:
        listener.bind((host, 0))
        port: int = listener.getsockname()[1]
        return port


def describe_holder(host: str, port: int) -> str:
    """Say in words who listens at an address"""
    info = find_info(host, port)
    if info is None:
        return "another program that does not speak NATS"
    if project := project_of_generation(info.server_name):
        return f"the iterapp-nats dev server of project {project}"
    return f"nats-server {info.version} ({info.server_name})"
