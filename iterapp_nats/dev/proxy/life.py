"""The life of a project's proxy: as the server's, it holds a lease and carries a mark

Whoever calls these holds the lock of the state folder.
"""

from __future__ import annotations

import os
import socket
import subprocess
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.lease import is_taken, take_lease
from iterapp_nats.dev.plan import HOST, name_generation
from iterapp_nats.dev.process import ServerMark, end_process, find_pid
from iterapp_nats.dev.proxy.process import command_line
from iterapp_nats.dev.proxy.state import ProxyFiles, ProxyState
from iterapp_nats.errors import LocalServerError
from iterapp_nats.secret import Secret

if TYPE_CHECKING:
    from iterapp_nats.dev.state import StateFolder

_NAME_BYTES: Final = 6
_TOKEN_BYTES: Final = 24
_END_GRACE_S: Final = 3.0


def start_proxy(folder: StateFolder, target_port: int, port: int = 0) -> ProxyState:
    """Start a proxy in front of a port of this machine, or return the one that runs

    It listens on `port`, on any free one for 0 or when that is taken.

    Raises:
        LocalServerError: `proxy-not-started`, `state-unwritable`

    """
    files = ProxyFiles(folder)
    running = files.find_running()
    if running and running.target_port == target_port:
        return running
    stop_proxy(folder)
    lease = take_lease(files.lease_file)
    if lease is None:
        raise _not_started("another one is being started")
    try:
        with _listen(port) as listener, _listen(0) as control:
            state = ProxyState(
                generation=name_generation(folder.path.parent.name, os.urandom(_NAME_BYTES)),
                port=listener.getsockname()[1],
                control_port=control.getsockname()[1],
                target_port=target_port,
                token=Secret(os.urandom(_TOKEN_BYTES).hex()),
            )
            files.save(state)
            _spawn(files, state, (listener.fileno(), control.fileno(), lease))
            return state
    finally:
        # From here on the proxy alone holds it.
        os.close(lease)


def stop_proxy(folder: StateFolder) -> bool:
    """End the proxy of a state folder and return whether there was one

    Raises:
        LocalServerError: `proxy-not-stopped`

    """
    files = ProxyFiles(folder)
    if not is_taken(files.lease_file):
        files.state_file.unlink(missing_ok=True)
        files.pid_file.unlink(missing_ok=True)
        return False
    mark = _mark(files, files.load())
    pid = find_pid(files.pid_file, mark)

    def is_gone() -> bool:
        return not is_taken(files.lease_file)

    if pid is None or not end_process(pid, mark, is_gone=is_gone, grace_s=_END_GRACE_S):
        raise LocalServerError(
            "proxy-not-stopped",
            f"the proxy of {folder.path} lives, but it cannot be found or ended",
            hints=(f"end the process that reads {files.state_file}",),
            context={"folder": str(folder.path)},
        )
    files.state_file.unlink(missing_ok=True)
    files.pid_file.unlink(missing_ok=True)
    return True


def _mark(files: ProxyFiles, state: ProxyState | None) -> ServerMark:
    return ServerMark(str(files.state_file), state.generation if state else None)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError:
        return socket.create_server((HOST, 0))


def _spawn(files: ProxyFiles, state: ProxyState, descriptors: tuple[int, int, int]) -> None:
    listener, control, _ = descriptors
    try:
        with files.log_file.open("wb") as log:
            process = subprocess.Popen(
                command_line(listener, control, _mark(files, state).arguments()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=files.folder.path,
                pass_fds=descriptors,
                start_new_session=True,
            )
    except OSError as error:
        raise _not_started((error.strerror or str(error)).lower()) from error
    files.folder.save_private(files.pid_file, str(process.pid))
    # Popen warns of a child that nobody waited for, and this one is not meant to be.
    process.returncode = 0


def _not_started(reason: str) -> LocalServerError:
    return LocalServerError(
        "proxy-not-started",
        f"the proxy in front of the local server did not start: {reason}",
        hints=("look at log/proxy.log in .iterapp-nats",),
    )
