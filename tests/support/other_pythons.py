"""Other versions of CPython than the one that runs the tests

No registry has interpreters, but pyodide is CPython compiled for Node, standard library included,
and its package holds all of it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY: Final = Path(__file__).parent.parent.parent
PACKAGES: Final[Mapping[str, str]] = {
    "3.12": "pyodide@0.27.7",
    "3.13": "pyodide@0.29.5",
    "3.14": "pyodide@314.0.7",
    "3.15": "pyodide@315.0.0-alpha.2",
}


def install_python(version: str, folder: Path) -> Path:
    """Install a version and return the folder of its package; skips where npm cannot"""
    npm = [require_tool("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
    done = subprocess.run([*npm, PACKAGES[version]], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{PACKAGES[version]} cannot be installed")
    return folder / "node_modules" / "pyodide"


def run_python(package: Path, code: str, stdin: str) -> str:
    """Run code that finds its input in INPUT, and return what it leaves in OUTPUT"""
    script = str(Path(__file__).with_name("other_python.mjs"))
    done = subprocess.run(
        [require_tool("node"), script, str(package), str(REPOSITORY), code],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
