"""Run a command with the variables of the local server, and pass its exit code on"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from iterapp_nats.dev.signals import CommandSignals

_EXIT_NOT_EXECUTABLE: Final = 126
_EXIT_NOT_FOUND: Final = 127
_EXIT_BY_SIGNAL: Final = 128


class CommandUnusable(InputError):
    """The command of `dev run` cannot be started; `shell_code` is what a shell would end with"""

    def __init__(self, code: str, name: str, reason: str, *, shell_code: int) -> None:
        super().__init__(code, f"cannot run {name}: {reason}", context={"command": name})
        self.shell_code = shell_code


def run_command(
    command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], signals: CommandSignals
) -> int:
    """Run `command` to its end and return its exit code, 128 + n when signal n ended it

    Raises:
        CommandUnusable: `command-not-found`, `command-not-executable`

    """
    signals.expect_command()
    try:
        process = subprocess.Popen(list(command), cwd=cwd, env=dict(environ))
    except FileNotFoundError as error:
        raise CommandUnusable(
            "command-not-found",
            command[0],
            "there is no such command",
            shell_code=_EXIT_NOT_FOUND,
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandUnusable(
            "command-not-executable",
            command[0],
            reason.lower(),
            shell_code=_EXIT_NOT_EXECUTABLE,
        ) from error
    signals.pass_to(process)
    code = process.wait()
    return _EXIT_BY_SIGNAL - code if code < 0 else code
