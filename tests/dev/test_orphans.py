"""A server whose state folder was removed is found and ended"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from iterapp_nats.dev import server
from iterapp_nats.dev.inspection import Condition
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.dev.proxy.state import ProxyFiles
from tests.dev.dev_project import (
    PROCESS_ONLY,
    DevProject,
    command_lines,
    condition,
    envelope,
    is_alive,
    start,
    wait_until,
)

if TYPE_CHECKING:
    from pathlib import Path


def lose(project: DevProject) -> int:
    """Remove the state folder below a server that runs, and return the server's pid"""
    start(project)
    pid = project.pid
    shutil.rmtree(project.state_folder.path)
    return pid


def is_ended(project: DevProject, pid: int) -> bool:
    wait_until(lambda: not is_alive(pid))
    return project.containers() == []


def test_it_is_shown(project: DevProject) -> None:
    pid = lose(project)
    ended = project.call("status")
    assert ended.code == 1
    assert ended.text == f"running without its state, which was removed (pid {pid})\n"
    assert "dev down" in ended.stderr
    view = envelope(project.call("status", "--format", "json"))
    assert (view["state"], view["pid"]) == ("lost", pid)
    assert not project.state_folder.path.exists()


def test_down_ends_it(project: DevProject) -> None:
    pid = lose(project)
    assert project.call("down").stderr == "stopped the local server\n"
    assert is_ended(project, pid)
    assert project.call("down").stderr == "the local server was not running\n"


def test_reset_ends_it(project: DevProject) -> None:
    pid = lose(project)
    assert project.call("reset", "--yes").code == 0
    assert is_ended(project, pid)
    assert not project.state_folder.path.exists()
    assert project.call("reset", "--yes").stderr == "there is nothing to remove\n"


def test_up_ends_it_and_starts_anew(project: DevProject) -> None:
    pid = lose(project)
    ended = project.call("up", "--port", "0")
    assert ended.code == 0, ended.stderr
    assert "its state was removed" not in ended.stderr
    assert "the state of the last server was removed while it ran" in ended.stderr
    assert is_alive(project.pid)
    wait_until(lambda: not is_alive(pid))


@PROCESS_ONLY
def test_all_nodes_and_the_proxy_are_ended(project: DevProject) -> None:
    start(project, ServerOptions(port=0, nodes=3))
    pids = project.servers()
    assert len(pids) == 3
    shutil.rmtree(project.state_folder.path)
    assert condition(project) is Condition.LOST
    server.stop(project.state_folder)
    wait_until(lambda: not any(is_alive(pid) for pid in pids))
    start(project, ServerOptions(port=0, nodes=1, proxy=True))
    proxy = str(ProxyFiles(project.state_folder).state_file)
    shutil.rmtree(project.state_folder.path)
    server.stop(project.state_folder)
    wait_until(lambda: not [pid for pid, words in command_lines() if proxy in words])


@PROCESS_ONLY
def test_server_of_a_project_that_was_moved_away_is_left_alone(
    project: DevProject, tmp_path: Path
) -> None:
    start(project)
    moved = DevProject(tmp_path / "moved")
    project.folder.rename(moved.folder)
    project.folder.mkdir()
    (project.folder / "iterapp.toml").touch()
    assert condition(project) is Condition.STOPPED
    second = start(project)
    assert not second.was_running
    server.stop(project.state_folder)
    assert condition(moved) is Condition.RUNNING
    server.stop(moved.state_folder)
    assert condition(moved) is Condition.STOPPED


@PROCESS_ONLY
def test_program_that_only_names_the_configuration_is_no_server(project: DevProject) -> None:
    project.state_folder.create()
    config = str(project.state_folder.config_file)
    with subprocess.Popen(["sleep", "60", "-c", config], cwd=project.state_folder.path) as editor:
        assert condition(project) is Condition.STOPPED
        editor.kill()
