"""`dev up` and `dev down` as a process and as a container, next to the empty command

Run it as `.ci/with-engine PYTHON tests/benchmarks/backends.py`. It measures and promises nothing,
so it is not a test. Times are medians of nine, both backends in turn; other work on the machine is
in them.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

RUNS: Final = 9
BACKENDS: Final = ("binary", "docker")
SHAPES: Final = {
    "plain": (),
    "secure": ("--secure",),
    "three nodes": ("--nodes", "3"),
}


def measure(folder: Path, environ: dict[str, str], *argv: str) -> float:
    """Return how long a whole command takes"""
    command = [sys.executable, "-m", "iterapp_nats", *argv]
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=True)
    return time.perf_counter() - began


def show(what: str, seconds: list[float]) -> None:
    """Print one line"""
    middle, least, most = statistics.median(seconds), min(seconds), max(seconds)
    sys.stdout.write(f"{what:32} {middle:7.3f} s  ({least:.3f} to {most:.3f})\n")
    sys.stdout.flush()


def compare(top: Path, environ: dict[str, str], shape: str) -> None:
    """Start and stop in turn with each backend"""
    times: dict[str, list[float]] = {}
    for _ in range(RUNS):
        for backend in BACKENDS:
            folder = top / backend / shape.replace(" ", "-")
            folder.mkdir(parents=True, exist_ok=True)
            up = ("dev", "up", "--port", "0", "--backend", backend, *SHAPES[shape])
            times.setdefault(f"{shape}, {backend}, up", []).append(measure(folder, environ, *up))
            down = measure(folder, environ, "dev", "down")
            times.setdefault(f"{shape}, {backend}, down", []).append(down)
    for what, seconds in times.items():
        show(what, seconds)


def main() -> None:
    """Print a line for each shape, backend and command"""
    environ = os.environ | {"DOCKER_HOST": os.environ["TEST_ENGINE_HOST"]}
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        empty = [measure(top, environ, "--version") for _ in range(RUNS)]
        show("an empty command", empty)
        for shape in SHAPES:
            compare(top, environ, shape)


if __name__ == "__main__":
    main()
