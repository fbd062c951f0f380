"""Start one server: choose a port, write the configuration, wait until it answers"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.configuration import try_config, write_config
from iterapp_nats.dev.ending import end_server
from iterapp_nats.dev.inspection import find_info
from iterapp_nats.dev.lease import take_lease
from iterapp_nats.dev.plan import DEFAULT_PORT, HOST, name_generation
from iterapp_nats.dev.ports import (
    choose_ports,
    describe_taken,
    find_free_ports,
    is_about_port,
    port_taken,
)
from iterapp_nats.dev.readiness import find_refusal
from iterapp_nats.dev.server_state import ServerState
from iterapp_nats.dev.stored_version import note_stored_version
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from iterapp_nats.dev.backend import Backend, StartedServer
    from iterapp_nats.dev.plan import LaunchPlan
    from iterapp_nats.dev.server_state import Preferences
    from iterapp_nats.dev.state import StateFolder

READY_TIMEOUT_S: Final = 10.0
_FAST_POLL_S: Final = 0.001
_FAST_POLLS: Final = 200
_SLOW_POLL_S: Final = 0.025
_GENERATION_BYTES: Final = 6


@dataclass(frozen=True, slots=True)
class LaunchResult:
    """A server that answers, and a sentence for every port that was not free"""

    state: ServerState
    notes: tuple[str, ...]


def launch(
    folder: StateFolder,
    plan: LaunchPlan,
    backend: Backend,
    *,
    patience_s: float = READY_TIMEOUT_S,
) -> LaunchResult:
    """Start a server on the best free port and wait until it answers; the lock must be held

    Raises:
        LocalServerError: `port-taken`, `port-refused`, `server-not-started`, `server-silent`,
            `state-unwritable`, `docker-not-running` and its like

    """
    taken_notes: list[str] = []
    for port in find_free_ports(str(folder.path), plan, taken_notes):
        state = _new_state(folder, plan, backend, port)
        death_note = _try_start(folder, state, backend, patience_s)
        if death_note is None:
            return LaunchResult(state, (*taken_notes, *note_stored_version(folder, state)))
        if not is_about_port(death_note, port):
            raise _not_started(death_note, folder)
        if plan.port:
            raise port_taken(port)
        taken_notes.append(describe_taken(port))
    raise LocalServerError(
        "port-taken",
        "no free port found for the local server",
        hints=("name a free one with --port N",),
    )


def try_plan(folder: StateFolder, plan: LaunchPlan, backend: Backend) -> None:
    """Let the server read what a plan would give it, before another one is ended for it

    Raises:
        InputError, LocalServerError: as `try_config`

    """
    # No port is listened on for it.
    port = plan.port or plan.remembered_port or DEFAULT_PORT
    routes = tuple(range(1, plan.nodes + 1)) if plan.nodes > 1 else ()
    try_config(folder, _new_state(folder, replace(plan, routes=routes), backend, port), backend)


def _new_state(folder: StateFolder, plan: LaunchPlan, backend: Backend, port: int) -> ServerState:
    """Return what one start of a server at a port is to be; raises `port-taken`"""
    websocket_port = None
    if plan.websocket:
        last = plan.remembered_websocket_port
        others = (port, *plan.routes)
        (websocket_port,) = choose_ports(
            f"{folder.path}/websocket", 1, remembered=last, others=others
        )
    name = name_generation(folder.top.path.parent.name, os.urandom(_GENERATION_BYTES))
    return ServerState(
        # A node keeps its name: the others know who has agreed with them by it.
        generation=folder.keep_name(name) if plan.routes else name,
        backend=backend.name,
        executable=backend.executable,
        host=HOST,
        port=port,
        jetstream=plan.jetstream,
        is_temporary=plan.is_temporary,
        started_at=int(time.time()),
        default_account=plan.default_account,
        engine=backend.engine.prefix if backend.engine else (),
        snippet=plan.snippet,
        websocket_port=websocket_port,
        routes=plan.routes,
        folder=str(folder.path),
    )


def _try_start(
    folder: StateFolder, state: ServerState, backend: Backend, patience_s: float
) -> str | None:
    """Start one server and wait until it answers; return why it ended, None when it is ready"""
    lease = take_lease(folder.lease_file)
    if lease is None:
        raise server_silent(folder, state)
    server: StartedServer | None = None
    try:
        server = _spawn(folder, state, backend, lease)
        death_note = _wait_ready(folder, state, server, patience_s)
        if death_note is None:
            server.release()
            return None
    except BaseException:
        if server:
            server.abandon()
        # Ctrl-C between the spawn and its return: the server lives, but nobody named it to us.
        end_server(folder, state)
        folder.clear_state()
        raise
    server.abandon()
    folder.clear_state()
    return death_note


def remember(folder: StateFolder, state: ServerState, backend: Backend) -> None:
    """Let the next start be like this one, unless it was only for `dev run`

    It is for the end of a command: what fails on its way is not what the user gets from now on.
    """
    if state.is_temporary:
        return
    for number in range(1, state.nodes + 1):
        node = folder.node(number)
        if started := node.load_state():
            node.save_preferences(_remembered(node.load_preferences(), started, backend))


def _remembered(before: Preferences, state: ServerState, backend: Backend) -> Preferences:
    return replace(
        before,
        port=state.port,
        jetstream=state.jetstream,
        default_account=state.default_account,
        executable=state.executable,
        engine=state.engine,
        snippet=state.snippet,
        websocket_port=state.websocket_port,
        nodes=state.nodes,
        server_binary=backend.named_binary,
    )


def _spawn(folder: StateFolder, state: ServerState, backend: Backend, lease: int) -> StartedServer:
    try:
        folder.create()
        folder.keep_last_log()
        write_config(folder, state, backend)
        folder.save_state(state)
        return backend.start(folder, state, lease=lease)
    finally:
        # From here on the server alone holds it.
        os.close(lease)


def _wait_ready(
    folder: StateFolder, state: ServerState, server: StartedServer, patience_s: float
) -> str | None:
    deadline = time.monotonic() + patience_s
    attempt = 0
    while True:
        info = find_info(state.host, state.port)
        if info and info.server_name == state.generation:
            return find_refusal(folder, state, info)
        if death_note := server.death_note():
            return death_note
        if time.monotonic() > deadline:
            server.abandon()
            return f"it did not answer within {patience_s:g} s"
        attempt += 1
        time.sleep(_FAST_POLL_S if attempt < _FAST_POLLS else _SLOW_POLL_S)


def server_silent(folder: StateFolder, state: ServerState | None) -> LocalServerError:
    """Return the error for a server that lives without answering"""
    where = f" at {state.url}" if state else ""
    return LocalServerError(
        "server-silent",
        f"the server of this project is alive, but it does not answer{where}",
        hints=(
            "look at iterapp-nats dev logs",
            "end it with iterapp-nats dev down",
        ),
        context={"folder": str(folder.path)},
    )


def _not_started(death_note: str, folder: StateFolder) -> LocalServerError:
    return LocalServerError(
        "server-not-started",
        f"nats-server did not start: {death_note}",
        hints=(f"its log is {folder.log_file}",),
        context={"folder": str(folder.path)},
    )
