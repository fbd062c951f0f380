"""What the README of the example tells to type"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.languages.registry import JAVASCRIPT
from tests.languages.test_pod import WAIT_S, wait_until_ready_is
from tests.languages.workshop import BUILD_S, build_example
from tests.support.servers import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(BUILD_S + 60)


def test_pods_in_terminals_of_their_own_share_a_server(tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(build_example(JAVASCRIPT).folder, app, symlinks=True)
    first, second = re.findall(r"^HOSTNAME=.*", (app / "README.md").read_text(), re.MULTILINE)
    with (
        local_server(app),
        terminal(first, "PORT=8081", app) as first_port,
        terminal(second, "PORT=8082", app) as second_port,
    ):
        say("typed on a", first_port)
        assert "typed on a" in next_event(second_port)


@contextlib.contextmanager
def local_server(app: Path) -> Iterator[None]:
    """Run the project's server elsewhere than where an app without variables looks for one"""
    shell(f"iterapp-nats dev up --port {free_port()}", app).communicate(timeout=WAIT_S)
    try:
        yield
    finally:
        shell("iterapp-nats dev down", app).communicate(timeout=WAIT_S)


@contextlib.contextmanager
def terminal(line: str, port_in_line: str, app: Path) -> Iterator[int]:
    """Type a line that starts a pod; yield the port of its page, which is a free one"""
    assert port_in_line in line
    port = free_port()
    process = shell(line.replace(port_in_line, f"PORT={port}"), app)
    try:
        wait_until_ready_is(200, port)
        yield port
        process.terminate()
        assert process.wait(WAIT_S) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(WAIT_S)


def shell(line: str, folder: Path) -> subprocess.Popen[bytes]:
    """Type a line into a new shell that knows nothing of a server"""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {"PATH": path, "HOME": os.environ["HOME"]}
    command = ("bash", "-c", line)
    return subprocess.Popen(command, cwd=folder, env=environ, start_new_session=True)


def say(text: str, port: int) -> None:
    url = f"http://{HOST}:{port}/messages"
    with urllib.request.urlopen(url, text.encode(), timeout=WAIT_S) as answer:
        assert answer.status == 202


def next_event(port: int) -> str:
    """Return the next message that a page would show"""
    with urllib.request.urlopen(f"http://{HOST}:{port}/events", timeout=WAIT_S) as events:
        next(line for line in events if line == b"event: message\n")
        data: bytes = events.readline()
        return data.decode()
