"""What strikes commands at one of their steps: a process that forks one for each strike"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.dev.dev_project import REPOSITORY, DevProject

if TYPE_CHECKING:
    from collections.abc import Iterator


class Driver:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def strike(self, project: DevProject, argv: tuple[str, ...], step: int, number: int) -> int:
        wish = {"argv": ["dev", *argv], "folder": str(project.folder), "step": step}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({**wish, "signal": number}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextlib.contextmanager
def run_driver() -> Iterator[Driver]:
    with subprocess.Popen(
        [sys.executable, str(REPOSITORY / "tests/dev/strike_driver.py")],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Driver(process)
        assert process.stdin
        process.stdin.close()
