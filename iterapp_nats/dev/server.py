"""The life of the local server: up, down, restart, reset

Every function holds the lock of the state folder while it changes something, so that commands that
run at the same time end in one server and one truth.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.accounts import prepare_accounts
from iterapp_nats.dev.ending import END_GRACE_S, end_server
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.launch import READY_TIMEOUT_S, launch, remember, server_silent
from iterapp_nats.dev.lease import has_users, hold_lock
from iterapp_nats.dev.plan import ANY_PORT, LaunchPlan, plan_jetstream, plan_secure
from iterapp_nats.dev.ports import require_free
from iterapp_nats.dev.proxy.life import put_proxy, stop_proxy
from iterapp_nats.dev.vault import load_realm
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.plan import ServerOptions
    from iterapp_nats.dev.state import ServerState, StateFolder

_LOCK_TIMEOUT_S: Final = 30.0
_POLL_S: Final = 0.025
_STALE_NOTE: Final = "the last server ended without dev down (a crash or a reboot); starting anew"


@dataclass(frozen=True, slots=True)
class UpResult:
    """A server that answers, and what happened on the way

    `notes` are sentences for a person: a stale state that was cleaned up, a port that was taken.
    """

    state: ServerState
    was_running: bool
    notes: tuple[str, ...] = ()


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
            `server-silent`, `state-locked`, `state-unwritable`, `vault-unusable`

    """
    folder.create()
    with _locked(folder, "dev up"):
        found = _settle(folder, patience_s)
        if found.condition is Condition.RUNNING and found.state:
            _require_same(folder, found.state, options)
            result = _go_on(folder, found.state, options, is_temporary=is_temporary)
            put_proxy(folder, result.state, wish=options.proxy)
            return result
        stale_notes = (_STALE_NOTE,) if found.condition is Condition.STALE else ()
        plan, notes = _plan(folder, options, found.state, is_temporary=is_temporary)
        launched = launch(folder, plan, backend, patience_s=patience_s)
        _put_proxy(folder, launched.state, options)
        return UpResult(
            launched.state, was_running=False, notes=(*stale_notes, *notes, *launched.notes)
        )


def stop(folder: StateFolder, *, grace_s: float = END_GRACE_S) -> Inspection:
    """End the server and return what was found before; nothing happens when none runs

    A server that does not end within `grace_s` is killed.

    Raises:
        LocalServerError: `server-not-stopped`, `state-locked`, `state-unwritable`

    """
    if not folder.path.is_dir():
        return inspect(folder)
    with _locked(folder, "dev down"):
        return _stop_locked(folder, grace_s=grace_s)


def stop_temporary(folder: StateFolder) -> bool:
    """End a server that `dev run` started, unless another `dev run` still uses it"""
    if not folder.path.is_dir():
        return False
    with _locked(folder, "dev run"):
        state = folder.load_state()
        if state is None or not state.is_temporary or has_users(folder.users_file):
            return False
        _stop_locked(folder)
        return True


def restart(folder: StateFolder, options: ServerOptions, backend: Backend) -> UpResult:
    """End the server if it runs and start it with the same address and settings

    Raises:
        LocalServerError: as `start` and `stop`; a port that is taken leaves the server running

    """
    folder.create()
    with _locked(folder, "dev restart"):
        before = folder.load_state()
        if options.port and not (before and before.port == options.port):
            require_free(options.port)
        is_used = has_users(folder.users_file)
        is_temporary = before is not None and before.is_temporary and is_used
        # Before the end of the server: what cannot be prepared leaves it running.
        plan, notes = _plan(folder, options, before, is_temporary=is_temporary)
        _end_server(folder)
        launched = launch(folder, plan, backend)
        _put_proxy(folder, launched.state, options)
        return UpResult(launched.state, was_running=False, notes=(*notes, *launched.notes))


def reset(folder: StateFolder) -> bool:
    """End the server and remove the state folder with all data; return whether there was one

    Raises:
        LocalServerError: `server-not-stopped`, `state-locked`, `state-unwritable`

    """
    if not folder.path.is_dir():
        return False
    with _locked(folder, "dev reset"):
        _stop_locked(folder)
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise folder.unusable(error) from error
    return True


