"""Every row of the failure catalogue: the step that fails, its code, the naming of the cause"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.insight.steps import StepName, Verdict
from tests.insight import catalogue_creds, catalogue_network, catalogue_tls
from tests.insight.cases import Row, diagnose, step_of, told

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [*catalogue_creds.ROWS, *catalogue_tls.ROWS, *catalogue_network.ROWS]
MAX_S = 10
SECRET = re.compile(r"S[UAO][A-Z2-7]{56}|eyJ0eXAi")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_doctor_names_the_cause(row: Row, tmp_path: Path) -> None:
    with row.scene(tmp_path) as case:
        began = time.monotonic()
        report = diagnose(case)
        took_s = time.monotonic() - began
    step = step_of(report, row.step)
    assert row.code in {reason.code for reason in step.reasons}, report
    assert step.verdict in {Verdict.FAILED, Verdict.WARNING}
    assert report.healthy == (step.verdict is Verdict.WARNING), report
    for words in row.words:
        assert words in told(step)
    assert took_s < MAX_S
    assert not SECRET.search(repr(report))


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert {row.step for row in ROWS} <= set(StepName)
