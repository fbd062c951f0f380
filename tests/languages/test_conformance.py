"""Every shipped language, with its real toolchain, in every row"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.conformance.rows import ROWS
from iterapp_nats.languages.registry import JAVA, KOTLIN
from tests.languages.workshop import BUILD_S, build_example
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from iterapp_nats.languages.registry import Language

# jnats closes for good when a login is refused twice in a row, and has no option against it
# (nats-io/nats-architecture-and-design#170): the module ends the process with the reason.
GIVE_UP = (JAVA, KOTLIN)


@pytest.mark.timeout(BUILD_S + 300)
def test_example_passes_every_row(language: Language) -> None:
    built = build_example(language)
    ended = run_cli(
        *("connect", "conformance", "--request", "board.job", "--jobs", "6", "--format", "json"),
        *("--", *built.command),
        cwd=built.folder,
        environ={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]},
    )
    assert ended.json["errors"] == []
    results = {each["row"]: each for each in ended.json["data"]}
    assert list(results) == [row.id for row in ROWS]
    failed = [each for each in results.values() if each["outcome"] != "pass"]
    assert failed == []
    assert re.match("connected as (board|worker)@", results["plain"]["evidence"])
    if language not in GIVE_UP:
        # The rows would take an end with a failure too, after which the platform starts it again.
        evidence = {row: each["evidence"].partition(":")[0] for row, each in results.items()}
        assert evidence["revoked"] == "goes on trying"
        assert evidence["renewed"] == evidence["unknown-account"] == "comes back"
    assert ended.code == 0
