"""What the next start is like: as the last one that the user got"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from iterapp_nats.dev.inspection import Condition
from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.dev.server_state import Preferences
from tests.dev.dev_project import (
    CONTAINER_ONLY,
    PROCESS_ONLY,
    DevProject,
    binary_backend,
    condition,
    finish,
    start,
    wait_until,
)
from tests.support.cli import run_cli


def test_cluster_that_was_interrupted_is_not_remembered(project: DevProject) -> None:
    second = project.state_folder.node(2)
    up = project.start("up", "--port", "0", "--nodes", "3", "--jetstream")
    wait_until(lambda: second.path.is_dir() and second.load_state())
    up.send_signal(signal.SIGTERM)
    assert finish(up).code == 143
    assert project.state_folder.load_preferences() == Preferences()


def test_start_whose_variables_cannot_be_written_is_not_remembered(project: DevProject) -> None:
    project.up("--port", "0", "--jetstream")
    project.dev("down")
    before = project.state_folder.load_preferences()
    project.state_folder.env_file.unlink()
    project.state_folder.env_file.mkdir()
    ended = project.dev("up", "--port", "0", "--no-jetstream", "--websocket")
    assert (ended.code, "nats.env" in ended.stderr) == (7, True)
    assert project.state_folder.load_preferences() == before
    assert project.servers() == []


def test_server_whose_start_was_killed_at_its_end_is_remembered_by_the_next_up(
    project: DevProject,
) -> None:
    url = project.up("--port", "0", "--jetstream")
    (project.state_folder.path / "instance.json").unlink()
    assert project.dev("up").code == 0
    project.dev("down")
    assert project.dev("up").code == 0
    assert project.state.url == url
    assert project.state.jetstream


@pytest.mark.parametrize(
    ("has_proxy", "wish", "words"),
    [(True, "--no-proxy", "but with a proxy"), (False, "--proxy", "but with no proxy")],
)
def test_run_does_not_change_the_proxy_of_a_server_that_stays(
    wish: str, words: str, project: DevProject, *, has_proxy: bool
) -> None:
    project.up("--port", "0", "--proxy" if has_proxy else "--no-proxy")
    before = ProxyFiles(project.state_folder).find_running()
    memory = project.state_folder.load_preferences()
    ended = project.dev("run", wish, "--", "true")
    assert (ended.code, words in ended.stderr) == (7, True)
    assert ProxyFiles(project.state_folder).find_running() == before
    assert project.state_folder.load_preferences() == memory
    same = "--proxy" if has_proxy else "--no-proxy"
    assert project.call("run", same, "--", "true").code == 0


@pytest.mark.parametrize("word", ["up", "restart", "run"])
def test_run_that_was_killed_with_its_server_is_no_example(word: str, project: DevProject) -> None:
    project.up("--port", "0")
    port = project.state.port
    project.dev("down")
    run = project.start("run", "--port", "0", "--jetstream", "--", "sleep", "2", stderr=None)
    wait_until(lambda: condition(project) is Condition.RUNNING)
    temporary = project.state
    run.kill()
    os.kill(project.pid, signal.SIGKILL)
    finish(run)
    wait_until(lambda: condition(project) is Condition.STALE)
    print_url = ("--", "sh", "-c", "echo $NATS_URL") if word == "run" else ()
    ended = project.call(word, *print_url)
    assert ended.code == 0, ended.stderr
    assert str(temporary.port) not in ended.text + ended.stderr
    assert project.state_folder.load_preferences().port == port
    assert not project.state_folder.load_preferences().jetstream


@CONTAINER_ONLY
def test_container_of_a_run_that_was_killed_is_no_example(project: DevProject) -> None:
    start(project, is_temporary=True)
    os.kill(project.pid, signal.SIGKILL)
    wait_until(lambda: condition(project) is Condition.STALE)
    assert run_cli("dev", "up", "--port", "0", cwd=project.folder).code == 0
    assert project.state.backend == "binary"
    assert project.containers() == []


@PROCESS_ONLY
def test_named_binary_is_kept_compared_and_given_up(project: DevProject, tmp_path: Path) -> None:
    usual = binary_backend().executable
    one, other = (Path(shutil.copy(usual, tmp_path / name)) for name in ("one", "other"))
    url = project.up("--port", "0", "--server-binary", str(one))
    assert project.dev("up", "--server-binary", str(one)).code == 0
    differs = project.dev("up", "--server-binary", str(other))
    assert (differs.code, f"but with nats-server {one}" in differs.stderr) == (7, True)
    project.dev("chaos", "restart")
    assert project.state.executable == str(one)
    project.dev("down")
    assert project.dev("up", environ={"NATS_SERVER_BIN": str(other)}).code == 0
    assert (project.state.executable, project.state.url) == (str(one), url)
    one.unlink()
    gone = project.dev("restart")
    assert gone.code == 2
    assert "(--server-binary of the last start): there is no such file" in gone.stderr
    assert project.dev("restart", "--server-binary", "").code == 0
    assert project.state.executable == usual


@PROCESS_ONLY
def test_binary_that_was_found_is_looked_for_each_time(project: DevProject, tmp_path: Path) -> None:
    other = shutil.copy(binary_backend().executable, tmp_path / "other")
    project.up("--port", "0")
    project.dev("down")
    assert project.dev("up", environ={"NATS_SERVER_BIN": str(other)}).code == 0
    assert project.state.executable == str(other)
    assert project.dev("restart").code == 0
    assert project.state.executable == binary_backend().executable
