"""Containers of a state folder: how they are named, found and ended"""

from __future__ import annotations

import os
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.engines.engine import Engine
from iterapp_nats.dev.lease import is_taken, take_lease

if TYPE_CHECKING:
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_LABEL: Final = "iterapp-nats.folder"
_PROJECT_LABEL: Final = "iterapp-nats.project"
_TOOL_PATIENCE_S: Final = 5.0
_POLL_S: Final = 0.01


def container_name(state: ServerState) -> str:
    """Return the name of the container of one start: engines know ASCII only"""
    return "".join(letter if letter.isascii() else "-" for letter in state.generation)


def container_label(folder: StateFolder) -> str:
    """Return the label of the containers of a node"""
    return f"{_LABEL}={folder.path}"


def project_label(folder: StateFolder) -> str:
    """Return the label of what the nodes of a project share"""
    return f"{_PROJECT_LABEL}={folder.top.path}"


def network_name(folder: StateFolder) -> str:
    """Return the name of the network in which the nodes of a project find each other"""
    return f"iterapp-nats-{zlib.crc32(os.fsencode(folder.top.path)):08x}"


def node_name(number: int) -> str:
    """Return the name of a node in that network"""
    return f"node-{number}"


def engine_of(folder: StateFolder, state: ServerState | None) -> Engine | None:
    """Return the engine that runs the server of a folder, None when a process does

    Without a state, what the project used last tells it.
    """
    prefix = state.engine if state else folder.load_preferences().engine
    return Engine(prefix) if prefix else None


def has_moved(folder: StateFolder, state: ServerState | None) -> bool:
    """Tell whether a folder has another path than when its server was started

    The labels of its containers name the old one, which may be that of another project by now.
    """
    return state is not None and state.folder not in {"", str(folder.path)}


def former_folder(folder: StateFolder, state: ServerState | None) -> StateFolder:
    """Return the folder as it was called when its server was started"""
    return replace(folder, path=Path(state.folder)) if state and state.folder else folder


def is_container_alive(engine: Engine, folder: StateFolder, state: ServerState | None) -> bool:
    """Tell whether the server of a folder runs in a container; raises `docker-not-running`…"""
    if state and has_moved(folder, state):
        found = engine.find(container_name(state))
        return found is not None and found.is_alive
    return engine.is_alive(container_label(folder))


def end_containers(
    engine: Engine, folder: StateFolder, state: ServerState | None, grace_s: float
) -> bool:
    """End and remove the containers of a folder; return whether there were any

    Raises:
        LocalServerError: `docker-not-running` and its like

    """
    _wait_for_tool(folder)
    names = set(engine.labelled(container_label(folder)))
    if state and has_moved(folder, state) and engine.find(container_name(state)):
        names.add(container_name(state))
    if names:
        lease = take_lease(folder.lease_file)
        try:
            engine.stop(*names, grace_s=grace_s, lease=lease)
        finally:
            if lease is not None:
                os.close(lease)
    engine.remove(*names)
    return bool(names)


def _wait_for_tool(folder: StateFolder) -> None:
    # The engine's tool holds the lease while it creates or stops a container, also when whoever
    # called it was killed.
    deadline = time.monotonic() + _TOOL_PATIENCE_S
    while is_taken(folder.lease_file) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
