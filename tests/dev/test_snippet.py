"""Settings of the user's own in a real server"""

from __future__ import annotations

from pathlib import Path

import pytest

from iterapp_nats.client.opening.greeting import read_greeting
from iterapp_nats.dev.inspection import Condition
from tests.dev.dev_project import PROCESS_ONLY, DevProject, condition
from tests.dev.strangers import listening
from tests.support.servers import free_port
from tests.support.sockets import listening_addresses

OPTION = ("--config-snippet", "app.conf")


def write(project: DevProject, text: str) -> Path:
    path = project.folder / "app.conf"
    path.write_text(text)
    return path


def max_payload(project: DevProject) -> int:
    return read_greeting("127.0.0.1", project.state.port, 5).max_payload


def test_settings_are_in_force_kept_and_given_up(project: DevProject) -> None:
    write(project, "max_payload: 2MB # more\n")
    project.up("--port", "0", *OPTION)
    assert max_payload(project) == 2 << 20
    project.dev("down")
    assert project.dev("up").code == 0
    assert max_payload(project) == 2 << 20
    assert project.dev("restart", "--config-snippet", "").code == 0
    assert max_payload(project) == 1 << 20


def test_changed_file_differs_until_the_restart(project: DevProject) -> None:
    path = write(project, "max_payload: 2MB")
    project.up("--port", "0", *OPTION)
    assert project.dev("up", *OPTION).code == 0
    path.write_text("max_payload: 3MB")
    ended = project.dev("up", *OPTION)
    assert ended.code == 7
    assert f"but with {path} as it was before" in ended.stderr
    assert project.dev("restart").code == 0
    assert max_payload(project) == 3 << 20
    other = project.dev("up", "--config-snippet", "")
    assert f"but with the settings of {path}" in other.stderr


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("debug: true\nlisten: 0.0.0.0:4222", "snippet-refused", "app.conf:2:1: listen is set by"),
        ("debug: true\nno_such: 3", "snippet-invalid", 'app.conf:2:1: unknown field "no_such"'),
        ('A: "0.0.0.0:8222"\nhttp: $A', "snippet-refused", "app.conf:2:1: $A may be an address"),
        ("max_payload: yes", "snippet-invalid", "app.conf:1:0"),
        ("max_payload: [", "snippet-refused", "app.conf:1:15: a value is expected"),
    ],
)
def test_settings_that_cannot_be_used_leave_the_server_running(
    text: str, code: str, words: str, project: DevProject
) -> None:
    project.up()
    write(project, text)
    ended = project.dev("restart", *OPTION)
    assert ended.code == 2, ended.stderr
    assert f"error[{code}]" in ended.stderr
    assert words in ended.stderr
    assert condition(project) is Condition.RUNNING
    assert not (project.state_folder.path / "trial").exists()


def test_missing_file_is_named(project: DevProject) -> None:
    ended = project.dev("up", *OPTION)
    assert (ended.code, "app.conf (--config-snippet): there is no" in ended.stderr) == (2, True)


def test_limits_of_jetstream_are_merged_with_our_folder(project: DevProject) -> None:
    write(project, "jetstream {\n  max_mem: 64MB\n  max_file: 1G\n}\n")
    refused = project.dev("up", "--port", "0", *OPTION)
    assert "switch JetStream on with --jetstream" in refused.stderr
    project.up("--port", "0", "--jetstream", *OPTION)
    log = project.state_folder.log_file.read_text()
    assert "Max Memory:      64.00 MB" in log
    assert f'Store Directory: "{project.state_folder.store_folder(1)}/jetstream"' in log


def test_accounts_without_a_default_user_are_no_plain_server(project: DevProject) -> None:
    write(project, "accounts { A { users: [{user: a, password: b}] } }")
    ended = project.dev("up", "--port", "0", *OPTION)
    assert ended.code == 7
    assert "it asks for a login, and apps are given none" in ended.stderr
    assert (project.servers(), project.containers()) == ([], [])
    write(project, "accounts { A { users: [{user: a, password: b}] } }\nno_auth_user: a\n")
    project.up("--port", "0", *OPTION)


def test_accounts_beside_those_of_a_secure_server_are_refused(project: DevProject) -> None:
    write(project, "accounts { A { users: [{user: a, password: b}] } }")
    ended = project.dev("up", "--port", "0", "--secure", *OPTION)
    assert "accounts is set by dev up --secure" in ended.stderr
    write(project, "ping_interval: 5s")
    project.up("--port", "0", "--secure", *OPTION)


@PROCESS_ONLY
def test_monitoring_listens_on_the_loopback_alone(project: DevProject) -> None:
    port = free_port()
    write(project, f"http: {port}")
    project.up("--port", "0", *OPTION)
    assert listening_addresses(port) == {"0100007F"}


def test_nodes_of_a_cluster_have_the_settings_too(project: DevProject) -> None:
    write(project, "max_payload: 2MB\nhttp: -1")
    project.up("--port", "0", "--nodes", "3", *OPTION)
    for port in (project.state.port, *project.state.other_ports):
        assert read_greeting("127.0.0.1", port, 5).max_payload == 2 << 20


def test_port_for_all_nodes_leaves_the_single_server_running(project: DevProject) -> None:
    project.up()
    write(project, "http: '127.0.0.1:18222'")
    ended = project.dev("restart", "--nodes", "3", *OPTION)
    assert ended.code == 2
    assert "only one of 3 nodes could listen on the port of http" in ended.stderr
    assert condition(project) is Condition.RUNNING


@PROCESS_ONLY
@pytest.mark.parametrize("options", [(), ("--port", "0"), ("--port", "free")])
def test_port_of_the_settings_that_is_taken_is_not_blamed_on_clients(
    options: tuple[str, ...], project: DevProject
) -> None:
    asked = [str(free_port()) if word == "free" else word for word in options]
    with listening() as port:
        write(project, f"http: '127.0.0.1:{port}'")
        ended = project.dev("up", *asked, *OPTION)
    assert ended.code == 7
    assert "error[server-not-started]" in ended.stderr
    assert f"listen tcp 127.0.0.1:{port}: bind: address already in use" in ended.stderr
    assert project.servers() == []


@pytest.mark.parametrize("options", [("--secure",), ("--secure", "--nodes", "3")])
def test_chaos_ends_nothing_that_the_settings_would_not_let_start_again(
    options: tuple[str, ...], project: DevProject
) -> None:
    path = write(project, "max_payload: 2MB")
    project.up("--port", "0", *options, *OPTION)
    before = project.state
    path.write_text("max_payload: 2MB\nno_such: 3")
    ended = project.dev("chaos", "restart")
    assert (ended.code, "error[snippet-invalid]" in ended.stderr) == (2, True)
    path.unlink()
    ended = project.dev("chaos", "outage", "--for", "1s")
    assert (ended.code, "error[file-unreadable]" in ended.stderr) == (2, True)
    assert condition(project) is Condition.RUNNING
    assert project.state == before


@PROCESS_ONLY
def test_settings_may_refer_to_variables_and_credentials_do_not_reach_the_server(
    project: DevProject,
) -> None:
    snippet = str(write(project, "max_payload: $MOST"))
    environ = {"MOST": "2048", "NATS_CREDENTIALS": "a secret", "NATS_URL": "nats://127.0.0.1:1"}
    ended = project.dev("up", "--port", "0", "--config-snippet", snippet, environ=environ)
    assert ended.code == 0, ended.stderr
    assert max_payload(project) == 2048
    given = Path(f"/proc/{project.pid}/environ").read_text().rstrip("\0").split("\0")
    assert given == ["MOST=2048"]
