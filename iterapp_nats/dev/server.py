"""The life of the local server: up, down, restart, reset

Every function holds the lock of the state folder while it changes something, so that commands that
run at the same time end in one server and one truth.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.accounts.minting import prepare_accounts
from iterapp_nats.dev.agreement import agree_on_plan, require_same
from iterapp_nats.dev.clearing import clear_away, end_all, end_servers, require_known
from iterapp_nats.dev.clusters.nodes import end_nodes, heal, replace_nodes
from iterapp_nats.dev.ending import END_GRACE_S
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.launch import READY_TIMEOUT_S, remember, server_silent, try_plan
from iterapp_nats.dev.lease import has_users, hold_lock
from iterapp_nats.dev.ports import require_free
from iterapp_nats.dev.proxy.life import put_proxy
from iterapp_nats.dev.server_state import Preferences
from iterapp_nats.dev.together import launch_with_proxy, require_proxy_possible
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.plan import ServerOptions
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_LOCK_TIMEOUT_S: Final = 30.0
_POLL_S: Final = 0.025


@dataclass(frozen=True, slots=True)
class UpResult:
    """A server that answers, and what happened on the way

    `notes` are sentences for a person: a stale state that was cleaned up, a port that was taken.
    `memory` is what the next start would have been like without this one.
    """

    state: ServerState
    was_running: bool
    notes: tuple[str, ...] = ()
    memory: Preferences = field(default_factory=Preferences)


def start(
    folder: StateFolder,
    options: ServerOptions,
    backend: Backend,
    *,
    is_temporary: bool = False,
    patience_s: float = READY_TIMEOUT_S,
) -> UpResult:
    """Make sure that the server runs and answers; idempotent

    A server that is silent, because it starts or hangs, gets `patience_s` to answer.

    Raises:
        LocalServerError: `server-differs`, `port-taken`, `port-refused`, `server-not-started`,
            `server-silent`, `state-locked`, `state-unwritable`, `vault-unusable`,
            `docker-not-running` and its like

    """
    folder.create()
    with _locked(folder, "dev up"):
        folder.tidy(time.time())
        found = _settle(folder, patience_s)
        if found.condition is Condition.RUNNING and found.state:
            require_same(folder, found.state, options, is_temporary=is_temporary)
            result = _go_on(folder, found.state, options, backend, is_temporary=is_temporary)
            put_proxy(folder, result.state, wish=options.proxy)
            return result
        backend.prepare()
        stale_notes = clear_away(folder, found)
        # What a run had that did not get to its end is over.
        before = found.state if found.state and not found.state.is_temporary else None
        plan, notes = agree_on_plan(folder, options, before, is_temporary=is_temporary)
        require_proxy_possible(plan, options)
        if plan.snippet:
            try_plan(folder, plan, backend)
        if found.state and found.state.backend != backend.name and not found.trouble:
            # A container that has crashed is kept until its own backend starts another.
            end_nodes(folder)
        memory = folder.load_preferences()
        launched = launch_with_proxy(folder, plan, backend, options, patience_s=patience_s)
        notes = (*stale_notes, *notes, *launched.notes)
        return UpResult(launched.state, was_running=False, notes=notes, memory=memory)


def undo(folder: StateFolder, result: UpResult) -> None:
    """End a server that `start` has started, and forget it, because what followed has failed

    Raises:
        LocalServerError: as `stop`

    """
    with _locked(folder, "dev up"):
        end_all(folder)
        folder.save_preferences(result.memory)


def stop(folder: StateFolder, *, grace_s: float = END_GRACE_S) -> Inspection:
    """End the server and return what was found before; nothing happens when none runs

    A server that does not end within `grace_s` is killed.

    Raises:
        LocalServerError: `server-not-stopped`, `state-locked`, `state-unwritable`

    """
    if not folder.path.is_dir():
        found = inspect(folder)
        if found.condition is Condition.STOPPED:
            return found
        folder.create()
    with _locked(folder, "dev down"):
        return end_all(folder, grace_s=grace_s)


def stop_temporary(folder: StateFolder) -> bool:
    """End a server that `dev run` started, unless another `dev run` still uses it"""
    if not folder.path.is_dir():
        return False
    with _locked(folder, "dev run"):
        state = folder.load_state()
        if state is None or not state.is_temporary or has_users(folder.users_file):
            return False
        end_all(folder)
        return True


def restart(folder: StateFolder, options: ServerOptions, backend: Backend) -> UpResult:
    """End the server if it runs and start it with the same address and settings

    Raises:
        LocalServerError: as `start` and `stop`; a port that is taken leaves the server running, as
            does a nats-server that does not read its configuration

    """
    folder.create()
    with _locked(folder, "dev restart"):
        folder.tidy(time.time())
        before = folder.load_state()
        if options.port and not (before and before.port == options.port):
            require_free(options.port)
        is_used = has_users(folder.users_file)
        is_temporary = before is not None and before.is_temporary and is_used
        # Before the end of the server: what cannot be prepared leaves it running.
        backend.prepare()
        plan, notes = agree_on_plan(folder, options, before, is_temporary=is_temporary)
        require_proxy_possible(plan, options)
        try_plan(folder, plan, backend)
        end_servers(folder)
        launched = launch_with_proxy(folder, plan, backend, options)
        return UpResult(launched.state, was_running=False, notes=(*notes, *launched.notes))


def restart_in_turn(
    folder: StateFolder, options: ServerOptions, backend: Backend, tell: Callable[[int], None]
) -> UpResult:
    """Restart the nodes of a cluster one after the other, so that clients always find one

    `tell` hears the number of each node that is back.

    Raises:
        InputError: `nothing-to-roll`, when there are not several nodes that run
        LocalServerError: as `start`; `server-differs`

    """
    folder.create()
    with _locked(folder, "dev restart"):
        found = _settle(folder, READY_TIMEOUT_S)
        if found.state is None or len(found.nodes) == 0:
            raise InputError(
                "nothing-to-roll",
                "no cluster runs whose nodes could be restarted in turn",
                hints=("start one with iterapp-nats dev up --nodes 3",),
            )
        # A backend may be another version of the same: that is what a roll is good for.
        require_same(folder, found.state, replace(options, image=None, server_binary=None))
        backend.prepare()
        plan, notes = agree_on_plan(
            folder, options, found.state, is_temporary=found.state.is_temporary
        )
        try_plan(folder, plan, backend)
        heal(folder, found.state, plan, backend)
        state = replace_nodes(folder, found.state, plan, backend, tell)
        remember(folder, state, backend)
        return UpResult(state, was_running=False, notes=notes)


def reset(folder: StateFolder) -> bool:
    """End the server and remove the state folder with all data; return whether there was one

    Raises:
        LocalServerError: `server-not-stopped`, `state-locked`, `state-unwritable`

    """
    if is_nothing_left(folder):
        return False
    with _locked(folder, "dev reset"):
        end_all(folder)
        folder.remove()
    return True


def is_nothing_left(folder: StateFolder) -> bool:
    """Tell whether there is neither a state folder nor a server that has lost it"""
    return not folder.path.is_dir() and inspect(folder).condition is Condition.STOPPED


def _locked(folder: StateFolder, purpose: str) -> AbstractContextManager[None]:
    return hold_lock(folder.lock_file, purpose=purpose, timeout_s=_LOCK_TIMEOUT_S)


def _settle(folder: StateFolder, patience_s: float) -> Inspection:
    deadline = time.monotonic() + patience_s
    while (found := inspect(folder)).condition is Condition.SILENT:
        if time.monotonic() > deadline:
            raise server_silent(folder, found.state)
        time.sleep(_POLL_S)
    require_known(found)
    return found


def _go_on(
    folder: StateFolder,
    state: ServerState,
    options: ServerOptions,
    backend: Backend,
    *,
    is_temporary: bool,
) -> UpResult:
    """Let a running server have what `dev up` or `dev run` asks for beside it"""
    state, notes = _healed(folder, state, options, backend)
    kept = state
    if state.default_account:
        accounts = prepare_accounts(folder, options, state, int(time.time()))
        notes += accounts.notes(is_running=True)
        kept = replace(state, default_account=accounts.default)
    if is_temporary:
        return UpResult(state, was_running=True, notes=notes)
    kept = replace(kept, is_temporary=False)
    if kept != state:
        folder.save_state(kept)
    # A command that was killed may have started it and told nobody.
    remember(folder, kept, backend)
    return UpResult(kept, was_running=True, notes=notes)


def _healed(
    folder: StateFolder, state: ServerState, options: ServerOptions, backend: Backend
) -> tuple[ServerState, tuple[str, ...]]:
    """Start the nodes of a cluster that have ended"""
    if state.nodes == 1:
        return state, ()
    plan, _ = agree_on_plan(folder, options, state, is_temporary=state.is_temporary)
    notes = heal(folder, state, plan, backend)
    return folder.load_state() or state, notes
