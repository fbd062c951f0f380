"""The life of a real server: up, down, restart, reset, and what can happen to it in between"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.binary import BinaryBackend, StartedProcess
from iterapp_nats.dev.finding.discover import ServerBinary
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.lease import hold_shared
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.dev.server_state import Preferences
from iterapp_nats.errors import LocalServerError
from tests.dev import strangers
from tests.dev.dev_project import (
    ANY,
    PROCESS_ONLY,
    DevProject,
    binary_backend,
    condition,
    is_alive,
    start,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder


def stand_in(project: DevProject, text: str) -> BinaryBackend:
    return BinaryBackend(ServerBinary(strangers.write_program(project.folder, text), "test"))


@pytest.fixture
def innocent() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_second_start_finds_the_first_server(project: DevProject) -> None:
    first = start(project)
    second = start(project)
    assert (first.was_running, second.was_running) == (False, True)
    assert second.state == first.state
    assert len(project.servers()) == 1


def test_stopped_server_leaves_no_process_and_no_state(project: DevProject) -> None:
    start(project)
    assert server.stop(project.state_folder).condition is Condition.RUNNING
    assert project.servers() == []
    assert condition(project) is Condition.STOPPED
    assert not project.state_folder.pid_file.exists()
    assert server.stop(project.state_folder).condition is Condition.STOPPED


def test_killed_server_is_stale_and_comes_back_at_its_address(project: DevProject) -> None:
    before = start(project).state
    os.kill(project.pid, signal.SIGKILL)
    wait_until(lambda: condition(project) is Condition.STALE)
    again = start(project, ServerOptions())
    assert again.state.url == before.url
    assert again.state.generation != before.generation
    assert "without dev down" in again.notes[0]


def test_state_of_before_a_reboot_is_stale(project: DevProject) -> None:
    state = start(project).state
    server.stop(project.state_folder)
    project.state_folder.save_state(state)
    assert condition(project) is Condition.STALE
    assert server.stop(project.state_folder).condition is Condition.STALE
    assert condition(project) is Condition.STOPPED


@PROCESS_ONLY
def test_reused_pid_is_not_signalled(
    project: DevProject, innocent: subprocess.Popen[bytes]
) -> None:
    start(project)
    project.state_folder.pid_file.write_text(str(innocent.pid))
    assert inspect(project.state_folder).pid == project.servers()[0]
    server.stop(project.state_folder)
    assert project.servers() == []
    assert innocent.poll() is None


def test_stale_state_with_a_reused_pid_signals_nobody(
    project: DevProject, innocent: subprocess.Popen[bytes]
) -> None:
    state = start(project).state
    server.stop(project.state_folder)
    project.state_folder.save_state(state)
    project.state_folder.pid_file.write_text(str(innocent.pid))
    server.stop(project.state_folder)
    assert innocent.poll() is None


def test_server_is_ended_though_its_state_was_lost(project: DevProject) -> None:
    start(project)
    (project.state_folder.path / "state.json").unlink()
    project.state_folder.pid_file.unlink()
    assert condition(project) is Condition.SILENT
    reader = [sys.executable, "-c", "import time; time.sleep(60)"]
    config = str(project.state_folder.config_file)
    with subprocess.Popen([*reader, "-c", config]) as editor:
        server.stop(project.state_folder)
        assert editor.poll() is None
        editor.kill()
    assert project.servers() == []


def test_truncated_state_is_no_state(project: DevProject) -> None:
    start(project)
    (project.state_folder.path / "state.json").write_text('{"schema": 1, "gene')
    server.stop(project.state_folder)
    assert project.servers() == []
    assert not start(project).was_running


def test_state_of_another_version_is_named(project: DevProject) -> None:
    start(project)
    path = project.state_folder.path / "state.json"
    text = path.read_text()
    path.write_text(text.replace('"schema": 4', '"schema": 99'))
    with pytest.raises(LocalServerError, match="schema 99, this one knows 4"):
        start(project)
    path.write_text(text)


def test_preferences_of_the_first_schema_are_kept(project: DevProject) -> None:
    folder = project.state_folder.create()
    folder.save_private(folder.path / "instance.json", '{"port": 14444, "jetstream": true}')
    assert folder.load_preferences() == Preferences(port=14444, jetstream=True)


@PROCESS_ONLY
@pytest.mark.parametrize("schema", [1, 2])
def test_state_of_an_older_schema_is_understood(schema: int, project: DevProject) -> None:
    state = start(project).state
    path = project.state_folder.path / "state.json"
    old = {
        "generation", "backend", "executable", "host", "port", "jetstream", "is_temporary",
        "started_at", *(["default_account"] if schema == 2 else []),
    }  # fmt: skip
    values = {name: value for name, value in json.loads(path.read_text()).items() if name in old}
    path.write_text(json.dumps(values | {"schema": schema}))
    assert project.state == replace(state, folder="")
    assert start(project).was_running


@pytest.mark.parametrize(
    ("stored", "words"),
    [("2.1.9", "stored the streams, and 2."), ("99.0.0", "which is older: what it does not")],
)
def test_streams_of_another_server_version_are_told(
    stored: str, words: str, project: DevProject
) -> None:
    options = ServerOptions(port=0, jetstream=True)
    assert start(project, options).notes == ()
    server.stop(project.state_folder)
    assert start(project, options).notes == ()
    server.stop(project.state_folder)
    project.state_folder.version_file.write_text(stored)
    (note,) = start(project, options).notes
    assert note.startswith(f"nats-server {stored} ")
    assert words in note
    server.stop(project.state_folder)
    assert start(project, options).notes == ()


def test_hung_server_is_silent_and_can_be_ended(project: DevProject) -> None:
    start(project)
    pid = project.pid
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: condition(project) is Condition.SILENT)
    with pytest.raises(LocalServerError) as caught:
        server.start(project.state_folder, ANY, project.backend, patience_s=0.1)
    assert caught.value.code == "server-silent"
    assert project.servers() == [pid]
    server.stop(project.state_folder)
    assert project.servers() == []


@PROCESS_ONLY
def test_server_that_ignores_term_is_killed(project: DevProject) -> None:
    server.start(project.state_folder, ANY, stand_in(project, strangers.STUBBORN))
    (pid,) = project.servers()
    began = time.monotonic()
    server.stop(project.state_folder, grace_s=0.2)
    assert not is_alive(pid)
    assert time.monotonic() - began >= 0.2


def test_hung_start_is_waited_for(project: DevProject) -> None:
    start(project)
    pid = project.pid
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: condition(project) is Condition.SILENT)
    with subprocess.Popen(["sh", "-c", f"sleep 0.7; kill -CONT {pid}"]):
        assert start(project).was_running


@PROCESS_ONLY
@pytest.mark.parametrize(
    ("program", "words"),
    [
        (strangers.FAILING, "the moon is full"),
        (strangers.WORDLESS, "it ended with code 4"),
        (strangers.UNREADABLE, "exec format error"),
        (strangers.SILENT, "did not answer within 0.3 s"),
    ],
    ids=["failing", "wordless", "unreadable", "silent"],
)
def test_failed_start_gives_its_reason_and_leaves_nothing(
    program: str, words: str, project: DevProject
) -> None:
    with pytest.raises(LocalServerError, match=words) as caught:
        server.start(project.state_folder, ANY, stand_in(project, program), patience_s=0.3)
    assert caught.value.code == "server-not-started"
    assert project.servers() == []
    assert condition(project) is Condition.STOPPED


class InterruptedBackend(BinaryBackend):
    """Ctrl-C comes when the server lives, and before anybody was told of it"""

    def start(self, folder: StateFolder, state: ServerState, *, lease: int) -> StartedProcess:
        super().start(folder, state, lease=lease).release()
        raise KeyboardInterrupt


@PROCESS_ONLY
def test_interrupt_within_the_spawn_leaves_nothing(project: DevProject) -> None:
    with pytest.raises(KeyboardInterrupt):
        server.start(project.state_folder, ANY, InterruptedBackend(binary_backend().binary))
    assert project.servers() == []
    assert condition(project) is Condition.STOPPED


def test_log_of_the_run_before_is_kept_aside(project: DevProject) -> None:
    folder = project.state_folder
    names = [start(project).state.generation]
    server.stop(folder)
    names.append(start(project).state.generation)
    assert names[0] in folder.previous_log_file.read_text()
    assert names[0] not in folder.log_file.read_text()
    assert names[1] in folder.log_file.read_text()


def test_other_options_than_those_of_the_running_server_differ(project: DevProject) -> None:
    state = start(project).state
    with pytest.raises(LocalServerError) as caught:
        start(project, ServerOptions(port=state.port % 60000 + 1024, jetstream=True))
    assert caught.value.code == "server-differs"
    assert f"port {state.port}" in caught.value.message
    assert "JetStream off" in caught.value.message
    assert start(project, ServerOptions(port=state.port, jetstream=False)).was_running


def test_restart_keeps_address_and_jetstream(project: DevProject) -> None:
    before = start(project, ServerOptions(port=0, jetstream=True)).state
    after = server.restart(project.state_folder, ServerOptions(), project.backend).state
    assert (after.url, after.jetstream) == (before.url, True)
    assert after.generation != before.generation
    assert len(project.servers()) == 1


@PROCESS_ONLY
def test_restart_with_a_program_that_fails_leaves_the_server_running(project: DevProject) -> None:
    before = start(project).state
    failing = stand_in(project, strangers.FAILING)
    with pytest.raises(LocalServerError, match=r"stand-in does not read its .* the moon is full"):
        server.restart(project.state_folder, ServerOptions(), failing)
    assert inspect(project.state_folder).state == before


@PROCESS_ONLY
def test_proxy_ends_with_a_server_that_does_not_come_back(project: DevProject) -> None:
    start(project, ServerOptions(port=0, proxy=True))
    failing = stand_in(project, strangers.FAILING_LATER)
    with pytest.raises(LocalServerError, match="the moon is full"):
        server.restart(project.state_folder, ServerOptions(), failing)
    assert ProxyFiles(project.state_folder).find_running() is None
    assert condition(project) is Condition.STOPPED


@pytest.mark.parametrize("is_used", [True, False])
def test_restarted_server_is_temporary_while_a_run_uses_it(
    project: DevProject, *, is_used: bool
) -> None:
    start(project, is_temporary=True)
    folder = project.state_folder
    with hold_shared(folder.users_file if is_used else folder.path / "other"):
        state = server.restart(folder, ServerOptions(), project.backend).state
        assert state.is_temporary == is_used
    assert server.stop_temporary(folder) == is_used


def test_jetstream_is_remembered_until_it_is_switched_off(project: DevProject) -> None:
    start(project, ServerOptions(port=0, jetstream=True))
    server.stop(project.state_folder)
    assert start(project, ServerOptions()).state.jetstream
    server.stop(project.state_folder)
    assert not start(project, ServerOptions(jetstream=False)).state.jetstream


def test_reset_removes_the_state_folder_and_nothing_else(project: DevProject) -> None:
    start(project)
    assert server.reset(project.state_folder)
    assert project.servers() == []
    assert [path.name for path in project.folder.iterdir()] == ["iterapp.toml"]
    assert not server.reset(project.state_folder)


def test_state_is_private_and_ignores_itself(project: DevProject) -> None:
    start(project)
    folder = project.state_folder
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert (folder.path / ".gitignore").read_text() == "*\n"
    for path in (folder.config_file, folder.path / "state.json", folder.lease_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@PROCESS_ONLY
def test_started_server_shares_nothing_with_our_terminal(project: DevProject) -> None:
    start(project)
    assert os.getsid(project.pid) == project.pid
    for descriptor in range(3):
        target = str(Path(f"/proc/{project.pid}/fd/{descriptor}").readlink())
        assert target == "/dev/null" or target.endswith("startup.log")


@pytest.mark.parametrize("option", ["--server-binary", "--config-snippet"])
@PROCESS_ONLY
def test_path_in_the_home_folder_of_nobody_is_named(option: str, project: DevProject) -> None:
    ended = project.dev("up", option, "~nosuch/x")
    assert (ended.code, "cannot tell where ~nosuch/x is" in ended.stderr) == (2, True)
