"""A server and the proxy in front of it: started and remembered together, or not at all"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.dev.clusters.nodes import end_nodes, launch_nodes
from iterapp_nats.dev.launch import READY_TIMEOUT_S, remember
from iterapp_nats.dev.proxy.life import proxy_in_cluster, put_proxy, stop_proxy

if TYPE_CHECKING:
    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.launch import LaunchResult
    from iterapp_nats.dev.plan import LaunchPlan, ServerOptions
    from iterapp_nats.dev.state import StateFolder


def launch_with_proxy(
    folder: StateFolder,
    plan: LaunchPlan,
    backend: Backend,
    options: ServerOptions,
    *,
    patience_s: float = READY_TIMEOUT_S,
) -> LaunchResult:
    """Start what a plan has, put the proxy in front of it, and remember both; the lock must be held

    Raises:
        LocalServerError: as `launch_nodes` and `put_proxy`

    """
    try:
        launched = launch_nodes(folder, plan, backend, patience_s=patience_s)
    except BaseException:
        stop_proxy(folder)
        raise
    try:
        put_proxy(folder, launched.state, wish=options.proxy)
        remember(folder, launched.state, backend)
    except BaseException:
        stop_proxy(folder)
        end_nodes(folder)
        raise
    return launched


def require_proxy_possible(plan: LaunchPlan, options: ServerOptions) -> None:
    """Do nothing where a proxy can be had as it is wished; raises `proxy-in-cluster`"""
    if options.proxy and plan.nodes > 1:
        raise proxy_in_cluster()
