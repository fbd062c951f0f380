"""What a command line loads before it does its work, because a user waits for it"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SLOW = ("asyncio", "cryptography", "importlib.metadata", "nacl", "nats", "nkeys", "rich", "ssl")
SCRIPT = """
import sys
sys.argv = ["iterapp-nats", *{argv!r}]
from iterapp_nats.cli import run
run()
print(*sorted(set({slow!r}) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "argv",
    [
        ["--version"],
        ["--help"],
        ["help", "exit-codes"],
        ["check"],
        ["env", "--for", "sh"],
        ["dev", "status"],
        ["dev", "down"],
        ["completion", "bash"],
    ],
    ids=" ".join,
)
def test_command_without_connection_loads_nothing_slow(argv: list[str], tmp_path: Path) -> None:
    (tmp_path / "iterapp.toml").write_text("[nats]\n")
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(argv=argv, slow=SLOW)],
        cwd=tmp_path,
        env={"NATS_URL": "nats://127.0.0.1:4222"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr.splitlines()[-1] == ""


def test_importing_the_package_loads_nothing_slow() -> None:
    script = f"import sys, iterapp_nats; print(*set({SLOW!r}) & set(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == ""


def test_check_loads_nothing_that_is_for_connections(tmp_path: Path) -> None:
    (tmp_path / "iterapp.toml").write_text("[nats]\n")
    rooms = ["iterapp_nats.dev", "iterapp_nats.settings", "iterapp_nats.security", "json"]
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(argv=["check"], slow=rooms)],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr.splitlines()[-1] == ""
