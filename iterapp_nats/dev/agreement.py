"""What is asked for beside what was there before, and beside what runs"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from iterapp_nats.dev.accounts.minting import prepare_accounts
from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.dev.configuration import is_snippet_in_use
from iterapp_nats.dev.engines.containers import node_name
from iterapp_nats.dev.plan import (
    ANY_PORT,
    BackendName,
    LaunchPlan,
    plan_jetstream,
    plan_key_type,
    plan_secure,
    plan_websocket,
)
from iterapp_nats.dev.proxy.life import find_proxy_port
from iterapp_nats.dev.stores import note_stored_apart
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.plan import ServerOptions
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder


def agree_on_plan(
    folder: StateFolder,
    options: ServerOptions,
    before: ServerState | None,
    *,
    is_temporary: bool,
) -> tuple[LaunchPlan, tuple[str, ...]]:
    """Fill what was not asked for with what was there before, or what this project used last

    What a server of `dev run` had is no example for one that stays.

    Raises:
        LocalServerError: `vault-unusable`, `state-unwritable`
        InputError: `extra-missing`

    """
    if before and before.is_temporary and not is_temporary:
        before = None
    last = before or folder.load_preferences()
    nodes = options.nodes or last.nodes
    accounts = None
    if plan_secure(options, last):
        wanted = replace(options, key_type=plan_key_type(options, last))
        if nodes > 1:
            names = tuple(node_name(number) for number in range(1, nodes + 1))
            wanted = replace(wanted, names=options.names + names)
        accounts = prepare_accounts(folder, wanted, last, int(time.time()))
    plan = LaunchPlan(
        port=options.port,
        remembered_port=last.port,
        jetstream=plan_jetstream(options, last),
        is_temporary=is_temporary,
        default_account=accounts.default if accounts else None,
        snippet=last.snippet if options.snippet is None else options.snippet,
        websocket=plan_websocket(options, last),
        remembered_websocket_port=last.websocket_port,
        nodes=nodes,
    )
    notes = accounts.notes(is_running=False) if accounts else ()
    return plan, notes + note_stored_apart(folder, last.nodes, plan)


def require_same(
    folder: StateFolder, state: ServerState, options: ServerOptions, *, is_temporary: bool = False
) -> None:
    """Do nothing where a running server is as it is asked for

    A proxy comes and goes beside it, but not for a while: other apps may use it.

    Raises:
        LocalServerError: `server-differs`
        InputError: as `load_snippet`

    """
    differences = list(_differences(folder, state, options))
    if is_temporary and state.nodes == 1:
        differences += _proxy_differences(folder, options)
    if differences:
        raise LocalServerError(
            "server-differs",
            f"the server already runs at {state.url}, but with {' and '.join(differences)}",
            hints=("change it with iterapp-nats dev restart and the same options",),
            context={"url": state.url},
        )


def _differences(folder: StateFolder, state: ServerState, options: ServerOptions) -> Iterator[str]:
    if options.port not in (None, ANY_PORT, state.port):
        yield f"port {state.port}, not {options.port}"
    if options.jetstream not in (None, state.jetstream):
        yield "JetStream " + ("on" if state.jetstream else "off")
    if options.websocket not in (None, state.websocket_port is not None):
        yield "a port for browsers" if state.websocket_port else "no port for browsers"
    if options.nodes not in (None, state.nodes):
        yield f"{state.nodes} nodes" if state.nodes > 1 else "one node"
    yield from _backend_differences(state, options)
    if options.wants_secure not in (None, state.default_account is not None):
        yield "no accounts and no TLS" if state.default_account is None else "accounts and TLS"
    elif lack := _find_lack(folder, options):
        yield f"a certificate that {lack}"
    yield from _snippet_differences(folder, state, options)


def _proxy_differences(folder: StateFolder, options: ServerOptions) -> Iterator[str]:
    has_proxy = find_proxy_port(folder) is not None
    if options.proxy not in (None, has_proxy):
        yield "a proxy" if has_proxy else "no proxy"


def _backend_differences(state: ServerState, options: ServerOptions) -> Iterator[str]:
    if options.backend not in (BackendName.AUTO, state.backend):
        yield f"backend {state.backend}"
    elif state.engine and options.image not in (None, state.executable):
        yield f"image {state.executable}"
    elif options.server_binary and options.server_binary != state.executable:
        yield f"nats-server {state.executable}"


def _snippet_differences(
    folder: StateFolder, state: ServerState, options: ServerOptions
) -> Iterator[str]:
    if options.snippet is None:
        return
    if options.snippet != state.snippet:
        yield f"the settings of {state.snippet}" if state.snippet else "no settings of a file"
    elif not is_snippet_in_use(folder, state):
        yield f"{state.snippet} as it was before"


def _find_lack(folder: StateFolder, options: ServerOptions) -> str:
    """Return what the certificate is not as it is wanted, empty when it is"""
    realm = load_realm(folder) if options.names or options.key_type else None
    if realm is None:
        return ""
    if options.key_type not in (None, realm.key_type):
        return f"is {realm.key_type}, not {options.key_type}"
    missing = [name for name in options.names if name not in realm.server_names]
    return f"lacks {', '.join(missing)}" if missing else ""
