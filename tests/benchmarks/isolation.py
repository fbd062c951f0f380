"""`probe isolation` for nine accounts, 72 pairs, on a local secure server

Run it as `python tests/benchmarks/isolation.py`. It measures and promises nothing, so it is not a
test. Times are the median and the smallest of several runs; other work on the machine is in them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

CLI: Final = (sys.executable, "-m", "iterapp_nats")
PROBE: Final = ("probe", "isolation", "--apps", "3", "--environments", "3")
RUNS: Final = 7


def run(folder: Path, *argv: str) -> float:
    """Run a command line to its good end; return how long it took"""
    began = time.perf_counter()
    subprocess.run([*CLI, *argv], cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print one line for the empty command and one for the probe"""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "iterapp.toml").write_text("[nats]\n")
        run(folder, "dev", "up", "--secure", "--port", "0")
        try:
            for argv in (("--version",), PROBE):
                seconds = [run(folder, *argv) for _ in range(RUNS)]
                middle, least = statistics.median(seconds), min(seconds)
                sys.stdout.write(f"{' '.join(argv):45} {middle:.3f} s, least {least:.3f} s\n")
                sys.stdout.flush()
        finally:
            run(folder, "dev", "down")


if __name__ == "__main__":
    main()
