"""Which nats-server has stored the streams of a folder, and what another one makes of them"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iterapp_nats.dev.inspection import find_info

if TYPE_CHECKING:
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder


def note_stored_version(folder: StateFolder, state: ServerState) -> tuple[str, ...]:
    """Remember the version that keeps the streams from now on

    Returns a sentence when another one kept them before; raises `state-unwritable`.
    """
    info = find_info(state.host, state.port) if state.jetstream else None
    if info is None or not info.version:
        return ()
    path = folder.version_file
    try:
        before = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        before = info.version
    if before == info.version and path.exists():
        return ()
    folder.save_private(path, f"{info.version}\n")
    return tuple(_describe_change(before, info.version))


def _describe_change(before: str, now: str) -> list[str]:
    if before == now:
        return []
    if _numbers(now) < _numbers(before):
        older = f"nats-server {before} stored the streams, and this is {now}, which is older"
        return [f"{older}: what it does not know is ignored, and such streams may stay offline"]
    return [f"nats-server {before} stored the streams, and {now} goes on with them"]


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version.partition("-")[0])]
