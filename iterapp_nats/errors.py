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

    @classmethod
    def unconfirmed(cls, server: str, timeout_s: float) -> Unreachable:
        """The server did not say in time that it has seen what was sent"""
        return cls(
            "confirm-timeout",
            f"no confirmation from {server} within {timeout_s:g} s",
            hints=("what was sent may have arrived or not",),
            context={"server": server},
        )


class Refused(IterappNatsError):
    """The server denied the login or a permission"""

    exit_code = ExitCode.REFUSED

    @classmethod
    def own_inbox(cls, pattern: str) -> Refused:
        """The user may not subscribe or publish to an inbox of its own"""
        return cls(
            "inbox-denied",
            f"the server does not allow this user an inbox of its own ({pattern})",
            hints=("allow _INBOX.> in the permissions of the user, to publish and to subscribe",),
            context={"subject": pattern},
        )


class NoAnswer(IterappNatsError):
    """Nobody answered, or fewer messages came than were asked for"""

    exit_code = ExitCode.NO_ANSWER

    @classmethod
    def no_responders(cls, subject: str) -> NoAnswer:
        """The server knows nobody who is subscribed"""
        return cls(
            "no-responders",
            f"nobody is subscribed to {subject}",
            hints=(f"start a responder, for example iterapp-nats reply {subject} --echo",),
            context={"subject": subject},
        )

    @classmethod
    def in_time(cls, subject: str, timeout_s: float) -> NoAnswer:
        """Somebody is subscribed, and nobody answered"""
        return cls(
            "request-timeout",
            f"no answer from {subject} within {timeout_s:g} s",
            hints=(
                f"a subscriber exists: see which with iterapp-nats who {subject}",
                "or wait longer with --timeout",
            ),
            context={"subject": subject},
        )


class LocalServerError(IterappNatsError):
    """The dev server could not be started or stopped"""

    exit_code = ExitCode.LOCAL_SERVER
