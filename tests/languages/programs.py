"""Small programs that use a connect module, and what they write"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs, and where it writes"""

    process: subprocess.Popen[bytes]
    log_path: Path

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def wait_for(self, text: str, times: int = 1) -> None:
        deadline = time.monotonic() + WAIT_S
        while self.log.count(text) < times:
            assert time.monotonic() < deadline, self.log
            assert self.process.poll() is None, self.log
            time.sleep(0.01)


@contextlib.contextmanager
def started(command: tuple[str, ...], url: str, folder: Path) -> Iterator[Program]:
    """Run a program with the server at `url`; its log stands in `folder`"""
    log_path = folder / "program.log"
    environ = os.environ | {"NATS_URL": url}
    with (
        log_path.open("wb") as log,
        subprocess.Popen(command, env=environ, stdout=log, stderr=log) as process,
    ):
        try:
            yield Program(process, log_path)
        finally:
            process.kill()
