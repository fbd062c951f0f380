"""However `pub` ends, its exit code and closing line are true to what the server has seen"""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import fed, feed, finished, read_until, running
from tests.client.connecting import LIMITED, login
from tests.support.cli import run_cli, start_cli
from tests.support.relay import run_relay
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from pathlib import Path

LINE = b"x" * 99 + b"\n"


ARGV = ("pub", "news", "--lines")


def test_every_line_of_a_large_input_is_a_message(project: Path, environ: dict[str, str]) -> None:
    lines = b"".join(b"%d %s\n" % (number, b"y" * (number % 50)) for number in range(50_000))
    with running("sub", "news", "--raw", "--count", "50000", cwd=project, environ=environ) as sub:
        ended = run_cli("pub", "news", "--lines", cwd=project, environ=environ, stdin=lines)
        assert finished(sub).stdout == lines
    assert re.fullmatch(
        rf"published 50000 messages \({len(lines) - 50_000} bytes\) to news"
        r" in \d+\.\d\d s, \d+ a second: seen by the server\n",
        ended.stderr,
    )


def test_a_line_that_is_typed_is_sent_at_once(project: Path, environ: dict[str, str]) -> None:
    with (
        running("sub", "news", "--raw", cwd=project, environ=environ) as sub,
        fed(*ARGV, cwd=project, environ=environ) as pub,
    ):
        assert sub.stdout
        for word in (b"one\n", b"two\n", b"three\n"):
            feed(pub, word)
            assert sub.stdout.readline() == word
        assert finished(pub).code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_tells_what_was_seen(
    number: int, code: int, project: Path, environ: dict[str, str]
) -> None:
    with (
        running("sub", "news", "--raw", cwd=project, environ=environ) as sub,
        fed(*ARGV, cwd=project, environ=environ) as pub,
    ):
        assert sub.stdout
        feed(pub, LINE * 1000)
        for _ in range(1000):
            assert sub.stdout.readline() == LINE
        # The answer to the publisher may be a moment behind.
        time.sleep(0.3)
        began = time.monotonic()
        pub.send_signal(number)
        pub.wait(10)
        assert time.monotonic() - began < 1
        ended = finished(pub)
    assert ended.code == code
    assert "published 1000 messages (99000 bytes) to news" in ended.stderr
    assert "seen by the server" in ended.stderr


def test_a_server_killed_in_the_middle_exits_4_with_what_was_seen(
    tmp_path: Path, project: Path
) -> None:
    with (
        run_server(tmp_path) as server,
        fed(*ARGV, cwd=project, environ={"NATS_URL": server.url}) as pub,
    ):
        until_published(server, pub)
        server.stop()
        ended = finished(pub)
    assert ended.code == 4
    assert "error[connection-lost]" in ended.stderr
    told = re.search(r"sent (\d+) messages .*: the first (\d+) were seen", ended.stderr)
    if told:
        assert int(told[1]) > int(told[2]) > 0
    else:
        assert re.search(r"published \d+ messages .*: seen by the server", ended.stderr)


def until_published(server: RunningServer, pub: subprocess.Popen[bytes]) -> None:
    """Feed lines until some megabytes have gone through"""
    assert pub.stdin
    os.set_blocking(pub.stdin.fileno(), False)
    done, deadline = 0, time.monotonic() + 10
    while done < 8_000_000:
        assert time.monotonic() < deadline, server.log
        try:
            done += os.write(pub.stdin.fileno(), LINE * 600)
        except BlockingIOError:
            time.sleep(0.001)


def test_a_result_that_cannot_be_written_exits_2_after_it_was_sent(
    project: Path, environ: dict[str, str]
) -> None:
    with (
        open("/dev/full", "wb") as full,  # noqa: PTH123 - a device
        running("sub", "news", "--raw", "--count", "2", cwd=project, environ=environ) as sub,
    ):
        pub = start_cli(
            *ARGV, "--format", "json",
            cwd=project, environ=environ,
            stdin=subprocess.PIPE, stdout=full, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, stderr = pub.communicate(b"one\ntwo\n", timeout=10)
        assert finished(sub).text == "one\ntwo\n"
    assert pub.returncode == 2
    assert b"error[output-unwritable]" in stderr
    assert b"no space left on device" in stderr


@pytest.mark.parametrize("full", ["stdout", "stderr"])
def test_a_closing_line_that_nobody_can_read_changes_nothing(
    full: str, project: Path, environ: dict[str, str]
) -> None:
    with open("/dev/full", "wb") as device:  # noqa: PTH123 - a device
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, full: device}
        pub = start_cli(*ARGV, cwd=project, environ=environ, stdin=subprocess.PIPE, **streams)
        _, stderr = pub.communicate(b"one\n", timeout=10)
    assert pub.returncode == 0
    assert full == "stderr" or b"published 1 message " in stderr


