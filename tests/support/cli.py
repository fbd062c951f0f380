"""Run a command line: in this process for its result, or as a process of its own for its life"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iterapp_nats.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command line left behind"""

    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


def run_cli(
    *argv: str, cwd: Path, environ: Mapping[str, str] | None = None, stdin: bytes = b""
) -> Ended:
    """Run in this process, with streams and environment of its own"""
    stdout, stderr = io.BytesIO(), io.BytesIO()
    streams = (
        io.TextIOWrapper(io.BytesIO(stdin), "utf-8"),
        io.TextIOWrapper(stdout, "utf-8"),
        io.TextIOWrapper(stderr, "utf-8"),
    )
    code = main(argv, environ=environ or {}, cwd=cwd, streams=streams)
    for stream in streams[1:]:
        stream.flush()
    return Ended(code, stdout.getvalue(), stderr.getvalue().decode())


def start_cli(
    *argv: str, cwd: Path, environ: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[bytes]:
    """Start as a process: for signals, pipes and terminals"""
    return subprocess.Popen(
        [sys.executable, "-m", "iterapp_nats", *argv],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **(environ or {})},
        **options,
    )
