from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.transcripts import console_blocks, parse_transcript, run_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent
TRANSCRIPTS = sorted((ROOT / "tests" / "transcripts").glob("*.txt"))
# The one block that .ci/run executes itself, on a copy without any environment (step wheel).
INSTALL = "python3 -m venv"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "iterapp.toml").write_text('port = 8080\nreadiness_path = "/ready"\n\n[nats]\n')
    yield folder
    subprocess.run(
        ["iterapp-nats", "dev", "down"],
        cwd=folder,
        env=environ(),
        check=True,
        capture_output=True,
    )


def environ() -> Mapping[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {
        "PATH": f"{scripts}:{os.environ['PATH']}",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
    }


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript_is_what_is_printed(path: Path, project: Path) -> None:
    run_transcript(parse_transcript(path.read_text("utf-8")), project, environ())


def test_readme_shows_what_is_printed(project: Path) -> None:
    blocks = console_blocks((ROOT / "README.md").read_text("utf-8"))
    steps = [step for block in blocks for step in parse_transcript(block)]
    assert any(step.command.startswith(INSTALL) for step in steps)
    rest = [step for step in steps if not step.command.startswith(INSTALL)]
    assert rest
    run_transcript(rest, project, environ())
