"""Ctrl-C, TERM and their like end the commands of the local server, and leave nothing behind"""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from iterapp_nats.dev.inspection import Condition
from tests.dev import strangers
from tests.dev.dev_project import PROCESS_ONLY, DevProject, condition, finish, is_alive, wait_until

SOON_S = 1.5
CTRL_C = b"\x03"
# A command that counts the signals it gets and ends after the second.
COUNTING = """
import signal, sys
seen = []
for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"):
    signal.signal(getattr(signal, name), lambda number, _: seen.append(signal.Signals(number).name))
print("ready", flush=True)
while not seen:
    signal.pause()
signal.sigtimedwait([], 0.3)
print(*seen, flush=True)
sys.exit(9)
"""
# Becomes the foreground of the terminal on its standard input, as a shell makes its commands.
TAKING_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def run_counting(shop: DevProject, **options: Any) -> subprocess.Popen[bytes]:
    """Start `dev run` with the counting command, and wait until it counts"""
    run = shop.start("run", "--port", "0", "--", sys.executable, "-c", COUNTING, **options)
    assert run.stdout
    assert run.stdout.readline() == b"ready\n"
    return run


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"])
def test_signal_is_passed_to_the_command_of_run(name: str, shop: DevProject) -> None:
    run = run_counting(shop, start_new_session=True)
    run.send_signal(signal.Signals[name])
    ended = finish(run)
    assert ended.text.strip() == name
    assert ended.code == 9
    assert "ended with code 9" in ended.stderr
    assert shop.servers() == []


def test_two_interrupts_at_once_count_once(shop: DevProject) -> None:
    run = run_counting(shop, start_new_session=True)
    for _ in range(3):
        run.send_signal(signal.SIGINT)
        time.sleep(0.005)
    ended = finish(run)
    assert ended.text.strip() == "SIGINT"
    assert shop.servers() == []


def test_repeated_interrupt_ends_a_command_that_ignores_it(shop: DevProject) -> None:
    stubborn = "trap '' INT TERM; echo ready; while true; do sleep 0.05; done"
    run = shop.start("run", "--port", "0", "--", "sh", "-c", stubborn, start_new_session=True)
    assert run.stdout
    run.stdout.readline()
    for _ in range(3):
        run.send_signal(signal.SIGINT)
        # Two that come before a busy machine lets the process run are one.
        time.sleep(1)
    assert finish(run).code == 137
    assert shop.servers() == []


def test_signal_that_our_starter_ignores_stays_ignored(shop: DevProject) -> None:
    ignoring = "trap '' HUP; exec \"$@\""
    command = ["sh", "-c", "kill -HUP $$; echo alive"]
    run = subprocess.run(
        ["sh", "-c", ignoring, "-", *shop.command("run", "--port", "0", "--", *command)],
        cwd=shop.folder, env=os.environ | shop.environ, capture_output=True, check=False,
    )  # fmt: skip
    assert run.stdout == b"alive\n"
    assert run.returncode == 0


def test_ctrl_c_of_the_terminal_reaches_the_command_once(shop: DevProject) -> None:
    terminal, inner = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-c", TAKING_TERMINAL,
         *shop.command("run", "--port", "0", "--", sys.executable, "-c", COUNTING)],
        cwd=shop.folder, env=os.environ | shop.environ, stdin=inner,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    os.close(inner)
    assert run.stdout
    assert run.stdout.readline() == b"ready\n"
    os.write(terminal, CTRL_C)
    ended = finish(run)
    os.close(terminal)
    assert ended.text.strip() == "SIGINT"
    assert ended.code == 9
    assert shop.servers() == []


@PROCESS_ONLY
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_up_ends_at_once_with_nothing_left(
    number: int, code: int, shop: DevProject
) -> None:
    program = strangers.write_program(shop.folder, strangers.SILENT)
    up = shop.start("up", "--port", "0", "--server-binary", str(program))
    wait_until(lambda: condition(shop) is Condition.SILENT)
    began = time.monotonic()
    up.send_signal(number)
    assert finish(up).code == code
    assert time.monotonic() - began < SOON_S
    assert condition(shop) is Condition.STOPPED


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_ended_foreground_takes_its_server_along(number: int, code: int, shop: DevProject) -> None:
    up = _foreground(shop)
    pid = shop.pid
    began = time.monotonic()
    up.send_signal(number)
    ended = finish(up)
    assert (ended.code, ended.stdout) == (code, b"")
    assert time.monotonic() - began < SOON_S
    assert not is_alive(pid)


def test_foreground_leaves_a_server_that_ran_before(shop: DevProject) -> None:
    shop.up()
    up = _foreground(shop)
    up.send_signal(signal.SIGINT)
    ended = finish(up)
    assert ended.code == 0
    assert "goes on" in ended.stderr
    assert condition(shop) is Condition.RUNNING


def test_foreground_ends_with_7_when_its_server_crashes(shop: DevProject) -> None:
    up = _foreground(shop)
    os.kill(shop.pid, signal.SIGKILL)
    ended = finish(up)
    assert ended.code == 7
    assert "has crashed" in ended.stderr


def test_foreground_ends_with_0_when_its_server_is_stopped(shop: DevProject) -> None:
    up = _foreground(shop)
    shop.dev("down")
    ended = finish(up)
    assert ended.code == 0
    assert "Server Exiting" in ended.stderr
    assert "was stopped" in ended.stderr


def _foreground(shop: DevProject) -> subprocess.Popen[bytes]:
    """Start `dev up --foreground` and wait until it shows the log"""
    up = shop.start("up", "--port", "0", "--foreground")
    assert up.stderr
    while b"Server is ready" not in up.stderr.readline():
        assert up.poll() is None
    return up


def test_killed_run_is_shown_and_its_server_adopted_by_up(shop: DevProject) -> None:
    run = run_counting(shop, start_new_session=True)
    assert "until dev run ends" in shop.dev("status").text
    run.kill()
    run.wait()
    assert "left by a killed dev run" in shop.dev("status").text
    assert shop.dev("up").code == 0
    assert "dev run" not in shop.dev("status").text
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
