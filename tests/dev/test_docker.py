"""A server in a real container: what only containers can do, and what can be done to them"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.engines.docker import DockerBackend, StartedContainer
from iterapp_nats.dev.finding import places
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.lease import is_taken
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import LocalServerError
from tests.dev import strangers
from tests.dev.dev_project import (
    ANY,
    DevProject,
    condition,
    envelope,
    start,
    wait_until,
)
from tests.support.cli import run_cli
from tests.support.engine import ask_engine, make_image, require_engine, run_second_engine
from tests.support.sockets import listening_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

A_USER = 12345


@pytest.fixture
def engine_host() -> str:
    return require_engine()


@pytest.fixture
def image(request: pytest.FixtureRequest) -> Iterator[str]:
    """An image of nats-server with another entry point"""
    name = f"broken:{os.getpid()}"
    make_image(name, request.param)
    yield name
    ask_engine("rmi", "--force", name)


def test_only_the_loopback_listens(project: DevProject) -> None:
    state = start(project, ServerOptions(port=0, websocket=True)).state
    assert state.websocket_port
    for port in (state.port, state.websocket_port):
        assert listening_addresses(port) == {"0100007F"}


def test_container_tells_whose_it_is(project: DevProject) -> None:
    state = start(project).state
    (container,) = project.containers()
    name = ask_engine("inspect", "--format", "{{.Name}}", container).strip()
    assert name == f"/{state.generation}"


def test_address_in_a_project_of_any_script_is_a_container_name(tmp_path: Path) -> None:
    project = DevProject(tmp_path / "Größe 漢字", require_engine())
    project.folder.mkdir()
    try:
        start(project)
        assert len(project.containers()) == 1
    finally:
        project.clean()


def test_files_belong_to_the_user() -> None:
    """As a child of ours that has loaded all: a stranger may not read the Python of root"""
    # Not below pytest's folder, which is its user's alone.
    with tempfile.TemporaryDirectory() as folder:
        project = DevProject(Path(folder), require_engine())
        try:
            start_as_a_user(project)
            files = [project.state_folder.path, *project.state_folder.path.rglob("*")]
            assert {path.stat().st_uid for path in files} == {A_USER}
            # Nobody believes the state of another user, and we have to end the server.
            for path in files:
                os.chown(path, os.getuid(), os.getgid())
            (pid,) = project.servers()
            assert Path(f"/proc/{pid}").stat().st_uid == A_USER
        finally:
            project.clean()


def start_as_a_user(project: DevProject) -> None:
    options = ("--port", "0", "--jetstream", "--secure")
    project.up(*options)
    project.dev("reset", "--yes")
    os.chown(project.folder, A_USER, A_USER)
    group = Path(require_engine().removeprefix("unix://")).stat().st_gid
    child = os.fork()
    if child == 0:
        os.setgroups([group])
        os.setresgid(A_USER, A_USER, A_USER)
        os.setresuid(A_USER, A_USER, A_USER)
        ended = project.dev("up", *options)
        os.write(2, ended.stderr.encode())
        os._exit(ended.code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_container_that_was_removed_by_hand_is_stale(project: DevProject) -> None:
    before = start(project).state
    ask_engine("rm", "--force", *project.containers())
    assert condition(project) is Condition.STALE
    again = start(project, ServerOptions())
    assert again.state.url == before.url
    assert "without dev down" in again.notes[0]


def test_paused_container_is_silent_and_can_be_ended(project: DevProject) -> None:
    start(project)
    ask_engine("pause", *project.containers())
    assert condition(project) is Condition.SILENT
    server.stop(project.state_folder)
    assert project.containers() == []


def test_crashed_container_is_removed_by_down(project: DevProject) -> None:
    start(project)
    os.kill(project.pid, signal.SIGKILL)
    wait_until(lambda: condition(project) is Condition.STALE)
    assert len(project.containers()) == 1
    assert project.dev("down").stderr == "the local server was not running\n"
    assert project.containers() == []


def test_container_is_ended_though_its_state_was_lost(project: DevProject) -> None:
    start(project)
    (project.state_folder.path / "state.json").unlink()
    assert condition(project) is Condition.SILENT
    server.stop(project.state_folder)
    assert project.containers() == []
    assert condition(project) is Condition.STOPPED


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ('["/nats-server", "--version"]', "nats-server: v2."),
        ('["/gone"]', 'exec: "/gone"'),
    ],
    ids=["ends", "no program"],
    indirect=["image"],
)
def test_broken_image_gives_its_reason_and_leaves_nothing(
    image: str, words: str, project: DevProject
) -> None:
    ended = project.dev("up", "--port", "0", "--image", image)
    assert ended.code == 7
    assert "error[server-not-started]" in ended.stderr
    assert words in ended.stderr
    assert project.containers() == []
    assert condition(project) is Condition.STOPPED


@pytest.mark.parametrize("image", ['["/nats-server"]'], indirect=True)
def test_image_is_kept_and_compared(image: str, project: DevProject) -> None:
    project.up("--port", "0", "--image", image)
    differs = project.dev("up", "--image", "nats:latest")
    assert f"but with image {image}" in differs.stderr
    project.dev("down")
    view = envelope(project.dev("up", "--format", "json"))
    assert (view["backend"], view["executable"]) == ("docker", image)
    assert project.dev("restart", "--image", "nats:latest").code == 0
    assert project.state.executable == "nats:latest"


# The engine says so to the second of two who remove a container at once.
LATE = """#!/bin/sh
if [ "$1" = rm ] && mkdir "$0.was-here" 2>/dev/null; then
  echo "Error response from daemon: removal of container x is already in progress" >&2
  exit 1
