"""Our commands beside plain nats-py and the `nats` command: the same work, in turns, in one run

Run it as `python -m tests.benchmarks.streams [--rounds 5] [WORK...]`. A `nats` on PATH takes part.
Each tool is a process of its own, started anew in each round. The rate of a subscriber counts from
the first message sent to the last byte written, that of a publisher is of the whole process, as is
CPU. It measures and promises nothing, so it is not a test: other work on the machine changes the
rates, so that only the ratios within a round say something.
"""

from __future__ import annotations

import argparse
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks.measuring import (
    NATS,
    Measured,
    Table,
    machine,
    peak_memory_mb,
    ram_folder,
    say,
    wait_for_cpu,
)
from tests.support.relay import run_relay
from tests.support.servers import HOST, RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUBJECT: Final = "bench.x"
OURS: Final = [sys.executable, "-m", "iterapp_nats"]
PLAIN: Final = [sys.executable, str(Path(__file__).with_name("plain_client.py"))]
QUIET_S: Final = 1.0
"""A subscriber that has written nothing for so long has written everything"""
FEW: Final = 20_000
"""For a publisher that waits for the server after each message"""


# Subscribing


def burst(count: int, size: int) -> Iterator[bytes]:
    """Return frames in pieces, each message with its number"""
    head, rest = f"PUB {SUBJECT} {size}\r\n".encode(), b"x" * (size - 10) + b"\r\n"
    for first in range(0, count, 1000):
        numbers = range(first, min(first + 1000, count))
        yield b"".join([b"%b%010d%b" % (head, number, rest) for number in numbers])


def publish_burst(port: int, count: int, size: int) -> None:
    """Be the unthrottled publisher: a socket and nothing else"""
    pieces = list(burst(count, size))
    with socket.create_connection((HOST, port)) as connection:
        connection.recv(65536)
        connection.sendall(b'CONNECT {"verbose":false}\r\n')
        sys.stdout.write("go\n")
        sys.stdout.flush()
        for piece in pieces:
            connection.sendall(piece)
        connection.sendall(b"PING\r\n")
        while b"PONG" not in connection.recv(65536):
            continue


def measure_sub(server: RunningServer, command: list[str], count: int, size: int) -> Measured:
    """Start a subscriber that writes to a file, send a burst, and wait until nothing more comes"""
    with tempfile.NamedTemporaryFile(dir=ram_folder()) as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)
        assert process.stderr
        if command[0] == NATS:
            # With --raw it does not say when it is ready.
            time.sleep(1)
        else:
            process.stderr.readline()
        this = [sys.executable, "-m", "tests.benchmarks.streams", "--burst"]
        publisher = subprocess.Popen(
            [*this, str(server.port), str(count), str(size)], stdout=subprocess.PIPE
        )
        assert publisher.stdout
        publisher.stdout.readline()
        began_s = time.perf_counter()
        ended_s = wait_until_quiet(Path(out.name), publisher)
        publisher.communicate()
        rss_mb = peak_memory_mb(process.pid)
        process.send_signal(signal.SIGINT)
        cpu_s = wait_for_cpu(process)
        process.stderr.close()
        received = Path(out.name).read_bytes().count(b"x" * (size - 10))
    return Measured(
        rate=received / (ended_s - began_s),
        cpu_us=1e6 * cpu_s / received,
        rss_mb=rss_mb,
        lost=count - received,
    )


def wait_until_quiet(path: Path, publisher: subprocess.Popen[bytes]) -> float:
    """Return when the file grew for the last time"""
    size, grown_s = -1, time.perf_counter()
    while publisher.poll() is None or time.perf_counter() - grown_s < QUIET_S:
        now = path.stat().st_size
        if now != size:
            size, grown_s = now, time.perf_counter()
        time.sleep(0.002)
    return grown_s


def subscribers(url: str, view: str) -> dict[str, list[str]]:
    raw = ["--raw"] if view == "raw" else []
    ours = {"raw": ["--raw"], "json": ["--format", "json"], "default": []}[view]
    tools = {
        f"iterapp-nats sub {' '.join(ours)}".strip(): [
            *OURS,
            "sub",
            SUBJECT,
            "--server",
            url,
            *ours,
        ]
    }
    if view == "raw":
        tools["nats-py"] = [*PLAIN, "sub", url]
    if NATS:
        tools[f"nats sub {' '.join(raw)}".strip()] = [NATS, "-s", url, "sub", SUBJECT, *raw]
    return tools


def work_sub(name: str, view: str, count: int, size: int) -> Callable[[Table, RunningServer], None]:
    def run(table: Table, server: RunningServer) -> None:
        for tool, command in subscribers(server.url, view).items():
            table.add(name, tool, measure_sub(server, command, count, size))

    return run


# Publishing


