"""Every shipped language, with its real toolchain, in every row"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.conformance.rows import ROWS
from tests.languages.workshop import BUILD_S, build_example
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from iterapp_nats.languages.registry import Language


@pytest.mark.timeout(BUILD_S + 300)
def test_example_passes_every_row(language: Language) -> None:
    built = build_example(language)
    ended = run_cli(
        *("connect", "conformance", "--request", "board.job", "--format", "json"),
        *("--", *built.command),
        cwd=built.folder,
        environ={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]},
    )
    results = {each["row"]: each for each in ended.json["data"]}
    assert list(results) == [row.id for row in ROWS]
    failed = [each for each in results.values() if each["outcome"] != "pass"]
    assert failed == []
    assert ended.code == 0
