"""Is the server of this project alive? The lease and the server's own INFO say so"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.greeting import read_greeting
from iterapp_nats.dev.engines.containers import engine_of, is_container_alive
from iterapp_nats.dev.lease import is_taken
from iterapp_nats.dev.orphans import find_orphan
from iterapp_nats.dev.process import ServerMark, find_pid
from iterapp_nats.errors import IterappNatsError, LocalServerError

if TYPE_CHECKING:
    from iterapp_nats.client.opening.greeting import ServerInfo
    from iterapp_nats.dev.engines.engine import Engine
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_INFO_TIMEOUT_S: Final = 0.5


class Condition(StrEnum):
    """What the local server is doing"""

    RUNNING = "running"
    SILENT = "silent"
    """Alive, but it does not answer with its INFO: starting, stopping, or hung"""
    STALE = "stale"
    """It ended without `dev down`: a crash or a reboot"""
    STOPPED = "stopped"
    LOST = "lost"
    """It runs, but its state was removed: nothing can be done with it but to end it"""
    UNKNOWN = "unknown"
    """It does not answer, and its container engine cannot be asked"""


# Of several nodes the first of these tells most.
_WEIGHTS: Final = (
    Condition.RUNNING,
    Condition.SILENT,
    Condition.LOST,
    Condition.UNKNOWN,
    Condition.STALE,
    Condition.STOPPED,
)


@dataclass(frozen=True, slots=True)
class Inspection:
    """The condition of a project's server, with the evidence

    `trouble` is why the container engine could not be asked. `nodes` are those of a cluster, of
    which this is the sum: it runs when one of them does.
    """

    condition: Condition
    state: ServerState | None = None
    info: ServerInfo | None = None
    pid: int | None = None
    trouble: LocalServerError | None = None
    nodes: tuple[Inspection, ...] = ()


def inspect(folder: StateFolder) -> Inspection:
    """Look at the server of a project, or at all nodes of its cluster; nothing is changed"""
    found = _sum_up(folder)
    is_away = found.condition in {Condition.STALE, Condition.STOPPED}
    if is_away and not found.trouble and (pid := find_orphan(folder)):
        return replace(found, condition=Condition.LOST, pid=pid)
    return found


def _sum_up(folder: StateFolder) -> Inspection:
    nodes = tuple(inspect_node(node) for node in folder.nodes())
    first, *others = nodes
    is_alone = first.state is None or first.state.nodes == 1
    if is_alone and all(other.condition is Condition.STOPPED for other in others):
        return first
    shown = min(nodes, key=lambda node: _WEIGHTS.index(node.condition))
    return replace(shown, state=first.state or shown.state, nodes=nodes)


def inspect_node(folder: StateFolder) -> Inspection:
    """Look at one server; nothing is changed"""
    state = folder.load_state()
    if engine := engine_of(folder, state):
        return _inspect_container(folder, state, engine)
    if not is_taken(folder.lease_file):
        return Inspection(Condition.STALE if state else Condition.STOPPED, state)
    if state is None:
        return Inspection(Condition.SILENT)
    return _running(folder, state) or Inspection(
        Condition.SILENT, state, pid=find_pid(folder.pid_file, ServerMark.of(folder, state))
    )


def is_alive(folder: StateFolder) -> bool:
    """Tell whether there may be a server, answering or not"""
    if engine_of(folder, folder.load_state()):
        return inspect(folder).condition not in {Condition.STALE, Condition.STOPPED}
    return any(is_taken(node.lease_file) for node in folder.nodes())


def is_answering(state: ServerState) -> bool:
    """Tell whether this very start of the server answers at its address"""
    info = find_info(state.host, state.port)
    return info is not None and info.server_name == state.generation


def _running(folder: StateFolder, state: ServerState) -> Inspection | None:
    info = find_info(state.host, state.port)
    if info is None or info.server_name != state.generation:
        return None
    pid = find_pid(folder.pid_file, ServerMark.of(folder, state))
    return Inspection(Condition.RUNNING, state, info, pid)


def _inspect_container(
    folder: StateFolder, state: ServerState | None, engine: Engine
) -> Inspection:
    # The engine's tool holds the lease while it creates or stops a container: what answers may be
    # about to end.
    if is_taken(folder.lease_file):
        return Inspection(Condition.SILENT, state)
    if state and (found := _running(folder, state)):
        return found
    ended = Condition.STALE if state else Condition.STOPPED
    try:
        lives = is_container_alive(engine, folder, state)
    except LocalServerError as trouble:
        # Its containers end with an engine. A hung one, or one that we may not ask, tells nothing.
        is_over = state is None or trouble.code in {"docker-missing", "docker-not-running"}
        condition = ended if is_over else Condition.UNKNOWN
        return Inspection(condition, state, trouble=trouble)
    return Inspection(Condition.SILENT if lives else ended, state)


def find_info(host: str, port: int, *, timeout_s: float = _INFO_TIMEOUT_S) -> ServerInfo | None:
    """Return the INFO of whatever listens at an address, None if that is not a NATS server"""
    try:
        return read_greeting(host, port, timeout_s)
    except IterappNatsError:
        return None
