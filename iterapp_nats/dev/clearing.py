"""Clear away what runs for a project, or has run; whoever calls these holds the lock"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.clusters.nodes import end_nodes
from iterapp_nats.dev.ending import END_GRACE_S
from iterapp_nats.dev.engines.containers import has_moved
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.orphans import end_orphans
from iterapp_nats.dev.proxy.life import stop_proxy
from iterapp_nats.dev.proxy.state import ProxyFiles

if TYPE_CHECKING:
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.state import StateFolder

_STALE_NOTE: Final = "the last server ended without dev down (a crash or a reboot); starting anew"
_LOST_NOTE: Final = "the state of the last server was removed while it ran; ended it, starting anew"


def end_all(folder: StateFolder, *, grace_s: float = END_GRACE_S) -> Inspection:
    """End the servers and the proxy of a project, and return what was found before

    Raises:
        LocalServerError: `server-not-stopped`, `proxy-not-stopped`, `docker-not-running`…

    """
    stop_proxy(folder)
    end_orphans(folder, reading=ProxyFiles(folder).state_file.name, grace_s=grace_s)
    return end_servers(folder, grace_s=grace_s)


def end_servers(folder: StateFolder, *, grace_s: float = END_GRACE_S) -> Inspection:
    """End the servers of a project alone; returns and raises as `end_all`"""
    found = inspect(folder)
    require_known(found)
    end_nodes(folder, grace_s=grace_s)
    end_orphans(folder, reading=folder.config_file.name, grace_s=grace_s)
    return found


def clear_away(folder: StateFolder, found: Inspection) -> tuple[str, ...]:
    """End a server that has lost its state, and return a sentence for what is left of the last"""
    if found.condition is Condition.LOST:
        end_all(folder)
        return (_LOST_NOTE,)
    if has_moved(folder, found.state) and not found.trouble:
        # What has crashed there is kept under a label of the old path.
        end_nodes(folder)
    return (_STALE_NOTE,) if found.condition is Condition.STALE else ()


def require_known(found: Inspection) -> None:
    """Do nothing where the engine could be asked; raises `docker-not-running` and its like"""
    for node in found.nodes or (found,):
        if node.trouble and node.condition is Condition.UNKNOWN:
            raise node.trouble
