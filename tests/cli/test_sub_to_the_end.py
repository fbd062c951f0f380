"""However `sub` ends, its exit code and closing line are true to what was written"""

from __future__ import annotations

import os
import re
import resource
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import finished, running, send_frames
from tests.support.cli import run_cli
from tests.support.operator_mode import build_operator_mode
from tests.support.peers import run_peer
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.peers import Wire

LINES = b"".join(b"%06d %s\n" % (number, b"x" * 92) for number in range(60_000))


def publish(lines: bytes, cwd: Path, environ: dict[str, str]) -> None:
    ended = run_cli("pub", "news", "--lines", cwd=cwd, environ=environ, stdin=lines)
    assert ended.code == 0, ended.stderr


def until_received(process: subprocess.Popen[bytes], path: Path, size: int) -> None:
    deadline = time.monotonic() + 10
    while path.stat().st_size < size:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.005)


def test_a_burst_to_a_file_is_whole(project: Path, environ: dict[str, str]) -> None:
    path = project / "out"
    argv = ("sub", "news", "--raw", "--count", "60000")
    with path.open("wb") as out, running(*argv, cwd=project, environ=environ, stdout=out) as sub:
        publish(LINES, project, environ)
        ended = finished(sub)
    assert ended.code == 0
    assert ended.stderr == "received 60000 messages, lost 0\n"
    assert path.read_bytes() == LINES


def test_a_million_messages_without_a_pause_are_whole(
    project: Path, environ: dict[str, str]
) -> None:
    lines = [b"%07d %s\n" % (number, b"x" * 91) for number in range(1_000_000)]
    path = project / "out"
    argv = ("sub", "news", "--raw", "--count", "1000000")
    with path.open("wb") as out, running(*argv, cwd=project, environ=environ, stdout=out) as sub:
        send_frames(environ["NATS_URL"], frames(lines))
        ended = finished(sub)
    assert ended.code == 0
    assert ended.stderr == "received 1000000 messages, lost 0\n"
    assert path.read_bytes() == b"".join(lines)


def frames(lines: list[bytes]) -> Iterator[bytes]:
    for first in range(0, len(lines), 1000):
        some = lines[first : first + 1000]
        yield b"".join([b"PUB news 99\r\n%b\r\n" % line[:-1] for line in some])


def test_a_stopped_reader_loses_nothing(project: Path, environ: dict[str, str]) -> None:
    with running("sub", "news", "--raw", "--count", "60000", cwd=project, environ=environ) as sub:
        publish(LINES, project, environ)
        time.sleep(0.3)
        assert sub.poll() is None, "the reader has read nothing yet"
        ended = finished(sub)
    assert ended.code == 0
    assert ended.stdout == LINES
    assert "received 60000 messages, lost 0\n" in ended.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_with_a_stopped_reader_tells_how_much_was_written(
    number: int, code: int, project: Path, environ: dict[str, str]
) -> None:
    with running("sub", "news", "--raw", cwd=project, environ=environ) as sub:
        publish(LINES, project, environ)
        time.sleep(0.3)
        began = time.monotonic()
        sub.send_signal(number)
        sub.wait(10)
        assert time.monotonic() - began < 1
        ended = finished(sub)
    assert ended.code == code
    told = re.search(r"received (\d+) messages?, wrote (\d+) of them, lost 0", ended.stderr)
    assert told, ended.stderr
    assert int(told[2]) == ended.stdout.count(b"\n") < int(told[1])
    assert LINES.startswith(ended.stdout)


def test_a_signal_leaves_a_moment_to_a_reader_that_reads(
    project: Path, environ: dict[str, str]
) -> None:
    some = LINES[:500_000]
    with running("sub", "news", "--raw", cwd=project, environ=environ) as sub:
        publish(some, project, environ)
        time.sleep(0.3)
        sub.send_signal(signal.SIGINT)
        ended = finished(sub)
    assert ended.stdout == some
    assert "received 5000 messages, lost 0" in ended.stderr


def test_a_full_disk_exits_2_and_tells_how_much_was_written(
    project: Path, environ: dict[str, str]
) -> None:
    path, limit = project / "out", 1_000_050

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    argv = ("sub", "news", "--raw", "--count", "60000")
    with (
        path.open("wb") as out,
        running(*argv, cwd=project, environ=environ, stdout=out, preexec_fn=small_disk) as sub,
    ):
        publish(LINES, project, environ)
        ended = finished(sub)
    assert ended.code == 2
    assert "error[output-unwritable]" in ended.stderr
    told = re.search(r"received (\d+) messages?, wrote (\d+) of them, lost 0", ended.stderr)
    assert told, ended.stderr
    assert path.read_bytes() == LINES[:limit]
    assert int(told[2]) == limit // 100


def test_a_device_without_room_exits_2(project: Path, environ: dict[str, str]) -> None:
    with (
        open("/dev/full", "wb") as out,  # noqa: PTH123 - a device
        running("sub", "news", cwd=project, environ=environ, stdout=out) as sub,
    ):
        publish(b"x\n", project, environ)
        ended = finished(sub)
    assert ended.code == 2
    assert "received 1 message, wrote 0 of them, lost 0" in ended.stderr
    assert "no space left on device" in ended.stderr


def test_a_reader_that_leaves_ends_it_with_0_while_it_is_waited_for(
    project: Path, environ: dict[str, str]
) -> None:
    with running("sub", "news", "--raw", cwd=project, environ=environ) as sub:
        publish(LINES, project, environ)
        assert sub.stdout
        assert sub.stdout.read(700) == LINES[:700]
        sub.stdout.close()
        assert sub.wait(10) == 0
        assert sub.stderr
        assert re.fullmatch(
            rb"received \d+ messages, wrote \d+ of them, lost 0\n", sub.stderr.read()
        )


