"""Servers that have lost their state: `git clean -fdx` takes the folder and leaves the process

A new folder knows nothing of them, and its lease is free. What tells them is their command line,
and that they stand in the folder: a project that was moved takes its server along.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.engines.containers import project_label
from iterapp_nats.dev.engines.engine import DEFAULT_COMMAND, Engine
from iterapp_nats.dev.plan import GENERATION_PREFIX
from iterapp_nats.dev.process import (
    ServerMark,
    end_process,
    list_command_lines,
    read_command_line,
    read_folder,
)
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.state import StateFolder

_NODE: Final = re.compile(r"node-\d+/")
_REMOVED: Final = " (deleted)"


@dataclass(frozen=True, slots=True)
class Orphan:
    """A process that reads a file of a state folder; `is_elsewhere` may be one in a container"""

    pid: int
    mark: ServerMark
    is_elsewhere: bool


def find_orphan(folder: StateFolder) -> int | None:
    """Return the pid of a server of this folder that has lost its state, None without one

    It is meant for a folder whose server does not run, as far as its state and its lease tell.
    """
    orphans = list(_list_orphans(folder, folder.config_file.name))
    if any(orphan.is_elsewhere for orphan in orphans) and _list_containers(folder):
        return orphans[0].pid
    return next((orphan.pid for orphan in orphans if not orphan.is_elsewhere), None)


def end_orphans(folder: StateFolder, *, reading: str, grace_s: float) -> None:
    """End the processes of this folder that read a file of that name; the lock must be held

    Raises:
        LocalServerError: `server-not-stopped`, `docker-not-running` and its like

    """
    orphans = list(_list_orphans(folder, reading))
    for orphan in orphans:
        if not orphan.is_elsewhere:
            _end(orphan, grace_s)
    if any(orphan.is_elsewhere for orphan in orphans) and (names := _list_containers(folder)):
        engine = _engine()
        engine.stop(*names, grace_s=grace_s)
        engine.remove(*names)


def _list_orphans(folder: StateFolder, reading: str) -> Iterator[Orphan]:
    start = f" -c {folder.path}/"
    for pid, line in list_command_lines():
        head, found, rest = line.rpartition(start)
        if not found or f" --name {GENERATION_PREFIX}" not in head:
            continue
        node = _NODE.match(rest)
        if rest.removeprefix(node[0] if node else "") != reading:
            continue
        own = folder.path / rest
        stands_in = read_folder(pid)
        is_here = stands_in is None or _is_same(stands_in, str(own.parent))
        yield Orphan(pid, ServerMark(str(own)), is_elsewhere=not is_here)


def _is_same(stands_in: str, own: str) -> bool:
    return stands_in.removesuffix(_REMOVED) == os.path.realpath(own)


def _end(orphan: Orphan, grace_s: float) -> None:
    def is_gone() -> bool:
        return not orphan.mark.is_on(read_command_line(orphan.pid))

    if not end_process(orphan.pid, orphan.mark, is_gone=is_gone, grace_s=grace_s):
        raise LocalServerError(
            "server-not-stopped",
            f"process {orphan.pid} reads {orphan.mark.config_file}, but it cannot be ended",
            hints=(f"end it with kill -9 {orphan.pid}",),
        )


def _engine() -> Engine:
    # Which one it was is forgotten with the state.
    return Engine((DEFAULT_COMMAND,))


def _list_containers(folder: StateFolder) -> list[str]:
    """Return the containers of a folder; none when the engine cannot be asked"""
    try:
        return _engine().labelled(project_label(folder))
    except LocalServerError:
        return []