def publishers(url: str) -> dict[str, list[str]]:
    tools = {
        "iterapp-nats pub --lines": [*OURS, "pub", SUBJECT, "--lines", "--server", url],
        "nats-py": [*PLAIN, "pub", url],
    }
    if NATS:
        tools["nats pub --send-on newline"] = [
            NATS, "-s", url, "pub", SUBJECT, "--send-on", "newline", "--quiet",
        ]  # fmt: skip
    return tools


def measure_pub(command: list[str], count: int) -> tuple[float, float]:
    """Let a publisher read lines of 100 bytes; return the time of the process and its CPU"""
    with tempfile.NamedTemporaryFile(dir=ram_folder()) as lines:
        lines.writelines(b"%010d%b\n" % (number, b"x" * 90) for number in range(count))
        lines.seek(0)
        began_s = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=lines, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        cpu_s = wait_for_cpu(process)
        took_s = time.perf_counter() - began_s
    assert process.returncode == 0, command
    return took_s, cpu_s


def work_pub(table: Table, server: RunningServer) -> None:
    for tool, command in publishers(server.url).items():
        count = FEW if command[0] == NATS else 1_000_000
        took_s, cpu_s = measure_pub(command, count)
        measured = Measured(rate=count / took_s, cpu_us=1e6 * cpu_s / count)
        table.add("publish 1,000,000 lines of 100 B", tool, measured)


def work_far(table: Table, server: RunningServer) -> None:
    with run_relay(server.port, delay_s=0.01) as relay:
        for tool, command in publishers(relay.url).items():
            took_s, _ = measure_pub(command, 500)
            table.add("publish 500 lines, 20 ms away", tool, Measured(took_s=took_s))


def work_once(table: Table, server: RunningServer) -> None:
    ours = [*OURS, "pub", SUBJECT, "hello", "--server", server.url]
    tools = {"iterapp-nats pub": ours, "nats-py": [*PLAIN, "pub", server.url]}
    if NATS:
        tools["nats pub"] = [NATS, "-s", server.url, "pub", SUBJECT, "hello", "--quiet"]
    for tool, command in tools.items():
        took_s, cpu_s = measure_pub(command, 1)
        table.add("publish one message", tool, Measured(took_s=took_s, cpu_us=1e6 * cpu_s))


# Requests


def work_request(concurrency: int) -> Callable[[Table, RunningServer], None]:
    name = f"10,000 requests, {concurrency} at once"

    def run(table: Table, server: RunningServer) -> None:
        reply = [*OURS, "reply", SUBJECT, "--echo", "--server", server.url]
        responder = subprocess.Popen(reply, stderr=subprocess.PIPE)
        assert responder.stderr
        responder.stderr.readline()
        try:
            table.add(name, "iterapp-nats request --lines", measure_request(server, concurrency))
            table.add(name, "nats-py", measure_plain_request(server, concurrency))
        finally:
            responder.kill()
            responder.communicate()

    return run


def measure_request(server: RunningServer, concurrency: int) -> Measured:
    at_once = ["--concurrency", str(concurrency)]
    ended = subprocess.run(
        [*OURS, "request", SUBJECT, "--lines", *at_once, "--server", server.url],
        input=b"hello\n" * 10_000,
        capture_output=True,
        check=True,
    )
    assert ended.stdout == b"hello\n" * 10_000
    told = re.search(rb"in ([\d.]+) s, .*p50 ([\d.]+) ms", ended.stderr)
    assert told
    return Measured(rate=10_000 / float(told[1]), p50_ms=float(told[2]))


def measure_plain_request(server: RunningServer, concurrency: int) -> Measured:
    command = [*PLAIN, "request", server.url, "10000", str(concurrency)]
    ended = subprocess.run(command, capture_output=True, check=True)
    took_s, p50_s = map(float, ended.stdout.split())
    return Measured(rate=10_000 / took_s, p50_ms=1000 * p50_s)


WORKS: Final = {
    "raw": work_sub("receive 1,000,000 x 100 B", "raw", 1_000_000, 100),
    "large": work_sub("receive 400,000 x 1,000 B", "raw", 400_000, 1000),
    "default": work_sub("print 1,000,000 x 100 B", "default", 1_000_000, 100),
    "json": work_sub("print 1,000,000 x 100 B as JSON", "json", 1_000_000, 100),
    "pub": work_pub,
    "far": work_far,
    "once": work_once,
    "request": work_request(1),
    "requests": work_request(64),
}


def main() -> None:
    """Print the table"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--burst", nargs=3, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.burst:
        publish_burst(*options.burst)
        return
    table = Table()
    for number in range(options.rounds):
        say(f"round {number + 1}")
        for name in options.works or WORKS:
            with tempfile.TemporaryDirectory() as folder, run_server(Path(folder)) as server:
                WORKS[name](table, server)
    sys.stdout.write("\n".join([machine(), "", *table.rows()]) + "\n")


if __name__ == "__main__":
    main()
