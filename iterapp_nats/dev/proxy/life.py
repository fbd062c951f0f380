"""The life of a project's proxy: as the server's, it holds a lease and carries a mark

Whoever calls these holds the lock of the state folder.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.lease import is_taken, take_lease
from iterapp_nats.dev.plan import HOST, name_generation, plan_proxy_ports
from iterapp_nats.dev.process import ServerMark, end_process, find_pid
from iterapp_nats.dev.proxy.state import ProxyFiles, ProxyState
from iterapp_nats.errors import InputError, LocalServerError
from iterapp_nats.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from iterapp_nats.dev.proxy.process import main; main()"
)
_NAME_BYTES: Final = 6
_TOKEN_BYTES: Final = 24
_END_GRACE_S: Final = 3.0
_READY_S: Final = 10.0
_POLL_S: Final = 0.1
_END_POLL_S: Final = 0.005


def put_proxy(folder: StateFolder, server: ServerState, *, wish: bool | None) -> ProxyState | None:
    """Have a proxy in front of a server or none, as it is wished or as it was before

    Raises:
        LocalServerError: `proxy-not-started`, `proxy-not-stopped`, `state-unwritable`
        InputError: `proxy-in-cluster`

    """
    if wish and server.nodes > 1:
        raise proxy_in_cluster()
    port = find_proxy_port(folder)
    proxy = None
    if server.nodes == 1 and (wish or (wish is None and port is not None)):
        proxy = start_proxy(folder, server.port, port)
    else:
        stop_proxy(folder)
    if not server.is_temporary:
        memory = folder.load_preferences()
        folder.save_preferences(replace(memory, proxy_port=proxy.port if proxy else None))
    return proxy


def find_proxy_port(folder: StateFolder) -> int | None:
    """Return where a proxy listens, or is to listen when nobody wishes otherwise; None for none"""
    running = ProxyFiles(folder).find_running()
    return running.port if running else folder.load_preferences().proxy_port


def start_proxy(folder: StateFolder, target_port: int, port: int | None = None) -> ProxyState:
    """Start a proxy in front of a port of this machine, or return the one that runs

    It listens on `port`, or when that is taken on the next one of the project's own.

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
        with (
            _listen(plan_proxy_ports(str(folder.path), remembered=port)) as listener,
            socket.create_server((HOST, 0)) as control,
        ):
            state = ProxyState(
                generation=name_generation(folder.path.parent.name, os.urandom(_NAME_BYTES)),
                port=listener.getsockname()[1],
                control_port=control.getsockname()[1],
                target_port=target_port,
                token=Secret(os.urandom(_TOKEN_BYTES).hex()),
            )
            files.save(state)
            _spawn(files, state, (listener.fileno(), control.fileno(), lease))
    finally:
        # From here on the proxy alone holds it.
        os.close(lease)
    try:
        _wait_ready(files, state)
    except BaseException:
        stop_proxy(folder)
        raise
    return state


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
    if not _end(files):
        raise LocalServerError(
            "proxy-not-stopped",
            f"the proxy of {folder.path} lives, but it cannot be found or ended",
            hints=(f"end the process that reads {files.state_file}",),
            context={"folder": str(folder.path)},
        )
    files.state_file.unlink(missing_ok=True)
    files.pid_file.unlink(missing_ok=True)
    return True


def _end(files: ProxyFiles) -> bool:
    mark = _mark(files, files.load())

    def is_gone() -> bool:
        return not is_taken(files.lease_file)

    deadline = time.monotonic() + _END_GRACE_S
    while not is_gone() and time.monotonic() < deadline:
        # One that was spawned a moment ago has no command line yet, one that dies none any more.
        pid = find_pid(files.pid_file, mark)
        if pid is not None and end_process(pid, mark, is_gone=is_gone, grace_s=_END_GRACE_S):
            return True
        time.sleep(_END_POLL_S)
    return is_gone()


def _mark(files: ProxyFiles, state: ProxyState | None) -> ServerMark:
    return ServerMark(str(files.state_file), state.generation if state else None)


def _listen(ports: Iterator[int]) -> socket.socket:
    for port in ports:
        with suppress(OSError):
            return socket.create_server((HOST, port))
    return socket.create_server((HOST, 0))


def _spawn(files: ProxyFiles, state: ProxyState, descriptors: tuple[int, int, int]) -> None:
    listener, control, _ = descriptors
    try:
        with files.log_file.open("wb") as log:
            process = subprocess.Popen(
                _command_line(listener, control, _mark(files, state)),
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


def _wait_ready(files: ProxyFiles, state: ProxyState) -> None:
    """Wait until it answers; its sockets are open from the start, so that nobody is refused"""
    order = json.dumps({"token": state.token.reveal(), "fault": None}).encode() + b"\n"
    with suppress(OSError):
        if _answers(files, state, order):
            return
    raise _not_started(_last_line(files.log_file) or "it does not answer")


def _answers(files: ProxyFiles, state: ProxyState, order: bytes) -> bool:
    deadline = time.monotonic() + _READY_S
    with socket.create_connection((HOST, state.control_port)) as connection:
        connection.sendall(order)
        connection.settimeout(_POLL_S)
        while time.monotonic() < deadline and is_taken(files.lease_file):
            with suppress(TimeoutError):
                return bool(connection.recv(1))
    return False


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""


def _command_line(listener: int, control: int, mark: ServerMark) -> list[str]:
    # The package's place goes along, because the folder of the process is not ours.
    package = str(Path(__file__).resolve().parents[3])
    places = [package, str(listener), str(control)]
    return [sys.executable, "-I", "-c", _BOOT, *places, *mark.arguments()]


def proxy_in_cluster() -> InputError:
    """Return the error for a proxy that clients would go past"""
    return InputError(
        "proxy-in-cluster",
        "a proxy stands in front of one server: the clients of a cluster learn of the other nodes",
        hints=("have a single one with iterapp-nats dev restart --nodes 1 --proxy",),
    )


def _not_started(reason: str) -> LocalServerError:
    return LocalServerError(
        "proxy-not-started",
        f"the proxy in front of the local server did not start: {reason}",
        hints=("look at log/proxy.log in .iterapp-nats",),
    )
