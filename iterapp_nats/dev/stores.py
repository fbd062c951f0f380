"""Where servers keep their streams: each number of nodes has a place of its own

What several have agreed on needs most of them again: a server alone cannot read the streams of
three, and three of five may be without a part of them. So nothing is taken along, and nothing lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.dev.plan import LaunchPlan
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder


def find_store(folder: StateFolder, state: ServerState) -> str | None:
    """Return where a node keeps its streams, None without any"""
    return str(folder.store_folder(state.nodes)) if state.jetstream else None


def note_stored_apart(folder: StateFolder, nodes_before: int, plan: LaunchPlan) -> tuple[str, ...]:
    """Return a sentence when streams are left aside by another number of nodes than before"""
    if not plan.jetstream or plan.nodes == nodes_before:
        return ()
    if not any(_has_streams(node.store_folder(nodes_before)) for node in folder.nodes()):
        return ()
    whose = f"{nodes_before} nodes" if nodes_before > 1 else "one node"
    return (f"the streams of {whose} are kept apart: --nodes {nodes_before} has them again",)


def _has_streams(store: Path) -> bool:
    return next(store.glob("jetstream/*/streams/*"), None) is not None