def test_a_reader_that_leaves_ends_nothing_early(project: Path, environ: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with running("sub", "news", "--raw", "--count", "2", cwd=project, environ=environ) as sub:
        pub = start_cli(
            *ARGV, "--format", "json",
            cwd=project, environ=environ,
            stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(writing)
        _, stderr = pub.communicate(b"one\ntwo\n", timeout=10)
        assert finished(sub).text == "one\ntwo\n"
    assert pub.returncode == 0
    assert stderr == b""


def test_a_terminal_shows_how_far_it_is(project: Path, environ: dict[str, str]) -> None:
    terminal, inner = pty.openpty()
    pub = start_cli(*ARGV, cwd=project, environ=environ, stdin=subprocess.PIPE, stderr=inner)
    os.close(inner)
    feed(pub, LINE * 3)
    shown = read_until(terminal, b"published 3 messages, ")
    assert pub.stdin
    pub.stdin.close()
    shown += read_until(terminal, b"")
    os.close(terminal)
    assert pub.wait(10) == 0
    # The closing line stands where the progress was.
    assert shown.rpartition(b"\r\x1b[K")[2].startswith(b"published 3 messages (297 bytes)")


def test_a_log_shows_the_end_only(project: Path, environ: dict[str, str]) -> None:
    with fed(*ARGV, cwd=project, environ=environ) as pub:
        feed(pub, LINE * 3)
        time.sleep(0.8)
        assert finished(pub).stderr.count("published") == 1


def test_a_refused_subject_exits_5_and_names_the_first_message_that_may_be_missing(
    tmp_path: Path, project: Path
) -> None:
    records = [{"subject": "orders.new", "payload": "x" * 1000}] * 1500
    records[1200] = {"subject": "Invoices.New", "payload": "x"}
    lines = "".join(f"{json.dumps(record)}\n" for record in records).encode()
    with run_server(tmp_path, LIMITED) as server:
        environ = {"NATS_URL": login(server, "app")}
        ended = run_cli("pub", "--jsonl", cwd=project, environ=environ, stdin=lines)
    assert ended.code == 5
    assert "not allow this user to publish to Invoices.New" in ended.stderr
    seen = r"(?:the first (\d+) were seen by the server, of the rest )?"
    told = re.search(rf"sent (\d+) messages .*: {seen}at least one was refused", ended.stderr)
    assert told, ended.stderr
    assert int(told[2] or 0) <= 1200 < int(told[1])


def test_what_was_refused_or_not_sent_is_not_called_published(
    tmp_path: Path, project: Path
) -> None:
    with run_server(tmp_path, LIMITED) as server:
        environ = {"NATS_URL": login(server, "app")}
        refused = run_cli("pub", "Invoices.New", "x", cwd=project, environ=environ)
        large = run_cli("pub", "orders.new", cwd=project, environ=environ, stdin=b"x" * 1_048_577)
        shown = run_cli("pub", "No.X", "x", "--format", "json", cwd=project, environ=environ)
    assert (refused.code, large.code) == (5, 2)
    assert "sent 1 message (1 bytes) to Invoices.New: at least one was refused" in refused.stderr
    assert "published" not in refused.stderr + large.stderr
    assert shown.json["errors"][0]["context"]["confirmed"] == "0"


def test_a_line_over_the_limit_is_named_and_those_before_it_are_sent(
    project: Path, environ: dict[str, str]
) -> None:
    lines = b"one\ntwo\n" + b"x" * 1_048_577 + b"\nfour\n"
    with running("sub", "news", "--raw", "--count", "2", cwd=project, environ=environ) as sub:
        ended = run_cli("pub", "news", "--lines", cwd=project, environ=environ, stdin=lines)
        assert finished(sub).text == "one\ntwo\n"
    assert ended.code == 2
    assert "message 3 to news has 1048577 bytes, the server takes 1048576" in ended.stderr
    assert "published 2 messages (6 bytes) to news" in ended.stderr


def test_lines_need_no_round_trip_each(project: Path, environ: dict[str, str]) -> None:
    port = int(environ["NATS_URL"].rpartition(":")[2])
    with (
        run_relay(port, delay_s=0.2) as relay,
        fed(*ARGV, cwd=project, environ={"NATS_URL": relay.url}) as pub,
    ):
        began = time.monotonic()
        for _ in range(50):
            feed(pub, b"line\n")
            time.sleep(0.001)
        assert finished(pub).code == 0
    assert time.monotonic() - began < 50 * 0.4 / 2


def test_a_rate_is_not_exceeded(project: Path, environ: dict[str, str]) -> None:
    began = time.monotonic()
    ended = run_cli(
        "pub", "news", "x", "--count", "41", "--rate", "20", cwd=project, environ=environ
    )
    assert time.monotonic() - began >= 2
    assert "published 41 messages" in ended.stderr


def test_a_replay_may_keep_the_time_between_messages(
    project: Path, environ: dict[str, str]
) -> None:
    lines = "".join(
        f'{{"subject":"news","payload":"x","received_at":{at}}}\n' for at in (1.0, 1.5, 2.5)
    )
    began = time.monotonic()
    ended = run_cli(
        "pub", "--jsonl", "--keep-timing", cwd=project, environ=environ, stdin=lines.encode()
    )
    assert time.monotonic() - began >= 1.5
    assert ended.code == 0
    assert "published 3 messages" in ended.stderr


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["--interval", "1s", "--rate", "5"], "--interval, --rate and --keep-timing"),
        (["--keep-timing"], "--keep-timing needs --jsonl"),
        (["--rate", "0"], "--rate"),
    ],
)
def test_one_pace_is_enough(argv: list[str], named: str, project: Path) -> None:
    ended = run_cli("pub", "news", "x", *argv, cwd=project)
    assert ended.code == 2
    assert named in ended.stderr
