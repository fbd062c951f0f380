"""`bench` with real processes; what it measures is not judged here"""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import finished, running
from tests.client.connecting import LIMITED, login
from tests.support.cli import run_cli, start_cli
from tests.support.servers import run_server

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = ("--messages", "3000", "--warm-up", "100")


def clients_of(pid: int) -> list[int]:
    """Return the processes below a process that are clients of a benchmark"""
    below = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            words = (path.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(fields[1]) == pid and b"bench" in words:
            below.append(int(path.parent.name))
    return below


@pytest.fixture
def endless(project: Path, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A benchmark in its middle, with two clients"""
    with running("sub", "iterapp.bench", "--count", "5", cwd=project, environ=environ) as sub:
        process = start_cli(
            "bench", "pubsub", "iterapp.bench",
            "--rate", "100", "--messages", "100000", "--warm-up", "0",
            cwd=project, environ=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert finished(sub).code == 0
    yield process
    process.kill()
    process.communicate()


def test_every_message_of_every_publisher_reaches_every_subscriber(
    project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli(
        "bench", "pubsub", *FEW, "--publishers", "2", "--subscribers", "2", "--format", "json",
        cwd=project, environ=environ,
    )  # fmt: skip
    data = ended.json["data"]
    assert ended.code == 0
    assert data["published"]["clients"] == data["received"]["clients"] == 2
    assert (data["published"]["messages"], data["received"]["messages"]) == (3000, 6000)
    assert data["lost"] == 0
    assert len(data["received"]["by_client"]) == 2
    assert 0 < data["latency"]["p50_ms"] <= data["latency"]["p99_ms"] <= data["latency"]["max_ms"]


def test_publishing_is_shown_in_one_line(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli("bench", "pub", *FEW, cwd=project, environ=environ)
    assert ended.code == 0
    assert ended.text.startswith("published  3000 messages by 1 client in ")
    assert ended.text.endswith("MiB/s\n")


def test_requests_are_answered_by_processes_of_the_benchmark(
    project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli(
        "bench", "request", "--messages", "300", "--requesters", "2", "--concurrency", "4",
        cwd=project, environ=environ,
    )  # fmt: skip
    assert ended.code == 0
    assert "answered   300 messages by 2 clients" in ended.text
    assert "p99" in ended.text


def test_messages_of_somebody_else_are_counted(project: Path, environ: dict[str, str]) -> None:
    bench = start_cli(
        "bench", "sub", "news", "--messages", "100",
        cwd=project, environ=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while bench.poll() is None:
        run_cli("pub", "news", "x", "--count", "10", cwd=project, environ=environ)
    ended = finished(bench)
    assert ended.code == 0
    assert "received   100 messages by 1 client" in ended.text


def test_more_than_expected_is_no_loss_and_what_trickles_is_waited_for_briefly(
    project: Path, environ: dict[str, str]
) -> None:
    many, slow = (
        start_cli(
            "bench", "sub", *argv, cwd=project, environ=environ,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for argv in (
            ("burst", "--messages", "10"), ("drops", "--messages", "9999", "--timeout", "1"),
        )
    )  # fmt: skip
    while many.poll() is None:
        run_cli("pub", "burst", "x", "--count", "1000", cwd=project, environ=environ)
    while slow.poll() is None:
        run_cli("pub", "drops", "x", cwd=project, environ=environ)
    enough, few = finished(many), finished(slow)
    assert (enough.code, "lost       0" in enough.text) == (0, True)
    assert (few.code, "messages did not come" in few.stderr) == (1, True)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("pub", *FEW, "--min-rate", "1e12"), "are below 1000000000000"),
        (("pubsub", *FEW, "--max-p99", "0.0001ms"), "is above"),
        (("request", "--messages", "5", "--responders", "0"), "5 requests without an answer"),
        (("sub", "silence", "--messages", "5", "--timeout", "300ms"), "5 messages did not come"),
    ],
)
def test_what_is_not_enough_exits_1(
    argv: tuple[str, ...], told: str, project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli("bench", *argv, cwd=project, environ=environ)
    assert ended.code == 1
    assert told in ended.stderr


def test_a_refused_subject_of_a_client_is_the_error_of_the_command(
    tmp_path: Path, project: Path
) -> None:
    with run_server(tmp_path, LIMITED) as server:
        environ = {"NATS_URL": login(server, "app")}
        ended = run_cli("bench", "pub", "invoices", *FEW, cwd=project, environ=environ)
    assert ended.code == 5
    assert "publish to invoices" in ended.stderr


def test_a_password_is_on_no_command_line(
    endless: subprocess.Popen[bytes],
) -> None:
    for pid in clients_of(endless.pid):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        assert words[-4:] == [b"iterapp_nats", b"bench", b"client", b""]


@pytest.mark.parametrize("option", [(), ("--format", "json")])
def test_a_result_that_cannot_be_written_exits_2(
    option: tuple[str, ...], project: Path, environ: dict[str, str]
) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        argv = ("bench", "pub", *FEW, *option)
        process = start_cli(
            *argv, cwd=project, environ=environ, stdout=full, stderr=subprocess.PIPE
        )
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 2
    assert b"error[output-unwritable]" in stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_all_its_clients(
    number: int, code: int, endless: subprocess.Popen[bytes]
) -> None:
    clients = clients_of(endless.pid)
    assert len(clients) == 2
    began = time.monotonic()
    endless.send_signal(number)
    assert endless.wait(10) == code
    assert time.monotonic() - began < 3
    assert not [pid for pid in clients if Path(f"/proc/{pid}").exists()]


def test_clients_do_not_outlive_a_killed_command(endless: subprocess.Popen[bytes]) -> None:
    clients = clients_of(endless.pid)
    assert len(clients) == 2
    endless.kill()
    endless.wait()
    deadline = time.monotonic() + 10
    while [pid for pid in clients if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_server_exits_4(tmp_path: Path, project: Path) -> None:
    with run_server(tmp_path) as server:
        process = start_cli(
            "bench", "pubsub", "iterapp.bench",
            "--rate", "100", "--messages", "100000", "--warm-up", "0",
            cwd=project, environ={"NATS_URL": server.url},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        deadline = time.monotonic() + 10
        while server.log.count("iterapp-nats bench") < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        server.stop()
        ended = finished(process)
    assert ended.code == 4
    assert "error[connection-lost]" in ended.stderr


def test_a_client_without_orders_says_what_it_is(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli("bench", "client", cwd=project, environ=environ)
    assert ended.code == 2
    assert "other bench commands" in ended.json["errors"][0]["message"]
