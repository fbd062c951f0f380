"""Rendered files for the real consumers, and reading back what they print"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from tests.envfile.samples import AWKWARD, CREDS, FULL, FULL_VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_END = "END-OF-FILE"


def write_samples(folder: Path, consumer: Consumer) -> dict[Path, dict[str, str]]:
    """Write one file per sample; return what each must give back"""
    expected = {_write(folder / "full.env", consumer, FULL): FULL_VALUES}
    for number, value in enumerate(AWKWARD):
        variables = Variables(value, Secret(CREDS), value, value)
        try:
            path = _write(folder / f"{number}.env", consumer, variables)
        except InputError:
            continue
        expected[path] = dict.fromkeys(FULL_VALUES, value) | {"NATS_CREDENTIALS": CREDS}
    return expected


def run_shell(command: Sequence[str], script: str, files: Sequence[Path]) -> list[dict[str, str]]:
    """Run a script that prints `env -0` and END-OF-FILE after each file; return the variables"""
    done = subprocess.run(
        [*command, "-c", script, *command[:1], *map(str, files)],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(files[0].parent)},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert not done.stderr
    return [_platform_variables(part) for part in done.stdout.split(f"{_END}\0")[:-1]]


def only_ours(variables: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: value for name, value in variables.items() if name.startswith("NATS_")}


def _write(path: Path, consumer: Consumer, variables: Variables) -> Path:
    path.write_text(render_variables(consumer, variables).text, newline="")
    return path


def _platform_variables(part: str) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in part.split("\0") if entry.startswith("NATS_"))
    return {name: value for name, _, value in pairs}
