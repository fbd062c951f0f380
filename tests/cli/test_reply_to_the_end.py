"""However `reply` ends, its exit code and closing line are true to what was answered"""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import fed, feed, finished, running, send_frames
from tests.support.cli import run_cli
from tests.support.servers import run_server

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def answered(request: subprocess.Popen[bytes], text: bytes) -> None:
    assert request.stdout
    feed(request, text)
    assert request.stdout.readline() == text


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_tells_how_many_were_answered(
    number: int, code: int, project: Path, environ: dict[str, str]
) -> None:
    with (
        running("reply", "ask", "--echo", cwd=project, environ=environ) as reply,
        fed("request", "ask", "--lines", "--raw", cwd=project, environ=environ) as request,
    ):
        answered(request, b"one\n")
        answered(request, b"two\n")
        began = time.monotonic()
        reply.send_signal(number)
        ended = finished(reply)
        assert time.monotonic() - began < 1
    assert ended.code == code
    assert "answered 2 requests" in ended.stderr


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_ends_the_command_that_is_asked(
    number: int, code: int, project: Path, environ: dict[str, str]
) -> None:
    started = project / "started"
    # The command is a shell, and what it waits for a process of its own.
    command = f"sh -c 'sleep 60 & echo $! > {started}.new; mv {started}.new {started}; wait'"
    with (
        running("reply", "ask", "--command", command, cwd=project, environ=environ) as reply,
        fed("request", "ask", "--lines", "--raw", cwd=project, environ=environ) as request,
    ):
        feed(request, b"one\n")
        until(started.exists)
        began = time.monotonic()
        reply.send_signal(number)
        ended = finished(reply)
        assert time.monotonic() - began < 1
    assert ended.code == code
    assert "answered 0 requests" in ended.stderr
    asked = Path(f"/proc/{started.read_text().strip()}/stat")
    until(lambda: not asked.exists() or " Z " in asked.read_text())


def test_a_command_that_cannot_be_run_is_told_and_ends_nothing(
    project: Path, environ: dict[str, str]
) -> None:
    script = project / "script"
    script.write_text("echo hi\n")
    script.chmod(0o755)
    argv = ("reply", "ask", "--command", str(script), "--count", "2")
    with running(*argv, cwd=project, environ=environ) as reply:
        first = run_cli("request", "ask", "x", cwd=project, environ=environ)
        assert f"Reply-Error: cannot run {script}: exec format error" in first.text
        run_cli("request", "ask", "x", cwd=project, environ=environ)
        ended = finished(reply)
    assert ended.code == 0
    assert f"warning: cannot run {script}: exec format error" in ended.stderr
    assert "answered 2 requests" in ended.stderr


def test_a_server_that_is_gone_does_not_hold_it(tmp_path: Path, project: Path) -> None:
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        with running("reply", "ask", "--echo", cwd=project, environ=environ) as reply:
            assert run_cli("request", "ask", "x", cwd=project, environ=environ).code == 0
            server.stop()
            assert reply.stderr
            assert b"disconnected" in reply.stderr.readline()
            began = time.monotonic()
            reply.send_signal(signal.SIGINT)
            ended = finished(reply)
    assert time.monotonic() - began < 1
    assert ended.code == 130
    assert "answered 1 request\n" in ended.stderr


def test_it_answers_again_when_the_server_is_back(tmp_path: Path, project: Path) -> None:
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        argv = ("reply", "ask", "--echo", "--count", "2")
        with running(*argv, cwd=project, environ=environ) as reply:
            assert run_cli("request", "ask", "x", cwd=project, environ=environ).code == 0
            server.stop()
            server.start_again()
            assert reply.stderr
            assert any(b"reconnected after" in line for line in reply.stderr)
            assert run_cli("request", "ask", "y", cwd=project, environ=environ).text == "y\n"
            ended = finished(reply)
    assert ended.code == 0
    assert "answered 2 requests\n" in ended.stderr


def test_an_answer_that_falls_into_an_outage_ends_nothing(tmp_path: Path, project: Path) -> None:
    asked, back = project / "asked", project / "back"
    command = f"sh -c 'touch {asked}; until [ -e {back} ]; do sleep 0.01; done; printf done'"
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        argv = ("reply", "ask", "--command", command, "--count", "1")
        with (
            running(*argv, cwd=project, environ=environ) as reply,
            fed("request", "ask", "--lines", "--raw", cwd=project, environ=environ) as request,
        ):
            feed(request, b"one\n")
            until(asked.exists)
            server.stop()
            assert reply.stderr
            assert b"disconnected" in reply.stderr.readline()
            back.touch()
            time.sleep(0.3)
            server.start_again()
            assert any(b"reconnected after" in line for line in reply.stderr)
            assert run_cli("request", "ask", "y", cwd=project, environ=environ).text == "done\n"
            ended = finished(reply)
    assert ended.code == 0
    assert "1 answer was not sent" in ended.stderr
    assert "answered 1 request\n" in ended.stderr


def test_its_time_may_end_while_the_server_is_away(tmp_path: Path, project: Path) -> None:
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        argv = ("reply", "ask", "--echo", "--timeout", "1s")
        with running(*argv, cwd=project, environ=environ) as reply:
            server.stop()
            ended = finished(reply)
    assert ended.code == 0, ended.stderr
    assert "answered 0 requests\n" in ended.stderr


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_an_answer_over_the_limit_is_told_to_the_requester_and_ends_nothing(
    project: Path, environ: dict[str, str]
) -> None:
    command = "sh -c 'head -c $(cat) /dev/zero'"
    argv = ("reply", "ask", "--command", command, "--count", "2")
    with running(*argv, cwd=project, environ=environ) as reply:
        large = run_cli("request", "ask", "1048577", cwd=project, environ=environ)
        small = run_cli("request", "ask", "5", "--raw", cwd=project, environ=environ)
        ended = finished(reply)
    assert "Reply-Error: the message to _INBOX." in large.text
    assert "has 1048577 bytes, the server takes 1048576" in large.text
    assert small.stdout == b"\0" * 5 + b"\n"
    assert ended.code == 0
    assert "has 1048577 bytes" in ended.stderr
    assert "answered 2 requests" in ended.stderr


def test_an_answer_that_never_fits_exits_2_before_anybody_asks(
    project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli("reply", "ask.*", "x" * 1_048_577, cwd=project, environ=environ)
    assert ended.code == 2
    assert "error[payload-too-large]" in ended.stderr


def test_a_reply_subject_that_is_none_ends_nothing(project: Path, environ: dict[str, str]) -> None:
    with running("reply", "ask", "--echo", "--count", "1", cwd=project, environ=environ) as reply:
        send_frames(environ["NATS_URL"], [b"PUB ask a..b 1\r\nx\r\n"])
        assert reply.stderr
        assert b"a..b" in reply.stderr.readline()
        assert run_cli("request", "ask", "x", cwd=project, environ=environ).text == "x\n"
        assert finished(reply).code == 0
