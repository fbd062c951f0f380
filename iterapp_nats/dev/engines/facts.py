"""What an engine is; asked once, as each node of a cluster needs it and it stays what it is"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.dev.engines.engine import Engine


@functools.cache
def is_podman(engine: Engine) -> bool:
    """Tell whether the tool is Podman, under whatever name"""
    return "podman" in engine.ask("--version").lower()


@functools.cache
def is_rootless(engine: Engine) -> bool:
    """Tell whether the engine runs as a user, who is root in its containers"""
    facts = json.loads(engine.ask("info", "--format", "{{json .}}"))
    by_podman = facts.get("host", {}).get("security", {}).get("rootless")
    return bool(by_podman) or "name=rootless" in (facts.get("SecurityOptions") or ())
