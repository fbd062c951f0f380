"""Who receives Ctrl-C, TERM and their like while a command runs beside the server"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object] | int | None

# npm and some terminals send two: signals closer than this are one wish.
_SAME_WISH_S: Final = 0.1
_INTERRUPT_STEPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
_FROM_TERMINAL: Final = frozenset({signal.SIGINT, signal.SIGQUIT})
_WATCHED: Final = (
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
)


class CommandSignals:
    """Signals go to the command while there is one; we stay to clean up after it

    Before `expect_command` they act as ever, and after the command has ended they are ignored: what
    is left to do takes milliseconds, and half done it would leave a server behind.
    """

    def __init__(self) -> None:
        self._before: dict[int, Handler] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []
        self._interrupts = 0
        self._last_interrupt_s = 0.0

    def __enter__(self) -> Self:
        # What our starter ignores stays ignored for the command too: nohup and background jobs.
        handlers = {number: signal.getsignal(number) for number in _WATCHED}
        self._before = {n: handler for n, handler in handlers.items() if handler != signal.SIG_IGN}
        return self

    def __exit__(self, *_reason: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def expect_command(self) -> None:
        """Keep the signals that come from now on for the command"""
        for number in self._before:
            signal.signal(number, self._on_signal)

    def pass_to(self, process: subprocess.Popen[bytes]) -> None:
        """Name the receiver, also of signals that came before it was there"""
        self._process = process
        for number in self._waiting:
            self._interrupts += number == signal.SIGINT
            process.send_signal(number)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._waiting.append(number)
        elif number == signal.SIGINT:
            self._interrupt(self._process)
        elif number not in _FROM_TERMINAL or not _terminal_interrupts_us():
            self._process.send_signal(number)

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


class Terminated(KeyboardInterrupt):
    """TERM or HUP came: it ends everything that Ctrl-C ends"""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_code = 128 + number


@contextlib.contextmanager
def terminating() -> Iterator[None]:
    """Let TERM and HUP raise `Terminated`, so that they can be told from Ctrl-C"""

    def on_signal(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    before = {number: handler for number, handler in handlers.items() if handler != signal.SIG_IGN}
    try:
        for number in before:
            signal.signal(number, on_signal)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
