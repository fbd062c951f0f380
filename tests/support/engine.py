"""Docker engines of the tests: the one that `.ci/with-engine` starts, and one to be ended"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.servers import server_binary
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST_VARIABLE: Final = "TEST_ENGINE_HOST"
_TIMEOUT_S: Final = 30


def require_engine() -> str:
    """Return the address of an engine that has the image nats:latest"""
    host = os.environ.get(HOST_VARIABLE)
    if not host:
        pytest.skip("there is no Docker engine for tests: root can start one with .ci/with-engine")
    return host


def ask_engine(*arguments: str, host: str | None = None, stdin: bytes = b"") -> str:
    """Call docker with the engine of the tests, or another one"""
    ended = subprocess.run(
        ["docker", "--host", host or require_engine(), *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=_TIMEOUT_S,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


def make_image(name: str, entrypoint: str, *, host: str | None = None) -> None:
    """Make an image of nats-server with an entry point, written as a JSON array"""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.add(server_binary(), "nats-server")
    change = f"ENTRYPOINT {entrypoint}"
    ask_engine("import", "--change", change, "-", name, host=host, stdin=content.getvalue())


@dataclass(slots=True)
class SecondEngine:
    """An engine beside the one of all tests, which a test may end"""

    folder: Path
    bridge: str
    process: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(_TIMEOUT_S)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self._command(), stdout=log, stderr=log)
        deadline = time.monotonic() + _TIMEOUT_S
        command = ["docker", "--host", self.host, "version"]
        while subprocess.run(command, capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)

    def _command(self) -> list[str]:
        folder = self.folder
        # Without packet filters, which are those of the first engine: a port of the loopback is
        # served by a program.
        return [
            "dockerd", "--host", f"unix://{folder}/docker.sock", "--data-root", f"{folder}/data",
            "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid",
            "--iptables=false", "--bridge", self.bridge,
        ]  # fmt: skip


@contextlib.contextmanager
def run_second_engine() -> Iterator[SecondEngine]:
    """Run an engine that knows the image nats:latest"""
    require_engine()
    require_tool("dockerd")
    # Tests beside this one may have another.
    bridge, number = f"engine{os.getpid()}", os.getpid() % 250
    _ip("link", "add", "name", bridge, "type", "bridge")
    _ip("addr", "add", f"172.31.{number}.1/24", "dev", bridge)
    _ip("link", "set", bridge, "up")
    # Not below pytest's folder: the path of a socket ends after 107 bytes.
    with tempfile.TemporaryDirectory(prefix="engine.", ignore_cleanup_errors=True) as name:
        engine = SecondEngine(Path(name), bridge, subprocess.Popen(["true"]))
        engine.process.wait()
        try:
            engine.start()
            make_image("nats:latest", '["/nats-server"]', host=engine.host)
            yield engine
        finally:
            engine.stop()
            _ip("link", "delete", bridge)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
