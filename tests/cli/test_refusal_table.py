"""What a secured connection is refused for: each cause by its own code, exit code and words"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.cli import run_cli
from tests.support.refusals import REFUSALS, Refusal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
@pytest.mark.parametrize("argv", [("rtt",), ("pub", "orders.new", "x")], ids=" ".join)
def test_refusal_has_its_code_and_explanation(
    refusal: Refusal, argv: tuple[str, ...], tmp_path: Path, project: Path
) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    with refusal.play(folder) as variables:
        began = time.monotonic()
        ended = run_cli(*argv, cwd=project, environ=variables)
    assert f"error[{refusal.code}]" in ended.stderr, ended.stderr
    assert ended.code == refusal.exit_code
    assert all(word in ended.stderr for word in refusal.words), ended.stderr
    assert "hint: " in ended.stderr
    assert time.monotonic() - began < 5
