"""Run a command with the variables of the local server, and pass its signals and exit code on"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Final, Self

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

EXIT_NOT_EXECUTABLE: Final = 126
EXIT_NOT_FOUND: Final = 127
_EXIT_BY_SIGNAL: Final = 128
# npm and some terminals send two: signals closer than this are one wish.
_SAME_WISH_S: Final = 0.1
_INTERRUPT_STEPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def run_command(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run `command` to its end and return its exit code, 128 + n when signal n ended it

    Raises:
        InputError: `command-not-found`, `command-not-executable`

    """
    with _Signals() as signals:
        try:
            process = subprocess.Popen(list(command), env=dict(environ))
        except FileNotFoundError as error:
            raise _unusable("command-not-found", command[0], "there is no such command") from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise _unusable("command-not-executable", command[0], reason) from error
        signals.pass_to(process)
        code = process.wait()
    return _EXIT_BY_SIGNAL - code if code < 0 else code


class _Signals:
    """Ctrl-C, TERM and HUP go to the command; we stay to clean up after it"""

    _WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []
        self._interrupts = 0
        self._last_interrupt_s = 0.0

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._on_signal) for number in self._WATCHED}
        return self

    def __exit__(self, *_reason: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pass_to(self, process: subprocess.Popen[bytes]) -> None:
        """Name the receiver, also of signals that came before it was there"""
        self._process = process
        for number in self._waiting:
            process.send_signal(number)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._waiting.append(number)
        elif number != signal.SIGINT:
            self._process.send_signal(number)
        else:
            self._interrupt(self._process)

    def _interrupt(self, process: subprocess.Popen[bytes]) -> None:
        now_s = time.monotonic()
        if now_s - self._last_interrupt_s < _SAME_WISH_S:
            return
        self._last_interrupt_s = now_s
        step = _INTERRUPT_STEPS[min(self._interrupts, len(_INTERRUPT_STEPS) - 1)]
        self._interrupts += 1
        if step is signal.SIGINT and _terminal_interrupts_us():
            # The terminal gave Ctrl-C to the command as well: once is what the user meant.
            return
        process.send_signal(step)


def _terminal_interrupts_us() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _unusable(code: str, name: str, reason: str) -> InputError:
    return InputError(code, f"cannot run {name}: {reason}", context={"command": name})
