"""The tool, the engine or the container is gone in the middle, and what is left is right"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.engines.containers import container_label
from iterapp_nats.dev.inspection import Condition
from iterapp_nats.dev.plan import ServerOptions
from tests.dev.dev_project import DevProject, condition, finish, start, wait_until
from tests.support.engine import ask_engine, make_image, require_engine, run_second_engine

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def engine_host() -> str:
    return require_engine()


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_struck_start_leaves_one_container_or_none(
    number: int, delay_s: float, project: DevProject
) -> None:
    up = project.start("up", "--port", "0")
    wait_until(project.state_folder.lease_file.exists)
    time.sleep(delay_s)
    up.send_signal(number)
    code = finish(up).code
    # The very end of an up that has done its work is the interpreter's: it has no handler there.
    assert code in {0, 130, -number}
    if code == 130:
        assert project.containers() == []
    assert start(project, ServerOptions()).state.engine
    assert len(project.containers()) == len(project.servers()) == 1
    server.stop(project.state_folder)
    assert project.containers() == []


@pytest.mark.parametrize("delay_s", [0.0, 0.15, 0.3])
@pytest.mark.parametrize("argv", [("down",), ("restart",), ("reset", "--yes")], ids=lambda a: a[0])
def test_killed_change_leaves_one_container_or_none(
    argv: tuple[str, ...], delay_s: float, project: DevProject
) -> None:
    start(project)
    change = project.start(*argv)
    wait_until(lambda: holds_lock(change, project) or change.poll() is not None)
    time.sleep(delay_s)
    change.kill()
    finish(change)
    assert_right_state(project)


def holds_lock(process: subprocess.Popen[bytes], project: DevProject) -> bool:
    lock = project.state_folder.lock_file
    return lock.exists() and lock.read_text().endswith(f"pid {process.pid}")


def assert_right_state(project: DevProject) -> None:
    assert start(project, ServerOptions()).state.engine
    assert len(project.containers()) == len(project.servers()) == 1
    server.stop(project.state_folder)
    assert project.containers() == []


@pytest.fixture
def deaf_image() -> Iterator[str]:
    """An image of nats-server that listens where nobody asks it"""
    name = f"deaf:{os.getpid()}"
    make_image(name, '["/nats-server", "--addr", "127.0.0.1"]')
    yield name
    ask_engine("rmi", "--force", name)


def test_container_that_is_removed_during_its_start_is_an_error(
    deaf_image: str, project: DevProject
) -> None:
    up = project.start("up", "--port", "0", "--image", deaf_image)
    label = container_label(project.state_folder)
    wait_until(lambda: ask_engine("ps", "--quiet", "--filter", f"label={label}"))
    ask_engine("rm", "--force", *project.containers())
    ended = finish(up)
    assert ended.code == 7
    assert "nats-server did not start: its container was killed or removed" in ended.stderr
    assert condition(project) is Condition.STOPPED


def test_engine_that_ends_during_a_start_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    with run_second_engine() as engine:
        project = DevProject(folder, engine.host)
        for delay_s in (0.2, 0.5):
            up = project.start("up", "--port", "0")
            wait_until(project.state_folder.lease_file.exists)
            time.sleep(delay_s)
            engine.stop()
            ended = finish(up)
            assert ended.code == 0 or "error[docker-not-running]" in ended.stderr
            assert project.dev("status").code == 1
            engine.start()
            assert project.dev("up").code == 0
            assert len(ask_engine("ps", "--all", "--quiet", host=engine.host).split()) == 1
            assert project.dev("reset", "--yes").code == 0
            assert ask_engine("ps", "--all", "--quiet", host=engine.host) == ""
