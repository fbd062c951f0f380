"""The server's port: remembered, asked for, and taken by others"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.binary import BinaryBackend, StartedProcess
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import LocalServerError
from tests.dev import strangers
from tests.dev.dev_project import ANY, PROCESS_ONLY, DevProject, binary_backend, condition, start

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder


def test_address_stays_over_down_and_up(project: DevProject) -> None:
    url = start(project).state.url
    server.stop(project.state_folder)
    assert start(project, ServerOptions()).state.url == url


def test_temporary_server_is_not_remembered(project: DevProject) -> None:
    port = start(project, is_temporary=True).state.port
    server.stop(project.state_folder)
    assert start(project, ServerOptions()).state.port != port


def test_explicit_port_that_is_taken_names_its_holder(project: DevProject) -> None:
    greeting = b'INFO {"server_name": "stranger\\u001b[2J", "version": "2.9.9"}\r\n'
    with strangers.listening(greeting) as port, pytest.raises(LocalServerError) as caught:
        start(project, ServerOptions(port=port))
    assert caught.value.code == "port-taken"
    assert caught.value.message == f"port {port} is taken by nats-server 2.9.9 (stranger[2J)"
    assert condition(project) is Condition.STOPPED


def test_taken_port_of_a_program_that_is_no_server_says_so(project: DevProject) -> None:
    with (
        strangers.listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port,
        pytest.raises(LocalServerError, match="another program that does not speak NATS"),
    ):
        start(project, ServerOptions(port=port))


def test_taken_port_of_another_project_names_the_project(
    project: DevProject, tmp_path: Path
) -> None:
    other = DevProject(tmp_path / "café au lait")
    other.folder.mkdir()
    try:
        port = start(other).state.port
        with pytest.raises(LocalServerError, match="dev server of project café-au-lait"):
            start(project, ServerOptions(port=port))
        assert condition(other) is Condition.RUNNING
    finally:
        other.clean()


class BeatenBackend(BinaryBackend):
    """Another program takes the port between the look and the first start"""

    def start(self, folder: StateFolder, state: ServerState, *, lease: int) -> StartedProcess:
        if folder.startup_log_file.exists():
            return super().start(folder, state, lease=lease)
        with strangers.listening(b"HTTP/1.1 400\r\n", state.port):
            started = super().start(folder, state, lease=lease)
            started.process.wait(10)
            return started


@PROCESS_ONLY
def test_port_that_is_taken_at_the_last_moment_is_replaced(project: DevProject) -> None:
    result = server.start(project.state_folder, ANY, BeatenBackend(binary_backend().binary))
    assert len(result.notes) == 1
    assert inspect(project.state_folder).state == result.state


@PROCESS_ONLY
def test_explicit_port_that_is_taken_at_the_last_moment_is_an_error(project: DevProject) -> None:
    with strangers.listening() as port:
        pass
    beaten = BeatenBackend(binary_backend().binary)
    with pytest.raises(LocalServerError) as caught:
        server.start(project.state_folder, ServerOptions(port=port), beaten)
    assert caught.value.code == "port-taken"
    assert condition(project) is Condition.STOPPED


def test_stolen_remembered_port_is_left_to_the_stranger(project: DevProject) -> None:
    port = start(project).state.port
    server.stop(project.state_folder)
    with strangers.listening(b'INFO {"server_name": "thief", "version": "2.9.9"}\r\n', port):
        result = start(project, ServerOptions())
        assert result.state.port != port
        assert f"port {port} is taken by nats-server 2.9.9 (thief)" in result.notes
        assert condition(project) is Condition.RUNNING


def test_restart_on_a_taken_port_leaves_the_server_running(project: DevProject) -> None:
    before = start(project).state
    with (
        strangers.listening() as port,
        pytest.raises(LocalServerError, match=f"port {port} is taken"),
    ):
        server.restart(project.state_folder, ServerOptions(port=port), project.backend)
    assert inspect(project.state_folder).state == before


def test_port_for_browsers_makes_way_for_the_one_that_is_asked_for(project: DevProject) -> None:
    start(project, ServerOptions(port=0, websocket=True))
    port = project.state.websocket_port
    server.stop(project.state_folder)
    state = start(project, ServerOptions(port=port)).state
    assert state.port == port
    assert state.websocket_port not in (None, port)


def test_ports_between_nodes_make_way_for_the_one_that_is_asked_for(project: DevProject) -> None:
    first, *_ = start(project, ServerOptions(port=0, nodes=3)).state.routes
    server.stop(project.state_folder)
    state = start(project, ServerOptions(port=first)).state
    assert state.port == first
    assert first not in state.routes
