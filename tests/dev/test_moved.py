"""A project that was moved takes its server along; a copy has none"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.inspection import Condition
from iterapp_nats.dev.plan import ServerOptions
from tests.dev.dev_project import CONTAINER_ONLY, DevProject, condition, is_alive, start, wait_until
from tests.support.engine import ask_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def other(project: DevProject, tmp_path: Path) -> Iterator[DevProject]:
    """The place where the project is moved or copied to"""
    other = DevProject(tmp_path / "other", project.engine_host)
    yield other
    other.clean()


@pytest.fixture
def moved(project: DevProject, other: DevProject) -> DevProject:
    """A project that was moved while its server ran"""
    start(project)
    project.folder.rename(other.folder)
    return other


def test_moved_server_is_ended_by_down(project: DevProject, moved: DevProject) -> None:
    (pid,) = project.servers()
    assert condition(moved) is Condition.RUNNING
    assert "stopped the local server" in moved.dev("down").stderr
    wait_until(lambda: not is_alive(pid))
    assert project.containers() == moved.containers() == []
    assert condition(moved) is Condition.STOPPED


def test_moved_server_is_replaced_by_restart(project: DevProject, moved: DevProject) -> None:
    (pid,) = project.servers()
    before = moved.state
    assert moved.dev("restart").code == 0
    wait_until(lambda: not is_alive(pid))
    assert moved.state.url == before.url
    assert project.containers() == []
    assert condition(moved) is Condition.RUNNING


def test_moved_server_is_ended_by_reset(project: DevProject, moved: DevProject) -> None:
    (pid,) = project.servers()
    assert moved.dev("reset", "--yes").code == 0
    wait_until(lambda: not is_alive(pid))
    assert project.containers() == []


@CONTAINER_ONLY
def test_moved_cluster_is_ended_with_its_network(project: DevProject, other: DevProject) -> None:
    start(project, ServerOptions(port=0, nodes=2))
    networks = ask_engine("network", "ls", "--quiet").split()
    project.folder.rename(other.folder)
    server.stop(other.state_folder)
    assert project.servers() == []
    assert len(ask_engine("network", "ls", "--quiet").split()) == len(networks) - 1


@CONTAINER_ONLY
def test_moved_container_that_has_crashed_is_removed_by_up(
    project: DevProject, moved: DevProject
) -> None:
    ask_engine("kill", *project.containers())
    wait_until(lambda: condition(moved) is Condition.STALE)
    start(moved)
    assert project.containers() == []
    assert len(moved.containers()) == 1


@pytest.mark.parametrize("is_running", [True, False])
def test_copy_is_another_project(
    *, is_running: bool, project: DevProject, other: DevProject
) -> None:
    first = start(project).state
    if not is_running:
        server.stop(project.state_folder)
        project.state_folder.save_state(first)
    shutil.copytree(project.folder, other.folder)
    assert condition(other) is Condition.STOPPED
    assert other.dev("down").stderr == "the local server was not running\n"
    second = start(other)
    assert not second.was_running
    assert not is_running or second.state.url != first.url
    assert other.dev("reset", "--yes").code == 0
    assert condition(project) is (Condition.RUNNING if is_running else Condition.STALE)
