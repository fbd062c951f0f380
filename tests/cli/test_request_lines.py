from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.cli.running import fed, feed, finished, running
from tests.support.cli import run_cli, start_cli
from tests.support.servers import run_server

if TYPE_CHECKING:
    from pathlib import Path

SLOW_FIRST = 'sh -c \'read word; [ "$word" = slow ] && sleep 0.3; echo "$word"\''


@pytest.fixture
def subject() -> str:
    return f"ask.{uuid4().hex}"


@pytest.mark.parametrize("concurrency", ["1", "7", "64"])
def test_answers_come_in_the_order_of_asking(
    concurrency: str, subject: str, project: Path, environ: dict[str, str]
) -> None:
    lines = b"".join(b"%d\n" % number for number in range(3000))
    with running("reply", subject, "--echo", cwd=project, environ=environ):
        ended = run_cli(
            "request", subject, "--lines", "--concurrency", concurrency, "--raw",
            cwd=project, environ=environ, stdin=lines,
        )  # fmt: skip
    assert ended.code == 0
    assert ended.stdout == lines
    assert re.search(r"answered 3000 of 3000 requests in .*p99 \d+\.\d+ ms", ended.stderr)


def test_a_slow_answer_holds_its_place(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    argv = ("reply", subject, "--command", SLOW_FIRST, "--concurrency", "4")
    with running(*argv, cwd=project, environ=environ):
        ended = run_cli(
            "request", subject, "--lines", "--concurrency", "4", "--raw",
            cwd=project, environ=environ, stdin=b"slow\na\nb\nc\n",
        )  # fmt: skip
    assert ended.text.split() == ["slow", "a", "b", "c"]


def test_commands_run_at_once_when_that_is_asked_for(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    argv = ("reply", subject, "--command", "sleep 0.5", "--concurrency", "8")
    with running(*argv, cwd=project, environ=environ):
        began = time.monotonic()
        ended = run_cli(
            "request", subject, "--lines", "--concurrency", "8", "--raw",
            cwd=project, environ=environ, stdin=b"x\n" * 8,
        )  # fmt: skip
    assert ended.code == 0
    assert time.monotonic() - began < 8 * 0.5


def test_an_answer_is_printed_before_the_next_line_is_typed(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    argv = ("request", subject, "--lines", "--raw", "--concurrency", "4")
    with (
        running("reply", subject, "--echo", cwd=project, environ=environ),
        fed(*argv, cwd=project, environ=environ) as request,
    ):
        assert request.stdout
        for word in (b"one\n", b"two\n"):
            feed(request, word)
            assert request.stdout.readline() == word
        assert finished(request).code == 0


def test_requests_without_an_answer_are_counted_and_exit_6(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("reply", subject, "pong", "--count", "2", cwd=project, environ=environ):
        ended = run_cli(
            "request", subject, "--lines", "--format", "json", "--timeout", "300ms",
            cwd=project, environ=environ, stdin=b"a\nb\nc\nd\n",
        )  # fmt: skip
    assert ended.code == 6
    records = [json.loads(line) for line in ended.text.splitlines()]
    assert [record.get("payload") for record in records[:2]] == ["pong", "pong"]
    assert [record["request"] for record in records[2:]] == [3, 4]
    assert {record["error"]["code"] for record in records[2:]} <= {
        "no-responders",
        "request-timeout",
    }
    assert "answered 2 of 4 requests" in ended.stderr
    assert "received 2 of 4 answers" in ended.stderr


def test_a_line_over_the_limit_ends_it_after_the_answers_before(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("reply", subject, "--echo", cwd=project, environ=environ):
        ended = run_cli(
            "request", subject, "--lines", "--raw", "--concurrency", "8",
            cwd=project, environ=environ, stdin=b"a\nb\n" + b"x" * 1_048_577,
        )  # fmt: skip
    assert ended.code == 2
    assert ended.text == "a\nb\n"
    assert "1048577" in ended.stderr


def test_a_signal_in_the_middle_tells_how_many_were_answered(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with (
        running("reply", subject, "--echo", cwd=project, environ=environ),
        fed("request", subject, "--lines", "--raw", cwd=project, environ=environ) as request,
    ):
        answered_once(request)
        request.send_signal(signal.SIGINT)
        request.wait(10)
        ended = finished(request)
    assert ended.code == 130
    assert "answered 1 of 1 requests" in ended.stderr


def test_a_reader_that_leaves_ends_it_with_0(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with (
        running("reply", subject, "--echo", cwd=project, environ=environ),
        fed("request", subject, "--lines", "--raw", cwd=project, environ=environ) as request,
    ):
        assert request.stdout
        request.stdout.close()
        feed(request, b"a\nb\nc\n")
        assert request.wait(10) == 0
        assert request.stderr
        assert b"Traceback" not in request.stderr.read()


def test_a_full_disk_exits_2(subject: str, project: Path, environ: dict[str, str]) -> None:
    with (
        running("reply", subject, "--echo", cwd=project, environ=environ),
        open("/dev/full", "wb") as out,  # noqa: PTH123 - a device
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "iterapp_nats", "request", subject, "--lines", "--raw"],
            cwd=project,
            env=environ,
            input=b"a\nb\n",
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ended.returncode == 2
    assert b"error[output-unwritable]" in ended.stderr


def test_a_killed_server_exits_4(tmp_path: Path, project: Path) -> None:
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        with (
            running("reply", "ask", "--echo", cwd=project, environ=environ),
            fed("request", "ask", "--lines", "--raw", cwd=project, environ=environ) as request,
        ):
            answered_once(request)
            server.stop()
            request.wait(10)
            ended = finished(request)
    assert ended.code == 4
    assert "answered 1 of 1 requests" in ended.stderr


def answered_once(request: subprocess.Popen[bytes]) -> None:
    assert request.stdout
    feed(request, b"one\n")
    assert request.stdout.readline() == b"one\n"


@pytest.mark.parametrize("option", [["--replies", "2"], ["--gap", "1s"]])
def test_a_stream_of_requests_takes_one_answer_each(option: list[str], project: Path) -> None:
    ended = run_cli("request", "ask", "--lines", *option, cwd=project)
    assert ended.code == 2
    assert "--lines excludes" in ended.stderr


def test_a_server_lost_while_stdin_is_read_exits_4(tmp_path: Path, project: Path) -> None:
    with (
        run_server(tmp_path) as server,
        fed("-v", "request", "a", cwd=project, environ={"NATS_URL": server.url}) as request,
    ):
        assert request.stderr
        assert any(b"connected" in line for line in request.stderr)
        server.stop()
        assert request.wait(5) == 4


def test_the_closing_line_tells_how_many_answers_were_written(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    argv = ("request", subject, "--lines", "--raw")
    with (
        running("reply", subject, "--echo", cwd=project, environ=environ),
        open("/dev/full", "wb") as out,  # noqa: PTH123 - a device
    ):
        asking = start_cli(
            *argv,
            cwd=project,
            environ=environ,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.PIPE,
        )
        _, told = asking.communicate(b"a\n", timeout=10)
    assert asking.returncode == 2
    assert b"answered 1 of 1 requests, wrote 0 of them, in" in told
