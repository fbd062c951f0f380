"""What a secured connection is refused for: each cause by its own code, exit code and words"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.security.nkey import Role
from tests.support.cli import run_cli
from tests.support.operator_mode import derive_key
from tests.support.refusals import REFUSALS, Refusal, creds_in_place, secured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
@pytest.mark.parametrize("argv", [("rtt",), ("pub", "orders.new", "x")], ids=" ".join)
def test_refusal_has_its_code_and_explanation(
    refusal: Refusal, argv: tuple[str, ...], project: Path
) -> None:
    with refusal.play(project) as variables:
        began = time.monotonic()
        ended = run_cli(*argv, cwd=project, environ=variables)
    assert f"error[{refusal.code}]" in ended.stderr, ended.stderr
    assert ended.code == refusal.exit_code
    assert all(word in ended.stderr for word in refusal.words), ended.stderr
    assert "hint: " in ended.stderr
    assert time.monotonic() - began < 5


def test_each_cause_has_a_code_of_its_own() -> None:
    codes = Counter(refusal.code for refusal in REFUSALS)
    assert codes.most_common(1)[0][1] == 1
    assert len(REFUSALS) == 17


@contextmanager
def production(folder: Path) -> Iterator[dict[str, str]]:
    """Run a server that is not the project's, and yield creds of an unknown account"""
    with secured(folder) as (_, variables):
        yield creds_in_place(variables, derive_key(Role.ACCOUNT, "never pushed"))


def test_other_server_keeps_the_cause_and_all_possible_ones_are_named(project: Path) -> None:
    with production(project) as variables:
        ended = run_cli("rtt", cwd=project, environ=variables)
    assert (ended.code, "error[login-refused]" in ended.stderr) == (5, True), ended.stderr
    for cause in ("revoked", "does not know the account A", "another operator"):
        assert cause in ended.stderr