def test_a_killed_server_is_a_gap_and_exits_1(tmp_path: Path, project: Path) -> None:
    path = project / "out"
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        argv = ("sub", "news", "--raw", "--timeout", "2")
        with (
            path.open("wb") as out,
            running(*argv, cwd=project, environ=environ, stdout=out) as sub,
        ):
            publish(b"before\n", project, environ)
            until_received(sub, path, 7)
            server.stop()
            ended = finished(sub)
    assert ended.code == 1
    assert (
        "received 1 message, lost what was published since the connection was lost" in ended.stderr
    )
    assert path.read_bytes() == b"before\n"


@pytest.mark.parametrize(("option", "code"), [([], 1), (["--allow-gaps"], 0)])
def test_a_restarted_server_is_a_gap_of_some_length(
    option: list[str], code: int, tmp_path: Path, project: Path
) -> None:
    path = project / "out"
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        argv = ("sub", "news", "--raw", "--count", "2", *option)
        with (
            path.open("wb") as out,
            running(*argv, cwd=project, environ=environ, stdout=out) as sub,
        ):
            publish(b"before\n", project, environ)
            until_received(sub, path, 7)
            server.stop()
            server.start_again()
            assert sub.stderr
            # A try to reconnect may come before the server does, and is told.
            assert any(b"reconnected after" in line for line in sub.stderr)
            publish(b"after\n", project, environ)
            ended = finished(sub)
    assert ended.code == code
    assert re.search(
        r"received 2 messages, lost what was published in 1 gap of \d\.\d\d\d s", ended.stderr
    )
    assert ("--allow-gaps" in ended.stderr) == bool(code)
    assert path.read_bytes() == b"before\nafter\n"


def test_a_slow_consumer_is_told_that_the_server_cut_it_off(tmp_path: Path, project: Path) -> None:
    mode = build_operator_mode(tmp_path)
    with mode.config_path.open("a") as config:
        config.write("max_pending: 1MB\n")
    with run_server(mode.folder, config_path=mode.config_path) as server:
        environ = {"NATS_URL": server.url, "NATS_CREDENTIALS_FILE": str(mode.creds_path)}
        with running("sub", "news", "--raw", "--timeout", "6", cwd=project, environ=environ) as sub:
            _flood_stopped(sub, server, project, environ)
            ended = finished(sub)
    assert ended.code == 1
    assert "the server had closed the connection: Slow Consumer" in ended.stderr
    assert re.search(r"lost what was published in \d+ gaps? of \d+\.\d+ s", ended.stderr)
    whole = set(LINES.splitlines())
    assert all(line in whole for line in ended.stdout.splitlines())


def _flood_stopped(
    sub: subprocess.Popen[bytes], server: RunningServer, project: Path, environ: dict[str, str]
) -> None:
    """Publish while the subscriber gets no processor time, until the server has cut it off"""
    os.kill(sub.pid, signal.SIGSTOP)
    deadline = time.monotonic() + 20
    while "Slow Consumer" not in server.log:
        assert time.monotonic() < deadline
        publish(LINES, project, environ)
    os.kill(sub.pid, signal.SIGCONT)


def test_what_came_before_the_end_of_the_login_is_written(project: Path) -> None:
    def expire(wire: Wire) -> None:
        wire.greet()
        wire.read_until(b"PING")
        wire.send(b"PONG\r\n")
        wire.read_until(b"PUB ")
        number = _number_of(wire.received, b"_INBOX")
        echo = re.findall(rb"PUB (_INBOX\S+)", wire.received)[0]
        wire.send(b"MSG %b %b 0\r\n\r\n" % (echo, number))
        line = b"x" * 999
        wire.send(b"MSG news %b 999\r\n%b\r\n" % (_number_of(wire.received, b"news"), line) * 5000)
        wire.send(b"-ERR 'User Authentication Expired'\r\n")

    with (
        run_peer(expire) as peer,
        running("sub", "news", "--raw", cwd=project, environ={"NATS_URL": peer.url}) as sub,
    ):
        time.sleep(1)
        ended = finished(sub)
    assert ended.code == 5
    assert ended.stdout.count(b"\n") == 5000
    assert "received 5000 messages, lost" in ended.stderr


def _number_of(received: bytearray, subject: bytes) -> bytes:
    found = re.search(rb"SUB %b\S* +(\d+)" % subject, received)
    assert found
    return found[1]


def test_a_loss_after_the_count_was_reached_is_none(tmp_path: Path, project: Path) -> None:
    with run_server(tmp_path) as server:
        environ = {"NATS_URL": server.url}
        argv = ("sub", "news", "--raw", "--count", "60000")
        with running(*argv, cwd=project, environ=environ) as sub:
            publish(LINES, project, environ)
            time.sleep(0.5)
            server.stop()
            assert sub.stderr
            assert b"disconnected" in sub.stderr.readline()
            ended = finished(sub)
    assert ended.code == 0
    assert ended.stdout == LINES
    assert "received 60000 messages, lost 0\n" in ended.stderr


def test_a_ready_file_of_an_earlier_one_is_removed(project: Path) -> None:
    ready = project / "ready"
    ready.touch()
    argv = ("sub", "news", "--ready-file", "ready")
    ended = run_cli(*argv, cwd=project, environ={"NATS_URL": "nats://127.0.0.1:1"})
    assert ended.code == 4
    assert not ready.exists()
