"""Several servers that are one: started together, known to each other, replaced in turn"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.clusters.joining import Gathering, streams_behind
from iterapp_nats.dev.ending import END_GRACE_S, end_server, retire_server
from iterapp_nats.dev.engines.containers import (
    container_name,
    engine_of,
    former_folder,
    has_moved,
    network_name,
    project_label,
)
from iterapp_nats.dev.inspection import Condition, inspect_node
from iterapp_nats.dev.launch import READY_TIMEOUT_S, LaunchResult, launch
from iterapp_nats.dev.plan import ANY_PORT, DEFAULT_PORT
from iterapp_nats.dev.ports import choose_ports, require_free_for_node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.engines.engine import Engine
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.plan import LaunchPlan
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_HAD_ENDED: Final = "had ended; it is back"
_WAS_SILENT: Final = "did not answer; it was replaced"


def launch_nodes(
    folder: StateFolder,
    plan: LaunchPlan,
    backend: Backend,
    *,
    patience_s: float = READY_TIMEOUT_S,
) -> LaunchResult:
    """Start all nodes that a plan has, one for most; the lock must be held

    Raises:
        LocalServerError: as `launch`; `cluster-apart`

    """
    if plan.nodes == 1:
        return launch(folder, plan, backend, patience_s=patience_s)
    others = (plan.port, plan.remembered_port, plan.remembered_websocket_port)
    routes = choose_ports(f"{folder.path}/routes", plan.nodes, others=others)
    notes: tuple[str, ...] = ()
    try:
        for number in range(1, plan.nodes + 1):
            result = _launch_node(folder, plan, number, routes, backend)
            notes += result.notes
        gathering = Gathering.of(folder)
        notes += gathering.wait_until_joined()
    except BaseException:
        end_nodes(folder)
        if backend.engine:
            # Of a first node that never came to be nothing is left that tells of a cluster.
            backend.engine.remove_network(network_name(folder))
        raise
    return LaunchResult(gathering.state, notes)


def end_nodes(folder: StateFolder, *, grace_s: float = END_GRACE_S) -> None:
    """End all servers of a project and forget them; the lock must be held

    Raises:
        LocalServerError: `server-not-stopped`, `docker-not-running` and its like

    """
    nodes = folder.nodes()
    found = [inspect_node(node) for node in nodes]
    engine = engine_of(folder, found[0].state)
    was_cluster = found[0].state is not None and found[0].state.nodes > 1
    is_network = was_cluster or any(_is_left(each) for each in found[1:])
    if engine and is_network:
        # All at once: one that looks for another ends only when it was told that it is away.
        engine.stop(*_list_containers(engine, folder, found), grace_s=grace_s)
    # The last first: the state of the first tells how many there are.
    for node, each in reversed(list(zip(nodes, found, strict=True))):
        if _is_left(each):
            end_server(node, each.state, grace_s=grace_s)
        node.clear_state()
    if engine and is_network:
        engine.remove_network(network_name(former_folder(folder, found[0].state)))


def _list_containers(
    engine: Engine, folder: StateFolder, found: Sequence[Inspection]
) -> Sequence[str]:
    """Return the containers of all nodes of a project"""
    if has_moved(folder, found[0].state):
        return [container_name(each.state) for each in found if each.state]
    return engine.labelled(project_label(folder))


def heal(
    folder: StateFolder, state: ServerState, plan: LaunchPlan, backend: Backend
) -> tuple[str, ...]:
    """Start the nodes that do not run, and return a sentence for each; the lock must be held

    Raises:
        LocalServerError: as `launch_nodes`

    """
    notes: list[str] = []
    for number in range(1, state.nodes + 1):
        condition = inspect_node(folder.node(number)).condition
        if condition is Condition.RUNNING:
            continue
        _relaunch(folder, plan, number, state.routes, backend)
        was_silent = condition is Condition.SILENT
        notes.append(f"node {number} {_WAS_SILENT if was_silent else _HAD_ENDED}")
    return (*notes, *Gathering.of(folder).wait_until_joined()) if notes else ()


def replace_nodes(
    folder: StateFolder,
    state: ServerState,
    plan: LaunchPlan,
    backend: Backend,
    tell: Callable[[int], None],
) -> ServerState:
    """Restart the nodes one after the other, each when the others have its clients and streams

    Those with the fewest clients come first: then hardly anybody has to move twice. `tell` hears
    the number of each node that is back.

    Raises:
        LocalServerError: as `launch_nodes`; `server-not-stopped`

    """
    waiting = set(range(1, state.nodes + 1))
    gathering = Gathering.of(folder)
    _require_whole(gathering)
    while waiting:
        clients, number = gathering.count_clients(), gathering.find_quietest(waiting)
        node = folder.node(number)
        retire_server(node, node.load_state())
        _relaunch(folder, plan, number, state.routes, backend)
        gathering = Gathering.of(folder)
        _require_whole(gathering)
        gathering.wait_for_clients(clients)
        waiting.remove(number)
        tell(number)
    return gathering.state


def _require_whole(gathering: Gathering) -> None:
    """Go on only when every node can be spared: its streams are whole on the others"""
    if behind := gathering.wait_until_joined():
        raise streams_behind(behind)


def _is_left(found: Inspection) -> bool:
    """Tell whether there is a server, or a container that may have been one"""
    is_container = found.state is not None and bool(found.state.engine) and not found.trouble
    return is_container or found.condition in {Condition.RUNNING, Condition.SILENT}


def _launch_node(
    folder: StateFolder,
    plan: LaunchPlan,
    number: int,
    routes: tuple[int, ...],
    backend: Backend,
) -> LaunchResult:
    node = folder.node(number).create()
    last = node.load_preferences()
    if number > 1:
        plan = replace(
            plan,
            # Any port of its own is as good as another, and stays with it.
            port=ANY_PORT if plan.port == ANY_PORT else None,
            remembered_port=last.port,
            first_port=_port_of(folder) + number - 1,
            remembered_websocket_port=last.websocket_port,
        )
    return launch(node, replace(plan, number=number, routes=routes), backend)


def _port_of(folder: StateFolder) -> int:
    state = folder.load_state()
    return state.port if state else DEFAULT_PORT


def _relaunch(
    folder: StateFolder,
    plan: LaunchPlan,
    number: int,
    routes: tuple[int, ...],
    backend: Backend,
) -> None:
    node = folder.node(number).create()
    before = node.load_state()
    end_server(node, before)
    # Others and clients know its address: it is this one or none.
    port = before.port if before else node.load_preferences().port
    # Ports of containers are between these alone.
    own_routes = () if backend.engine else (routes[number - 1],)
    require_free_for_node(number, *([port] if port else []), *own_routes)
    launch(node, replace(plan, port=port, number=number, routes=routes), backend)
