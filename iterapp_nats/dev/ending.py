"""End the server of a state folder, whatever it is doing"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.lease import is_taken
from iterapp_nats.dev.process import ServerMark, end_process, find_pid
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from iterapp_nats.dev.state import ServerState, StateFolder

END_GRACE_S: Final = 5.0
_FIND_TIMEOUT_S: Final = 2.0
_POLL_S: Final = 0.005


def end_server(
    folder: StateFolder, state: ServerState | None, *, grace_s: float = END_GRACE_S
) -> None:
    """End whoever holds the lease and wait until it is free; the lock must be held

    After `grace_s` it is killed.

    Raises:
        LocalServerError: `server-not-stopped`

    """
    mark = ServerMark.of(folder, state)
    pid = _wait_for_pid(folder, mark)

    def is_gone() -> bool:
        return not is_taken(folder.lease_file)

    if is_gone():
        return
    if pid is None or not end_process(pid, mark, is_gone=is_gone, grace_s=grace_s):
        raise LocalServerError(
            "server-not-stopped",
            f"the server of {folder.path} lives, but it cannot be found or ended",
            hints=(f"end the nats-server process that reads {folder.config_file}",),
            context={"folder": str(folder.path)},
        )


def _wait_for_pid(folder: StateFolder, mark: ServerMark) -> int | None:
    # A server that was spawned a moment ago still has the command line of its parent.
    deadline = time.monotonic() + _FIND_TIMEOUT_S
    while is_taken(folder.lease_file):
        pid = find_pid(folder.pid_file, mark)
        if pid is not None or time.monotonic() > deadline:
            return pid
        time.sleep(_POLL_S)
    return None