def _locked(folder: StateFolder, purpose: str) -> AbstractContextManager[None]:
    return hold_lock(folder.lock_file, purpose=purpose, timeout_s=_LOCK_TIMEOUT_S)


def _settle(folder: StateFolder, patience_s: float) -> Inspection:
    deadline = time.monotonic() + patience_s
    while (found := inspect(folder)).condition is Condition.SILENT:
        if time.monotonic() > deadline:
            raise server_silent(folder, found.state)
        time.sleep(_POLL_S)
    return found


def _plan(
    folder: StateFolder,
    options: ServerOptions,
    before: ServerState | None,
    *,
    is_temporary: bool,
) -> tuple[LaunchPlan, tuple[str, ...]]:
    """Fill what was not asked for with what was there before, or what this project used last"""
    last = before or folder.load_preferences()
    accounts = None
    if plan_secure(options, last):
        accounts = prepare_accounts(folder, options, last, int(time.time()))
    plan = LaunchPlan(
        port=options.port,
        remembered_port=last.port,
        jetstream=plan_jetstream(options, last),
        is_temporary=is_temporary,
        default_account=accounts.default if accounts else None,
    )
    return plan, accounts.notes(is_running=False) if accounts else ()


def _go_on(
    folder: StateFolder, state: ServerState, options: ServerOptions, *, is_temporary: bool
) -> UpResult:
    """Let a running server have what `dev up` or `dev run` asks for beside it"""
    notes: tuple[str, ...] = ()
    kept = state
    if state.default_account:
        accounts = prepare_accounts(folder, options, state, int(time.time()))
        notes = accounts.notes(is_running=True)
        kept = replace(state, default_account=accounts.default)
    if is_temporary:
        return UpResult(state, was_running=True, notes=notes)
    kept = replace(kept, is_temporary=False)
    if kept != state:
        folder.save_state(kept)
        remember(folder, kept)
    return UpResult(kept, was_running=True, notes=notes)


def _require_same(folder: StateFolder, state: ServerState, options: ServerOptions) -> None:
    differences = []
    if options.port not in (None, ANY_PORT, state.port):
        differences.append(f"port {state.port}, not {options.port}")
    if options.jetstream not in (None, state.jetstream):
        differences.append("JetStream " + ("on" if state.jetstream else "off"))
    if options.wants_secure not in (None, state.default_account is not None):
        is_plain = state.default_account is None
        differences.append("no accounts and no TLS" if is_plain else "accounts and TLS")
    elif lack := _find_lack(folder, options):
        differences.append(f"a certificate that {lack}")
    if differences:
        raise LocalServerError(
            "server-differs",
            f"the server already runs at {state.url}, but with {' and '.join(differences)}",
            hints=("change it with iterapp-nats dev restart and the same options",),
            context={"url": state.url},
        )


def _find_lack(folder: StateFolder, options: ServerOptions) -> str:
    """Return what the certificate is not as it is wanted, empty when it is"""
    realm = load_realm(folder) if options.names or options.key_type else None
    if realm is None:
        return ""
    if options.key_type not in (None, realm.key_type):
        return f"is {realm.key_type}, not {options.key_type}"
    missing = [name for name in options.names if name not in realm.server_names]
    return f"lacks {', '.join(missing)}" if missing else ""


def _put_proxy(folder: StateFolder, state: ServerState, options: ServerOptions) -> None:
    """Put a proxy in front of a server that was just started, or let neither run"""
    try:
        put_proxy(folder, state, wish=options.proxy)
    except BaseException:
        _stop_locked(folder)
        raise


def _stop_locked(folder: StateFolder, *, grace_s: float = END_GRACE_S) -> Inspection:
    stop_proxy(folder)
    return _end_server(folder, grace_s=grace_s)


def _end_server(folder: StateFolder, *, grace_s: float = END_GRACE_S) -> Inspection:
    found = inspect(folder)
    if found.condition in (Condition.RUNNING, Condition.SILENT):
        end_server(folder, found.state, grace_s=grace_s)
    folder.clear_state()
    return found
