"""Processes: which one is our server, and end it without ever hitting a stranger"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.plan import GENERATION_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_POLL_S: Final = 0.002
_PS_TIMEOUT_S: Final = 5
_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class ServerMark:
    """What stands on the command line of one start of a server, and of no other process

    nats-server leaves its pid file behind, and pids are used again: only the mark is a proof.
    Without a generation, after the state was lost, the configuration of this project is the mark.
    """

    config_file: str
    generation: str | None = None

    @classmethod
    def of(cls, folder: StateFolder, state: ServerState | None) -> ServerMark:
        """Return the mark of the server that `state` describes"""
        return cls(str(folder.config_file), state.generation if state else None)

    def arguments(self) -> list[str]:
        """Return the arguments that carry the mark; they end the command line"""
        return ["--name", self.generation or "", "-c", self.config_file]

    def is_on(self, command_line: str) -> bool:
        """Tell whether a command line, its arguments joined by blanks, carries the mark"""
        if self.generation:
            return f" --name {self.generation} -c " in command_line
        is_a_server = f" --name {GENERATION_PREFIX}" in command_line
        return is_a_server and command_line.endswith(f" -c {self.config_file}")


def find_pid(pid_file: Path, mark: ServerMark) -> int | None:
    """Return the pid of the marked process: the one in `pid_file`, or found among all"""
    with contextlib.suppress(OSError, ValueError):
        pid = int(pid_file.read_text("ascii"))
        if mark.is_on(read_command_line(pid)):
            return pid
    return next((pid for pid, line in list_command_lines() if mark.is_on(line)), None)


def end_process(pid: int, mark: ServerMark, *, is_gone: Callable[[], bool], grace_s: float) -> bool:
    """Ask the marked process to end, then force it; return whether it is gone"""
    with _pinned(pid) as send:
        # A stopped process does not act on TERM before it goes on; systemd does the same.
        for numbers in ((signal.SIGTERM, signal.SIGCONT), (signal.SIGKILL,)):
            if not mark.is_on(read_command_line(pid)):
                return _wait_until(is_gone, grace_s)
            for number in numbers:
                send(number)
            if _wait_until(is_gone, grace_s):
                return True
    return False


def signal_process(pid: int, mark: ServerMark, number: int) -> bool:
    """Send a signal to the marked process; return whether it was there"""
    with _pinned(pid) as send:
        if not mark.is_on(read_command_line(pid)):
            return False
        send(number)
        return True


@contextlib.contextmanager
def _pinned(pid: int) -> Iterator[Callable[[int], None]]:
    """Yield a way to signal exactly this process, even if its pid is given away meanwhile"""
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):
        # Not Linux, a kernel before 5.3, or a sandbox; or the process is gone.
        yield lambda number: _signal_pid(pid, number)
        return
    try:
        yield lambda number: _signal_descriptor(descriptor, number)
    finally:
        os.close(descriptor)


def _signal_pid(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _signal_descriptor(descriptor: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        signal.pidfd_send_signal(descriptor, number)


def _wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def read_command_line(pid: int) -> str:
    """Return the arguments of a process joined by blanks, empty when there is none"""
    if _has_procfs():
        try:
            arguments = (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return os.fsdecode(arguments.rstrip(b"\0").replace(b"\0", b" "))
    return _ps("-o", "command=", "-p", str(pid)).strip()


def list_command_lines() -> Iterator[tuple[int, str]]:
    """Yield the pid and the command line of every process"""
    if _has_procfs():
        pids = [int(path.name) for path in _PROC.iterdir() if path.name.isdecimal()]
        yield from ((pid, read_command_line(pid)) for pid in pids)
        return
    for row in _ps("-A", "-o", "pid=,command=").splitlines():
        pid, _, line = row.strip().partition(" ")
        yield int(pid), line.strip()


def read_folder(pid: int) -> str | None:
    """Return the folder in which a process stands, None where a system does not tell

    Of a process that we may not look into, such as one of another user, it is empty.
    """
    if not _has_procfs():
        return None
    try:
        return str((_PROC / str(pid) / "cwd").readlink())
    except OSError:
        return ""


def _has_procfs() -> bool:
    return (_PROC / "self").exists()


def _ps(*arguments: str) -> str:
    ended = subprocess.run(
        ["/bin/ps", "-ww", *arguments], capture_output=True, check=False, timeout=_PS_TIMEOUT_S
    )
    return os.fsdecode(ended.stdout)
