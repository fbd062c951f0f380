from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.transcripts import console_sections, parse_transcript, run_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent
TRANSCRIPTS = sorted((ROOT / "tests" / "transcripts").glob("*.txt"))
# Each section stands for itself, so that a reader can begin anywhere.
README = console_sections((ROOT / "README.md").read_text("utf-8"))
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


@pytest.mark.parametrize("title", README)
def test_readme_shows_what_is_printed(title: str, project: Path) -> None:
    rest = [step for step in README[title] if not step.command.startswith(INSTALL)]
    assert rest
    run_transcript(rest, project, environ())


def test_readme_begins_with_the_install_command() -> None:
    assert next(iter(README.values()))[0].command.startswith(INSTALL)
