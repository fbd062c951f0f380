"""What can go wrong, in five families with an exit code each

    IterappNatsError
    ├── InputError          2  usage, or a file, variable, subject or credential that cannot be used
    ├── Unreachable         4  DNS, refused, connect timeout, TLS: may be retried
    ├── Refused             5  login or permission denied by the server: must be fixed
    ├── NoAnswer            6  no responders, timeout, too few messages: may be retried
    └── LocalServerError    7  the dev server could not be started or stopped

An error carries a stable `code` for programs, a `message` for people, `hints` that say what to do
and `context` with the values that matter. None of these ever holds a secret.
A text raised in one place stands there; one raised in several is a constructor of its class here.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process returns; a script can rely on the meaning"""

    OK = 0
    FINDINGS = 1
    INPUT = 2
    INTERNAL = 3
    UNREACHABLE = 4
    REFUSED = 5
    NO_ANSWER = 6
    LOCAL_SERVER = 7
    INTERRUPTED = 130
    TERMINATED = 143


class IterappNatsError(Exception):
    """Base of all errors raised on purpose; catch it to catch them all"""

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hints: tuple[str, ...] = (),
        context: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hints = hints
        self.context: dict[str, str] = context or {}


class InputError(IterappNatsError):
    """Usage, or a file, variable, subject or credential that cannot be used"""

    exit_code = ExitCode.INPUT


class Unreachable(IterappNatsError):
    """No connection: DNS, refused, connect timeout, TLS"""

    exit_code = ExitCode.UNREACHABLE


class Refused(IterappNatsError):
    """The server denied the login or a permission"""

    exit_code = ExitCode.REFUSED


class NoAnswer(IterappNatsError):
    """Nobody answered, or fewer messages came than were asked for"""

    exit_code = ExitCode.NO_ANSWER


class LocalServerError(IterappNatsError):
    """The dev server could not be started or stopped"""

    exit_code = ExitCode.LOCAL_SERVER
