"""Start one server: choose a port, write the configuration, wait until it answers"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.inspection import choose_free_port, describe_holder, find_info, is_free
from iterapp_nats.dev.lease import take_lease
from iterapp_nats.dev.plan import ANY_PORT, HOST, name_generation, plan_ports
from iterapp_nats.dev.state import ServerState
from iterapp_nats.errors import LocalServerError
from iterapp_nats.server_config import ServerPlan, render_server_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.backend import Backend, StartedServer
    from iterapp_nats.dev.plan import ServerOptions
    from iterapp_nats.dev.state import StateFolder

READY_TIMEOUT_S: Final = 10.0
_FAST_POLL_S: Final = 0.001
_FAST_POLLS: Final = 200
_SLOW_POLL_S: Final = 0.025
_PORT_TAKEN: Final = "address already in use"
_GENERATION_BYTES: Final = 6


@dataclass(frozen=True, slots=True)
class LaunchResult:
    """A server that answers, and a sentence for every port that was not free"""

    state: ServerState
    notes: tuple[str, ...]


def launch(
    folder: StateFolder, options: ServerOptions, backend: Backend, *, is_temporary: bool
) -> LaunchResult:
    """Start a server on the best free port and wait until it answers; the lock must be held

    Raises:
        LocalServerError: `port-taken`, `server-not-started`, `state-unwritable`

    """
    generation = name_generation(folder.path.parent.name, os.urandom(_GENERATION_BYTES))
    taken_notes: list[str] = []
    for port in _free_ports(folder, options, taken_notes):
        state = ServerState(
            generation=generation,
            backend=backend.name,
            executable=backend.executable,
            host=HOST,
            port=port,
            jetstream=bool(options.jetstream),
            is_temporary=is_temporary,
            started_at=int(time.time()),
        )
        death_note = _try_port(folder, state, backend)
        if death_note is None:
            return LaunchResult(state, tuple(taken_notes))
        if _PORT_TAKEN not in death_note:
            raise _not_started(death_note, folder)
        if options.port:
            raise _port_taken(port)
        taken_notes.append(f"port {port} was taken by {describe_holder(HOST, port)}")
    raise LocalServerError(
        "port-taken",
        "no free port found for the local server",
        hints=("name a free one with --port N",),
    )


def _free_ports(folder: StateFolder, options: ServerOptions, notes: list[str]) -> Iterator[int]:
    if options.port == ANY_PORT:
        yield choose_free_port(HOST)
        return
    if options.port:
        if not is_free(HOST, options.port):
            raise _port_taken(options.port)
        yield options.port
        return
    remembered = folder.load_port()
    for port in plan_ports(str(folder.path), remembered=remembered):
        if is_free(HOST, port):
            yield port
        elif remembered is None or port == remembered:
            notes.append(f"port {port} is taken by {describe_holder(HOST, port)}")


def _try_port(folder: StateFolder, state: ServerState, backend: Backend) -> str | None:
    """Start one server and wait until it answers; return why it ended, None when it is ready"""
    lease = take_lease(folder.lease_file)
    if lease is None:
        raise server_silent(folder, state)
    try:
        _write_config(folder, state)
        server = backend.start(folder, state, lease=lease)
    except BaseException:
        folder.clear_state()
        raise
    finally:
        os.close(lease)
    try:
        death_note = _wait_ready(state, server)
        if death_note is None:
            folder.save_port(state.port)
            return None
    except BaseException:
        server.abandon()
        folder.clear_state()
        raise
    folder.clear_state()
    return death_note


def _write_config(folder: StateFolder, state: ServerState) -> None:
    plan = ServerPlan(
        generation=state.generation,
        host=state.host,
        port=state.port,
        log_file=str(folder.log_file),
        pid_file=str(folder.pid_file),
        store_folder=str(folder.store_folder) if state.jetstream else None,
    )
    folder.create()
    with contextlib.suppress(FileNotFoundError):
        folder.log_file.replace(folder.previous_log_file)
    folder.save_private(folder.config_file, render_server_config(plan))
    folder.save_state(state)


def _wait_ready(state: ServerState, server: StartedServer) -> str | None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    attempt = 0
    while True:
        info = find_info(state.host, state.port)
        if info and info.server_name == state.generation:
            return None
        if death_note := server.death_note():
            return death_note
        if time.monotonic() > deadline:
            server.abandon()
            return f"it did not answer within {READY_TIMEOUT_S:g} s"
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
    )


def _port_taken(port: int) -> LocalServerError:
    return LocalServerError(
        "port-taken",
        f"port {port} is taken by {describe_holder(HOST, port)}",
        hints=(
            "leave --port out, and a free one is chosen",
            "or name another one with --port N",
            "or stop what listens there",
        ),
        context={"port": str(port)},
    )
