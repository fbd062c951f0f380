"""CPU of `iterapp-nats check` for one file and for ten thousand, next to its neighbours

Run it as `python tests/benchmarks/check.py`; tools that are not installed are left out. It measures
and promises nothing, so it is not a test.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

COUNTS: Final = (1, 10_000)
RUNS: Final = {1: 7, 10_000: 1}
START_UP: Final = ("-c", "import typer")
CONTENT: Final = """\
# A synthetic app of a usual size
port = 8080
readiness_path = "/healthz"

[env.common]
LOG_LEVEL = "info"

[env.prod]
LOG_LEVEL = "warning"

[postgres]

[nats]
"""


def write_manifests(folder: Path, count: int) -> list[str]:
    """Write `count` files, each in a folder of its own, and return their paths"""
    names = []
    for number in range(count):
        path = folder / f"{number:05}" / "iterapp.toml"
        path.parent.mkdir()
        path.write_text(CONTENT)
        names.append(str(path.relative_to(folder)))
    return names


def measure_cpu(command: list[str], folder: Path) -> tuple[float, int]:
    """Run a command; return its CPU in seconds, user and system, and its exit code"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, ended.returncode


def find_tools(schema: Path) -> dict[str, list[str]]:
    """Return the command of each tool that is there, without the files"""
    wanted = {
        "check-jsonschema": ["--schemafile", str(schema)],
        "taplo": ["check", "--schema", schema.as_uri()],
        "check-toml": [],
    }
    tools = {
        "import typer": [sys.executable, *START_UP],
        "iterapp-nats": [sys.executable, "-m", "iterapp_nats", "check"],
    }
    for name, options in wanted.items():
        if program := shutil.which(name):
            tools[name] = [program, *options]
    return tools


def main() -> None:
    """Print one line for each tool and number of files"""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        schema = top / "schema.json"
        program = [sys.executable, "-m", "iterapp_nats", "check", "--schema"]
        schema.write_bytes(subprocess.run(program, capture_output=True, check=True).stdout)
        for count in COUNTS:
            folder = top / str(count)
            folder.mkdir()
            names = write_manifests(folder, count)
            for tool, command in find_tools(schema).items():
                runs = [measure_cpu([*command, *names], folder) for _ in range(RUNS[count])]
                cpu, code = min(runs)
                sys.stdout.write(f"{count:6} files  {tool:17} {cpu:8.3f} s CPU  exit {code}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
