"""Processes: whose is this pid, and end it without ever hitting a stranger"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_POLL_S: Final = 0.002
_PS_TIMEOUT_S: Final = 5
_PROC: Final = Path("/proc")


def find_pid(pid_file: Path, *, mark: str) -> int | None:
    """Return the pid in `pid_file` if that process has `mark` on its command line

    nats-server leaves its pid file behind, and pids are used again: the mark, a name that is new
    at every start, is the proof.
    """
    try:
        pid = int(pid_file.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return pid if mark in _command_line(pid) else None


def end_process(pid: int, *, mark: str, is_gone: Callable[[], bool], grace_s: float) -> bool:
    """Ask the marked process to end, then force it; return whether it is gone"""
    with _pinned(pid) as send:
        for number, patience_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, grace_s)):
            if mark not in _command_line(pid):
                return is_gone()
            send(number)
            if _wait_until(is_gone, patience_s):
                return True
    return False


@contextlib.contextmanager
def _pinned(pid: int) -> Iterator[Callable[[int], None]]:
    """Yield a way to signal exactly this process, even if its pid is given away meanwhile"""
    if not hasattr(os, "pidfd_open"):
        yield lambda number: _signal_pid(pid, number)
        return
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        yield lambda _number: None
        return
    try:
        yield lambda number: _signal_descriptor(descriptor, number)
    finally:
        os.close(descriptor)


def _signal_pid(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _signal_descriptor(descriptor: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(descriptor, number)


def _wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _command_line(pid: int) -> str:
    if (_PROC / "self").exists():
        try:
            return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PS_TIMEOUT_S,
    ).stdout
