"""The configuration file of a server: written for a start, and tried before one is ended for it"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.dev.accounts.system_user import require_system_password
from iterapp_nats.dev.accounts.vault import load_secure_plan
from iterapp_nats.dev.plan import HOST, name_cluster
from iterapp_nats.dev.stores import find_store
from iterapp_nats.errors import InputError, LocalServerError
from iterapp_nats.server_config import ClusterPlan, ServerPlan, quote, render_server_config

if TYPE_CHECKING:
    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.secret import Secret

_SNIPPET_NAME: Final = "snippet.conf"
_TRIAL_NAME: Final = "trial"


def write_config(folder: StateFolder, state: ServerState, backend: Backend) -> None:
    """Write what the server of `state` is to read

    Raises:
        InputError: as `load_snippet`
        LocalServerError: `state-unwritable`, `vault-unusable`

    """
    if state.snippet:
        text = load_snippet(folder, state)
        folder.save_private(folder.path / _SNIPPET_NAME, text)
    folder.save_private(folder.config_file, _render(folder, state, backend))


def load_snippet(folder: StateFolder, state: ServerState) -> str:
    """Return the user's own settings as they are included

    Raises:
        InputError: `file-unreadable`, `snippet-refused`

    """
    from iterapp_nats.config_snippet import merge_snippet

    path, store = Path(state.snippet), find_store(folder, state)
    return merge_snippet(
        files.read_text(path, purpose="--config-snippet"),
        path.name,
        store_folder=quote(store) if store else None,
        secure=state.default_account is not None,
        nodes=state.nodes,
    )


def is_snippet_in_use(folder: StateFolder, state: ServerState) -> bool:
    """Tell whether the running server of `state` has read what the user's file says now"""
    if not state.snippet:
        return True
    try:
        used = (folder.path / _SNIPPET_NAME).read_text("utf-8")
    except (OSError, ValueError):
        return False
    return used == load_snippet(folder, state)


def try_config(folder: StateFolder, state: ServerState, backend: Backend) -> None:
    """Let the server read the configuration that it would have, in a folder of its own

    Raises:
        InputError: `snippet-invalid`, as `load_snippet`
        LocalServerError: `server-not-started`, `state-unwritable`, `docker-not-running` and its
            like

    """
    snippet = load_snippet(folder, state) if state.snippet else None
    config = _render(folder, state, backend)
    trial = folder.path / _TRIAL_NAME
    try:
        files.make_private_folder(trial)
        if snippet is not None:
            files.write_private(trial / _SNIPPET_NAME, snippet)
        files.write_private(trial / folder.config_file.name, config)
        said = backend.test(folder, trial / folder.config_file.name)
    except OSError as error:
        raise folder.unusable(error) from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(trial)
    if said is None:
        return
    if state.snippet:
        raise _invalid(Path(state.snippet), said)
    raise _unusable(backend, said)


def _unusable(backend: Backend, said: str) -> LocalServerError:
    wish = "--image NAME" if backend.engine else "--server-binary PATH"
    return LocalServerError(
        "server-not-started",
        f"{backend.executable} does not read its configuration: {said.strip() or 'it ended'}",
        hints=(f"name another one with {wish}",),
        context={"executable": backend.executable},
    )


def _invalid(path: Path, said: str) -> InputError:
    reason = said.strip().removeprefix("nats-server: ").strip()
    for place in (f"include file '{_SNIPPET_NAME}'", _SNIPPET_NAME):
        reason = reason.replace(place, path.name)
    return InputError(
        "snippet-invalid",
        f"nats-server does not take {path}: {reason}",
        context={"path": str(path)},
    )


def _render(folder: StateFolder, state: ServerState, backend: Backend) -> str:
    top, host = folder.top, backend.listen_host
    is_behind = host != state.host
    return render_server_config(
        ServerPlan(
            generation=state.generation,
            host=host,
            port=state.port,
            log_file=str(folder.log_file),
            pid_file=str(folder.pid_file),
            store_folder=find_store(folder, state),
            secure=load_secure_plan(top) if state.default_account else None,
            system_password=_system_password(top, state),
            # Clients learn of other nodes by it, also of those in containers.
            advertise=f"{HOST}:{state.port}" if is_behind and state.routes else None,
            cluster=_cluster(folder, state, backend),
            websocket=f"{host}:{state.websocket_port}" if state.websocket_port else None,
            snippet_file=_SNIPPET_NAME if state.snippet else None,
        )
    )


def _system_password(top: StateFolder, state: ServerState) -> Secret | None:
    # The user's own settings may have accounts, and ours would not go with them.
    if state.default_account or state.snippet:
        return None
    return require_system_password(top)


def _cluster(folder: StateFolder, state: ServerState, backend: Backend) -> ClusterPlan | None:
    if not state.routes:
        return None
    addresses = (
        f"{backend.route_host(number)}:{port}" for number, port in enumerate(state.routes, start=1)
    )
    listen = f"{backend.listen_host}:{state.routes[folder.number - 1]}"
    return ClusterPlan(name_cluster(str(folder.top.path)), listen, tuple(addresses))
