"""who, why, trace and top as commands: what they print, how they end, what they leave alone"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import json
import os
import pty
import signal
import subprocess
import time
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import pytest

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.security.claims import Permissions, SubjectPermission
from tests.cli.running import read_until
from tests.client.connecting import LIMITED, settings_of
from tests.support.cli import Ended, run_cli, start_cli
from tests.support.operator_mode import OperatorMode, build_operator_mode
from tests.support.peers import Wire, run_peer
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.client.message import Message

COMMANDS: Final = (
    ("who",),
    ("who", "orders.new"),
    ("why",),
    ("trace", "orders.new"),
    ("top", "--once", "--interval", "50ms"),
    ("doctor",),
    ("doctor", "--checks", "connection", "--checks", "request"),
)


@pytest.fixture(scope="module")
def mode(tmp_path_factory: pytest.TempPathFactory) -> OperatorMode:
    return build_operator_mode(tmp_path_factory.mktemp("mode"), tls=True)


@pytest.fixture(scope="module")
def running(mode: OperatorMode) -> Iterator[RunningServer]:
    with run_server(mode.folder, config_path=mode.config_path) as server:
        yield server


@pytest.fixture
def app(running: RunningServer, mode: OperatorMode) -> dict[str, str]:
    return {
        "NATS_URL": running.url,
        "NATS_CREDENTIALS": mode.creds_text,
        "NATS_CA_FILE": str(mode.ca_path),
    }


@contextmanager
def client(url: str, mode: OperatorMode, name: str, *subjects: str) -> Iterator[list[Message]]:
    """A client of the account beside the command; yields what it receives"""
    ready, done = Event(), Event()
    received: list[Message] = []

    async def take(message: Message) -> None:
        received.append(message)

    async def live() -> None:
        settings = settings_of(url, creds=mode.creds_path, ca=mode.ca_path)
        policy = ConnectPolicy.for_command()
        async with open_connection(settings, policy, name=name) as connection:
            for subject in subjects:
                await connection.subscribe(subject, take)
            ready.set()
            while not done.is_set():  # noqa: ASYNC110 - the event is of another thread
                await asyncio.sleep(0.01)

    thread = Thread(target=lambda: asyncio.run(live()))
    thread.start()
    assert ready.wait(10)
    try:
        yield received
    finally:
        done.set()
        thread.join(10)


def test_who_prints_a_table_and_says_who_answered(
    running: RunningServer, mode: OperatorMode, app: dict[str, str], project: Path
) -> None:
    with client(running.url, mode, "pod-1", "orders.*"):
        ended = run_cli("who", cwd=project, environ=app)
    header, row = ended.text.splitlines()
    assert header.split()[:2] == ["NAME", "CLIENT"]
    assert row.split()[0] == "pod-1"
    assert "orders.*" in row
    assert ended.stderr == "1 connection\n1 of 1 server answered\n"
    assert ended.code == 0


def test_who_of_a_subject_exits_1_when_nobody_would_get_it(
    app: dict[str, str], project: Path
) -> None:
    ended = run_cli("who", "orders.new", cwd=project, environ=app)
    assert (ended.code, ended.text) == (1, "")
    assert ended.stderr.startswith("nobody is subscribed to orders.new\n")


def test_why_tells_who_closed_by_itself_only_when_named(
    running: RunningServer, mode: OperatorMode, app: dict[str, str], project: Path
) -> None:
    with client(running.url, mode, "short-lived"):
        pass
    named = run_cli("why", "short-lived", cwd=project, environ=app)
    assert named.code == 0
    assert named.text.startswith("short-lived: Client Closed, ")
    unnamed = run_cli("why", cwd=project, environ=app)
    assert "short-lived" not in unnamed.text
    assert "closed by the clients themselves" in unnamed.stderr
    assert run_cli("why", "never-seen", cwd=project, environ=app).code == 1


def test_trace_says_who_would_get_it_and_exits_1_when_nobody(
    running: RunningServer, mode: OperatorMode, app: dict[str, str], project: Path
) -> None:
    with client(running.url, mode, "pod-1", "orders.*") as received:
        ended = run_cli("trace", "orders.new", cwd=project, environ=app)
        assert received == []
    assert ended.code == 0
    assert ended.text.startswith("client pod-1 on server ")
    assert ended.text.endswith(", subscribed to orders.*\n")
    assert "nothing was delivered" in ended.stderr
    nobody = run_cli("trace", "orders.new", cwd=project, environ=app)
    assert (nobody.code, nobody.text) == (1, "")
    assert "nobody would get a message to orders.new" in nobody.stderr


def test_trace_of_a_denied_subject_says_so(tmp_path: Path, project: Path) -> None:
    allowed = SubjectPermission(allow=("orders.>", "_INBOX.>"))
    mode = build_operator_mode(tmp_path, permissions=Permissions(publish=allowed))
    with run_server(tmp_path, config_path=mode.config_path) as running:
        environ = {"NATS_URL": running.url, "NATS_CREDENTIALS": mode.creds_text}
        ended = run_cli("trace", "invoices.new", cwd=project, environ=environ)
    assert ended.code == 1
    assert "the server would refuse a message to invoices.new" in ended.stderr


def test_trace_never_sends_to_a_server_that_would_deliver(project: Path) -> None:
    def old(wire: Wire) -> None:
        wire.greet(version="2.10.4")
        wire.read_until(b"PING")
        wire.send(b"PONG\r\n")
        wire.read_to_end()

    with run_peer(old) as peer:
        ended = run_cli("trace", "orders.new", "--server", peer.url, cwd=project)
    assert ended.code == 5
    assert "nats-server 2.10.4 is too old" in ended.stderr
    assert b"orders.new" not in peer.received


def test_top_once_prints_rates(
    running: RunningServer, mode: OperatorMode, app: dict[str, str], project: Path
) -> None:
    with client(running.url, mode, "pod-1", "orders.*"):
        ended = run_cli("top", "--once", "--interval", "50ms", cwd=project, environ=app)
    assert ended.code == 0, ended.stderr
    assert "1 connection on 1 server" in ended.text
    assert any(line.startswith("pod-1 ") for line in ended.text.splitlines())
    assert any(line.startswith("orders.* ") for line in ended.text.splitlines())


def test_json_of_each_command_is_an_envelope(app: dict[str, str], project: Path) -> None:
    for argv in COMMANDS:
        ended = run_cli(*argv, "--format", "json", cwd=project, environ=app)
        assert ended.json["status"] == "ok", argv
        assert ended.json["exit_code"] == ended.code
        assert ended.json["data"], argv


def test_top_without_once_is_a_stream_of_json(app: dict[str, str], project: Path) -> None:
    argv = ("top", "--format", "json", "--interval", "50ms")
    process = start_cli(*argv, cwd=project, environ=app, stdout=subprocess.PIPE)
    assert process.stdout
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 130
    assert all("connections" in line for line in lines)


def test_top_on_a_terminal_draws_until_ctrl_c(
    running: RunningServer, mode: OperatorMode, app: dict[str, str], project: Path
) -> None:
    master, slave = pty.openpty()
    environ = {**app, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"}
    with client(running.url, mode, "pod-\x5bred\x5d", "orders.*"):
        process = start_cli(
            "top", "--interval", "50ms", cwd=project, environ=environ,
            stdin=slave, stdout=slave, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(slave)
        drawn = read_until(master, b"orders.*")
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        drawn += read_until(master, b"")
        _, stderr = process.communicate(timeout=10)
    assert time.monotonic() - began < 3
    assert process.returncode == 130, stderr
    assert b"pod-[red]" in drawn
    assert b"\x1b[?1049l" in drawn


def test_nothing_is_published_but_questions_and_messages_to_ourselves(
    running: RunningServer, mode: OperatorMode, app: dict[str, str], project: Path
) -> None:
    with client(running.url, mode, "listener", ">") as received:
        for argv in COMMANDS:
            run_cli(*argv, cwd=project, environ=app)
        end = run_cli("pub", "the.end", "x", cwd=project, environ=app)
        assert end.code == 0
        deadline = time.monotonic() + 5
        while not any(message.subject == "the.end" for message in received):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    subjects = {message.subject for message in received} - {"the.end"}
    assert {name for name in subjects if not name.startswith(("_INBOX.", "$SYS.REQ."))} == set()
    assert len(received) < 100


@pytest.mark.parametrize("argv", [("who",), ("why",), ("top", "--once")], ids=" ".join)
@pytest.mark.parametrize(
    ("user", "code", "permission"),
    [
        ("app", "permission-missing", "$SYS.REQ.ACCOUNT.PING.CONNZ"),
        ("deaf", "inbox-denied", "_INBOX.>"),
    ],
)
def test_restricted_user_is_told_which_permission_it_lacks(
    argv: tuple[str, ...], user: str, code: str, permission: str, tmp_path: Path, project: Path
) -> None:
    with run_server(tmp_path, LIMITED) as limited:
        url = limited.url.replace("//", f"//{user}:pw@")
        ended = run_cli(*argv, "--server", url, cwd=project)
    assert ended.code == 5
    assert f"error[{code}]" in ended.stderr
    assert permission in ended.stderr


@pytest.mark.parametrize(("user", "code"), [("deaf", "inbox-denied")])
def test_trace_tells_a_restricted_user_too(
    user: str, code: str, tmp_path: Path, project: Path
) -> None:
    with run_server(tmp_path, LIMITED) as limited:
        url = limited.url.replace("//", f"//{user}:pw@")
        ended = run_cli("trace", "orders.new", "--server", url, cwd=project)
    assert (ended.code, f"error[{code}]" in ended.stderr) == (5, True), ended.stderr


def test_no_secret_is_told(mode: OperatorMode, app: dict[str, str], project: Path) -> None:
    with_file = {**app, "NATS_CREDENTIALS_FILE": str(mode.creds_path)}
    wrong = {**app, "NATS_CREDENTIALS_FILE": mode.creds_text}
    told: list[Ended] = [
        run_cli("-vv", *argv, *as_json, cwd=project, environ=environ)
        for argv in COMMANDS
        for as_json in ((), ("--format", "json"))
        for environ in (with_file, wrong)
    ]
    seen = "".join(ended.text + ended.stderr for ended in told)
    assert mode.user.seed.reveal() not in seen
    assert "eyJ0eXAi" not in seen
