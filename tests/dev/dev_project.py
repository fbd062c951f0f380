"""A project folder of a test with its own local server"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iterapp_nats.dev import server
from iterapp_nats.dev.binary import BinaryBackend
from iterapp_nats.dev.discover import find_server_binary
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.dev.state import ServerState, StateFolder
from iterapp_nats.errors import IterappNatsError
from tests.support.cli import Ended, run_cli

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from iterapp_nats.dev.server import UpResult

REPOSITORY = Path(__file__).parent.parent.parent
PATIENCE_S = 10.0
ANY = ServerOptions(port=0)


@dataclass(frozen=True, slots=True)
class DevProject:
    folder: Path

    @property
    def state_folder(self) -> StateFolder:
        return StateFolder(self.folder / ".iterapp-nats")

    @property
    def state(self) -> ServerState:
        state = self.state_folder.load_state()
        assert state
        return state

    @property
    def pid(self) -> int:
        return int(self.state_folder.pid_file.read_text())

    def dev(self, *argv: str, environ: Mapping[str, str] | None = None) -> Ended:
        """Run `dev …` within this process"""
        return run_cli("dev", *argv, cwd=self.folder, environ=environ)

    def up(self, *argv: str) -> str:
        """Start the server on any port and return its address"""
        ended = self.dev("up", *(argv or ("--port", "0")))
        assert ended.code == 0, ended.stderr
        return self.state.url

    def start(
        self, *argv: str, environ: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start `dev …` as a process"""
        return subprocess.Popen(
            [sys.executable, "-m", "iterapp_nats", "dev", *argv],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **(environ or {})},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def servers(self) -> list[int]:
        """Return the pids of all servers that read this project's configuration"""
        config = str(self.state_folder.config_file)
        return [pid for pid, words in command_lines() if config in words]

    def clean(self) -> None:
        """End what a failed test left behind"""
        try:
            for pid in self.servers():
                os.kill(pid, signal.SIGCONT)
            server.stop(self.state_folder)
        except IterappNatsError:
            pass
        for pid in self.servers():
            os.kill(pid, signal.SIGKILL)


def backend() -> BinaryBackend:
    return BinaryBackend(find_server_binary(None, {}))


def start(project: DevProject, options: ServerOptions = ANY, **wishes: bool) -> UpResult:
    return server.start(project.state_folder, options, backend(), **wishes)


def condition(project: DevProject) -> Condition:
    return inspect(project.state_folder).condition


def finish(process: subprocess.Popen[bytes]) -> Ended:
    try:
        stdout, stderr = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Ended(process.returncode, stdout or b"", (stderr or b"").decode())


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def command_lines() -> list[tuple[int, list[str]]]:
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                line = os.fsdecode((path / "cmdline").read_bytes())
            except OSError:
                continue
            found.append((int(path.name), line.rstrip("\0").split("\0")))
    return found


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def envelope(ended: Ended) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(ended.stdout)["data"]
    return data
