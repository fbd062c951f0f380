"""The life of the local server: up, down, restart, reset

Every function holds the lock of the state folder while it changes something, so that commands that
run at the same time end in one server and one truth.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.launch import READY_TIMEOUT_S, launch, server_silent
from iterapp_nats.dev.lease import hold_lock, is_taken
from iterapp_nats.dev.plan import ANY_PORT
from iterapp_nats.dev.process import end_process, find_pid
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.plan import ServerOptions
    from iterapp_nats.dev.state import ServerState, StateFolder

LOCK_TIMEOUT_S: Final = 30.0
_END_GRACE_S: Final = 5.0
_POLL_S: Final = 0.025


@dataclass(frozen=True, slots=True)
class UpResult:
    """A server that answers, and what happened on the way

    `notes` are sentences for a person: a stale state that was cleaned up, a port that was taken.
    """

    state: ServerState
    was_running: bool
    notes: tuple[str, ...] = ()


def start(
    folder: StateFolder, options: ServerOptions, backend: Backend, *, is_temporary: bool = False
) -> UpResult:
    """Make sure that the server runs and answers; idempotent

    Raises:
        LocalServerError: `server-differs`, `port-taken`, `server-not-started`, `server-silent`,
            `state-locked`, `state-unwritable`

    """
    folder.create()
    with hold_lock(folder.lock_file, purpose="dev up", timeout_s=LOCK_TIMEOUT_S):
        found = _settle(folder, inspect(folder))
        if found.condition is Condition.RUNNING and found.state:
            state = _require_same(found.state, options)
            return UpResult(_keep(folder, state, is_temporary=is_temporary), was_running=True)
        stale_notes = (_STALE_NOTE,) if found.condition is Condition.STALE else ()
        launched = launch(folder, options, backend, is_temporary=is_temporary)
        return UpResult(launched.state, was_running=False, notes=(*stale_notes, *launched.notes))


def stop(folder: StateFolder) -> Inspection:
    """End the server and return what was found before; nothing happens when none runs

    Raises:
        LocalServerError: `server-not-stopped`

    """
    if not folder.path.is_dir():
        return inspect(folder)
    with hold_lock(folder.lock_file, purpose="dev down", timeout_s=LOCK_TIMEOUT_S):
        return _stop_locked(folder)


def stop_temporary(folder: StateFolder) -> bool:
    """End a server that `dev run` started, unless another `dev run` still uses it"""
    if not folder.path.is_dir():
        return False
    with hold_lock(folder.lock_file, purpose="dev run", timeout_s=LOCK_TIMEOUT_S):
        state = folder.load_state()
        if state is None or not state.is_temporary or is_taken(folder.users_file):
            return False
        _stop_locked(folder)
        return True


def restart(folder: StateFolder, options: ServerOptions, backend: Backend) -> UpResult:
    """End the server if it runs and start it with the same address and settings"""
    before = stop(folder).state
    wanted = options
    if before:
        wanted = replace(options, port=options.port if options.port is not None else before.port)
        if options.jetstream is None:
            wanted = replace(wanted, jetstream=before.jetstream)
    return start(folder, wanted, backend)


def reset(folder: StateFolder) -> bool:
    """Remove the state folder with all data; return whether there was one

    Raises:
        LocalServerError: `server-running`, `state-unwritable`

    """
    if not folder.path.is_dir():
        return False
    with hold_lock(folder.lock_file, purpose="dev reset", timeout_s=LOCK_TIMEOUT_S):
        _stop_locked(folder)
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise folder.unusable(error) from error
    return True


_STALE_NOTE: Final = "the last server ended without dev down (a crash or a reboot); starting anew"


def _settle(folder: StateFolder, found: Inspection) -> Inspection:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while found.condition is Condition.SILENT:
        if time.monotonic() > deadline:
            raise server_silent(folder, found.state)
        time.sleep(_POLL_S)
        found = inspect(folder)
    return found


def _keep(folder: StateFolder, state: ServerState, *, is_temporary: bool) -> ServerState:
    """Let a server of `dev run` stay when `dev up` asks for it"""
    if is_temporary or not state.is_temporary:
        return state
    kept = replace(state, is_temporary=False)
    folder.save_state(kept)
    return kept


def _require_same(state: ServerState, options: ServerOptions) -> ServerState:
    differences = []
    if options.port not in (None, ANY_PORT, state.port):
        differences.append(f"port {state.port}, not {options.port}")
    if options.jetstream not in (None, state.jetstream):
        differences.append("JetStream " + ("on" if state.jetstream else "off"))
    if not differences:
        return state
    raise LocalServerError(
        "server-differs",
        f"the server already runs at {state.url}, but with {' and '.join(differences)}",
        hints=("change it with iterapp-nats dev restart and the same options",),
        context={"url": state.url},
    )


def _stop_locked(folder: StateFolder) -> Inspection:
    found = inspect(folder)
    if found.condition in (Condition.RUNNING, Condition.SILENT):
        _end(folder, found)
    folder.clear_state()
    return found


def _end(folder: StateFolder, found: Inspection) -> None:
    mark = found.state.generation if found.state else ""
    pid = found.pid
    deadline = time.monotonic() + 1
    while mark and pid is None and is_taken(folder.lease_file) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        pid = find_pid(folder.pid_file, mark=mark)

    def is_gone() -> bool:
        return not is_taken(folder.lease_file)

    if is_gone():
        return
    if pid is None or not end_process(pid, mark=mark, is_gone=is_gone, grace_s=_END_GRACE_S):
        raise LocalServerError(
            "server-not-stopped",
            f"the server of {folder.path} lives, but it cannot be found or ended",
            hints=(f"end the nats-server process that reads {folder.config_file}",),
        )
