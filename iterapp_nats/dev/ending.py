"""End the server of a state folder, whatever it is doing"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.engines.containers import (
    container_name,
    end_containers,
    engine_of,
    is_container_alive,
)
from iterapp_nats.dev.inspection import is_answering
from iterapp_nats.dev.lease import is_taken
from iterapp_nats.dev.process import ServerMark, end_process, find_pid, signal_process
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from iterapp_nats.dev.engines.engine import Engine
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

END_GRACE_S: Final = 5.0
_FIND_TIMEOUT_S: Final = 2.0
_POLL_S: Final = 0.005
# Lame duck mode: clients are told, left alone for a second, and then sent away one by one, each a
# second after the last, or faster where that would take longer than half a minute.
_RETIRE_PATIENCE_S: Final = 40.0
_RETIRE_POLL_S: Final = 0.02


def end_server(
    folder: StateFolder, state: ServerState | None, *, grace_s: float = END_GRACE_S
) -> None:
    """End whoever holds the lease and wait until it is free; the lock must be held

    After `grace_s` it is killed.

    Raises:
        LocalServerError: `server-not-stopped`, `docker-not-running` and its like

    """
    if engine := engine_of(folder, state):
        if not end_containers(engine, folder, state, grace_s) and state and is_answering(state):
            raise _unknown_container(folder, state, engine)
        return
    mark = ServerMark.of(folder, state)
    pid = _wait_for_pid(folder, mark)

    def is_gone() -> bool:
        return not is_taken(folder.lease_file)

    if is_gone():
        return
    if pid is None or not end_process(pid, mark, is_gone=is_gone, grace_s=grace_s):
        raise LocalServerError(
            "server-not-stopped",
            f"the server of {folder.path} lives, but it cannot be found or ended",
            hints=(f"end the nats-server process that reads {folder.config_file}",),
            context={"folder": str(folder.path)},
        )


def retire_server(folder: StateFolder, state: ServerState | None) -> None:
    """End a server that lets its clients go to the others first; the lock must be held

    Raises:
        LocalServerError: `server-not-stopped`, `docker-not-running` and its like

    """
    if state and is_answering(state) and send_signal(folder, state, signal.SIGUSR2):
        # It takes no new clients from now on: that it does not answer says nothing.
        deadline = time.monotonic() + _RETIRE_PATIENCE_S
        while not _has_ended(folder, state) and time.monotonic() < deadline:
            time.sleep(_RETIRE_POLL_S)
    end_server(folder, state)


def _has_ended(folder: StateFolder, state: ServerState) -> bool:
    if engine := engine_of(folder, state):
        return not is_container_alive(engine, folder, state)
    return not is_taken(folder.lease_file)


def send_signal(folder: StateFolder, state: ServerState, number: int) -> bool:
    """Send a signal to one server, and return whether it was there to get it

    Raises:
        LocalServerError: `docker-not-running` and its like

    """
    if engine := engine_of(folder, state):
        return engine.send(container_name(state), signal.Signals(number).name)
    mark = ServerMark.of(folder, state)
    pid = find_pid(folder.pid_file, mark)
    return pid is not None and signal_process(pid, mark, number)


def _unknown_container(folder: StateFolder, state: ServerState, engine: Engine) -> LocalServerError:
    return LocalServerError(
        "server-not-stopped",
        f"the server at {state.url} lives, but {engine.tool} does not know its container",
        hints=("choose the engine that started it, with docker context use NAME",),
        context={"folder": str(folder.path)},
    )


def _wait_for_pid(folder: StateFolder, mark: ServerMark) -> int | None:
    # A server that was spawned a moment ago still has the command line of its parent.
    deadline = time.monotonic() + _FIND_TIMEOUT_S
    while is_taken(folder.lease_file):
        pid = find_pid(folder.pid_file, mark)
        if pid is not None or time.monotonic() > deadline:
            return pid
        time.sleep(_POLL_S)
    return None
