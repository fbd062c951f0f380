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

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.binary import BinaryBackend
from iterapp_nats.dev.engines.containers import container_label
from iterapp_nats.dev.engines.docker import DockerBackend
from iterapp_nats.dev.engines.engine import DEFAULT_IMAGE, Engine
from iterapp_nats.dev.finding.discover import find_server_binary
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.dev.state import StateFolder
from iterapp_nats.errors import IterappNatsError
from tests.support.cli import Ended, run_cli
from tests.support.engine import ask_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.server import UpResult
    from iterapp_nats.dev.server_state import ServerState

REPOSITORY = Path(__file__).parent.parent.parent
PATIENCE_S = 45.0
ANY = ServerOptions(port=0)
# For what a container does not have: a pid file to be trusted, a terminal, a stand-in's script.
CONTAINER_ONLY = pytest.mark.parametrize("engine_host", ["container"], indirect=True)
PROCESS_ONLY = pytest.mark.parametrize("engine_host", [None], ids=["process"])


@dataclass(frozen=True, slots=True)
class DevProject:
    """A project and the way its server is run: as a process, or in a container of an engine"""

    folder: Path
    engine_host: str | None = None

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
        (pid,) = self.servers()
        return pid

    @property
    def environ(self) -> dict[str, str]:
        return {"DOCKER_HOST": self.engine_host} if self.engine_host else {}

    @property
    def backend(self) -> Backend:
        if self.engine_host is None:
            return binary_backend()
        return DockerBackend(Engine.of(None, self.environ), DEFAULT_IMAGE, notify=pytest.fail)

    def dev(self, *argv: str, environ: Mapping[str, str] | None = None) -> Ended:
        """Run `dev …` within this process"""
        given = self.environ | dict(environ or {})
        return run_cli("dev", *self._words(argv), cwd=self.folder, environ=given)

    def call(self, *argv: str, environ: Mapping[str, str] | None = None) -> Ended:
        """Run `dev …` as a process to its end"""
        return finish(self.start(*argv, environ=environ))

    def command(self, *argv: str) -> list[str]:
        """Return the command line of `dev …`"""
        return [sys.executable, "-m", "iterapp_nats", "dev", *self._words(argv)]

    def _words(self, argv: tuple[str, ...]) -> list[str]:
        command, *rest = argv
        if self.engine_host and command in {"up", "restart", "run"}:
            return [command, "--backend", "docker", *rest]
        return [command, *rest]

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
            self.command(*argv),
            cwd=self.folder,
            env=self._base_environ() | dict(environ or {}),
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def _base_environ(self) -> dict[str, str]:
        base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
        return base | self.environ

    def containers(self) -> list[str]:
        """Return the ids of all containers of this project, whatever they are doing"""
        if self.engine_host is None:
            return []
        labels = [container_label(node) for node in self.state_folder.nodes()]
        list_all = ("ps", "--all", "--quiet", "--filter")
        found = [ask_engine(*list_all, f"label={label}").split() for label in labels]
        return [container for containers in found for container in containers]

    def servers(self) -> list[int]:
        """Return the pids of all servers that read this project's configuration"""
        configs = {str(node.config_file) for node in self.state_folder.nodes()}
        return [pid for pid, words in command_lines() if configs & set(words)]

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
        if left := self.containers():
            ask_engine("rm", "--force", *left)


def binary_backend() -> BinaryBackend:
    binary, _ = find_server_binary(None, {})
    assert binary
    return BinaryBackend(binary)


def start(project: DevProject, options: ServerOptions = ANY, **wishes: bool) -> UpResult:
    return server.start(project.state_folder, options, project.backend, **wishes)


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
