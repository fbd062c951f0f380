"""Streams that cannot be used: full, or closed by whoever started the command"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def run_in_shell(
    command: str, cwd: Path, environ: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command line whose streams the shell arranges; $tool stands for the command"""
    return subprocess.run(
        ["sh", "-c", command],
        cwd=cwd,
        env={**environ, "tool": f"{sys.executable} -m iterapp_nats"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.mark.parametrize("words", ["--version", "--help", "help", "help exit-codes", "pub --help"])
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"])
def test_a_text_that_cannot_be_written_exits_2(words: str, stdout: str, tmp_path: Path) -> None:
    ended = run_in_shell(f"$tool {words} {stdout}", tmp_path, {})
    assert ended.returncode == 2
    assert "error[output-unwritable]: cannot write the output: " in ended.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("pub a x 2>&-", 0),
        ("pub a x 2>/dev/full", 0),
        ("pub a x <&- >&- 2>&-", 0),
        ("sub a --count 1 --timeout 200ms 2>&-", 6),
        ("rtt >&- 2>&-", 2),
        ("rtt --server nats://127.0.0.1:1 2>&-", 4),
    ],
)
def test_without_streams_the_exit_code_still_tells(
    command: str, code: int, project: Path, environ: dict[str, str]
) -> None:
    ended = run_in_shell(f"$tool {command}", project, environ)
    assert (ended.returncode, ended.stderr) == (code, "")


def test_a_closed_stdin_is_an_empty_one(project: Path, environ: dict[str, str]) -> None:
    ended = run_in_shell("$tool pub a --lines <&-", project, environ)
    assert ended.returncode == 0
    assert "published 0 messages" in ended.stderr
