"""The program under test: started, heard, ended"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import contextlib
import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Kubernetes kills after 30 s.
END_S: Final = 25.0
_KILL_S: Final = 5.0
_LINE_BYTES: Final = 1 << 20
_KEPT_LINES: Final = 1000


@dataclass(slots=True)
class Candidate:
    """One run of the program; `lines` is what it has written to both streams"""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None

    @property
    def code(self) -> int | None:
        """Its exit code, negative for the signal that ended it, None while it runs"""
        return self.process.returncode

    @property
    def output(self) -> str:
        """All that it has written"""
        return "\n".join(self.lines)

    async def read(self) -> None:
        """Collect the output to its end"""
        stream = self.process.stdout
        while stream and (line := await stream.readline()):
            self.lines.append(line.decode("utf-8", "replace").rstrip())
            del self.lines[:-_KEPT_LINES]

    async def terminate(self) -> bool:
        """Ask it to end; return whether it did so in time"""
        if self.code is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.wait(END_S)

    async def wait(self, timeout_s: float) -> bool:
        """Wait for its end; return whether it has come"""
        try:
            await asyncio.wait_for(self.process.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    async def clear(self) -> None:
        """Leave nothing of it behind, also what it started"""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.wait(_KILL_S)
        if self._reader:
            await asyncio.wait({self._reader}, timeout=_KILL_S)
            self._reader.cancel()


async def start_candidate(
    command: Sequence[str], *, cwd: Path, environ: Mapping[str, str]
) -> Candidate:
    """Start the program in a process group of its own; raises InputError `command-not-found`"""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=dict(environ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LINE_BYTES,
            start_new_session=True,
        )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError("command-not-found", f"cannot run {command[0]}: {reason}") from error
    candidate = Candidate(process)
    candidate._reader = asyncio.create_task(candidate.read())  # noqa: SLF001 - made here alone
    return candidate