fi
exec docker "$@"
"""


def test_container_that_somebody_else_removes_is_waited_for(
    project: DevProject, tmp_path: Path
) -> None:
    project.up("--port", "0", "--docker-command", str(strangers.write_program(tmp_path, LATE)))
    assert project.dev("down").code == 0
    assert (tmp_path / "stand-in.was-here").exists()
    assert project.containers() == []


# Podman leaves programs behind that look after names and ports, with all that they inherited.
LEAVING = """#!/bin/sh
case "$*" in *"run --detach"*) sleep 600 >/dev/null 2>&1 & echo $! >>"$0.pids" ;; esac
exec docker "$@"
"""


@pytest.fixture
def leaving(tmp_path: Path) -> Iterator[Path]:
    """A tool that leaves a program behind with each container"""
    tool = strangers.write_program(tmp_path, LEAVING)
    pids = tmp_path / "stand-in.pids"
    yield tool
    for pid in pids.read_text().split():
        os.kill(int(pid), signal.SIGKILL)


def test_program_that_a_tool_leaves_behind_is_no_server(project: DevProject, leaving: Path) -> None:
    project.up("--port", "0", "--docker-command", str(leaving))
    assert not is_taken(project.state_folder.lease_file)
    project.dev("down")
    assert condition(project) is Condition.STOPPED
    project.up()
    assert len(project.containers()) == 1


def test_way_of_the_last_time_is_that_of_the_next(project: DevProject) -> None:
    project.up()
    assert run_cli("dev", "down", cwd=project.folder).code == 0
    assert run_cli("dev", "up", cwd=project.folder).code == 0
    assert project.state.backend == "docker"
    assert run_cli("dev", "restart", "--backend", "binary", cwd=project.folder).code == 0
    assert project.containers() == []
    assert (project.state.backend, project.state.engine) == ("binary", ())


class BeatenBackend(DockerBackend):
    """Another program takes the port between the look and the first start"""

    def start(self, folder: StateFolder, state: ServerState, *, lease: int) -> StartedContainer:
        if folder.previous_log_file.parent.joinpath("beaten").exists():
            return super().start(folder, state, lease=lease)
        folder.previous_log_file.parent.joinpath("beaten").touch()
        with strangers.listening(b"HTTP/1.1 400\r\n", state.port):
            return super().start(folder, state, lease=lease)


def test_port_that_is_taken_at_the_last_moment_is_replaced(project: DevProject) -> None:
    plain = project.backend
    assert isinstance(plain, DockerBackend)
    beaten = BeatenBackend(plain.engine, plain.image, plain.notify)
    result = server.start(project.state_folder, ANY, beaten)
    assert len(result.notes) == 1
    assert inspect(project.state_folder).state == result.state
    assert len(project.containers()) == 1


def test_explicit_port_that_is_taken_at_the_last_moment_is_an_error(project: DevProject) -> None:
    with strangers.listening() as port:
        pass
    plain = project.backend
    assert isinstance(plain, DockerBackend)
    beaten = BeatenBackend(plain.engine, plain.image, plain.notify)
    with pytest.raises(LocalServerError) as caught:
        server.start(project.state_folder, ServerOptions(port=port), beaten)
    assert caught.value.code == "port-taken"
    assert project.containers() == []
    assert condition(project) is Condition.STOPPED


def test_without_any_binary_auto_takes_docker(
    project: DevProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    monkeypatch.setattr(places, "WHEEL", "nats-server-nowhere")
    environ = {"HOME": str(tmp_path), "PATH": "/nowhere", "HOMEBREW_PREFIX": "/nowhere"}
    arguments = ("dev", "up", "--port", "0", "--format", "json", "-v")
    none = run_cli(*arguments[:4], cwd=project.folder, environ=environ)
    assert none.code == 7
    assert "error[server-binary-missing]" in none.stderr
    assert "hint: Homebrew: brew install nats-server" in none.stderr
    assert "SHA256SUMS" in none.stderr
    given = environ | {"DOCKER_HOST": require_engine()}
    ended = run_cli(*arguments, cwd=project.folder, environ=given)
    assert ended.code == 0, ended.stderr
    assert envelope(ended)["backend"] == "docker"
    assert "it runs in a container of nats:latest" in ended.stderr


def test_engine_that_is_stopped_and_started_again(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    with run_second_engine() as engine:
        project = DevProject(folder, engine.host)
        url = project.up()
        engine.stop()
        status = project.dev("status")
        assert status.code == 1
        assert "not running: it ended without dev down" in status.text
        assert "the engine of docker is not running: Cannot connect to the Docker" in status.text
        failed = project.dev("up")
        assert (failed.code, "error[docker-not-running]" in failed.stderr) == (7, True)
        engine.start()
        assert project.dev("status").text.startswith("not running: it ended without dev down")
        assert project.dev("up").code == 0
        assert project.state.url == url
        containers = ask_engine("ps", "--all", "--quiet", host=engine.host).split()
        assert len(containers) == 1
        project.dev("down")
        assert ask_engine("ps", "--all", "--quiet", host=engine.host) == ""


def test_hung_engine_leaves_the_condition_open(project: DevProject, mute_engine: str) -> None:
    state = start(project).state
    ask_engine("kill", *project.containers())
    project.state_folder.save_state(
        replace(state, engine=("env", f"DOCKER_HOST={mute_engine}", "docker"))
    )
    status = project.dev("status")
    assert status.code == 1
    assert status.text.startswith(f"unknown at {state.url}: the engine of docker does not answer")
    down = project.dev("down")
    assert (down.code, "error[docker-hung]" in down.stderr) == (7, True)
    project.state_folder.save_state(state)


def test_container_that_the_engine_does_not_know_any_more_is_named(project: DevProject) -> None:
    state = start(project).state
    with run_second_engine() as engine:
        other = ("env", f"DOCKER_HOST={engine.host}", "docker")
        project.state_folder.save_state(replace(state, engine=other))
        with pytest.raises(LocalServerError, match="docker does not know its container") as caught:
            server.stop(project.state_folder)
        project.state_folder.save_state(state)
    assert caught.value.code == "server-not-stopped"
    assert condition(project) is Condition.RUNNING
