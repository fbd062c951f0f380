"""Run `dev …` in forks and strike each at one of its steps, chosen by number

Each line of stdin is a JSON object: `argv`, `folder`, `step`, `signal`. The answer is the exit code
on a line, negative when the signal ended the command. A step is anything that Python reports to
audit hooks and that changes or asks the world: files, folders, locks, sockets, processes.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from iterapp_nats.cli import main

CHANGES = {
    "fcntl.flock",
    "os.chmod",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.truncate",
    "shutil.rmtree",
    "socket.bind",
    "socket.connect",
    "subprocess.Popen",
}


class Strike:
    """An audit hook: counts steps, and at the chosen one sends the signal to its own process"""

    def __init__(self, step: int, number: int) -> None:
        self._step = step
        self._number = number
        self._count = 0
        self._last = ""

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and ".iterapp-nats" not in str(arguments[0]):
            return
        if event != "open" and event not in CHANGES:
            return
        # How often a server is asked before it answers is chance: one step.
        is_repeated = event == self._last == "socket.connect"
        self._last = event
        self._count += not is_repeated
        if self._count == self._step and not is_repeated:
            os.kill(os.getpid(), self._number)


def play(argv: list[str], folder: str) -> int:
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(3)]
    return main(
        argv,
        environ={"PATH": os.environ["PATH"]},
        cwd=Path(folder),
        streams=(streams[0], streams[1], streams[2]),
    )


def serve() -> None:
    # Every fork would import the commands again.
    with tempfile.TemporaryDirectory() as folder:
        play(["dev", "run", "--port", "0", "--", "true"], folder)
    for line in sys.stdin:
        wish = json.loads(line)
        pid = os.fork()
        if pid == 0:
            sys.addaudithook(Strike(wish["step"], wish["signal"]))
            os._exit(play(wish["argv"], wish["folder"]))
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
