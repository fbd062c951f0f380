from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.manifest.rules import RULES
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.manifest.rules.frame import Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_has_id_level_summary_and_what_to_do(rule: Rule, tmp_path: Path) -> None:
    ended = run_cli("explain", rule.id, cwd=tmp_path)
    head, blank, summary, *page = ended.text.splitlines()
    assert (ended.code, head, blank) == (0, f"{rule.id} ({rule.severity.value})", "")
    assert summary == rule.summary
    assert "\n".join(page).strip()


def test_unknown_rule_exits_2_with_the_rule_that_was_meant(tmp_path: Path) -> None:
    ended = run_cli("explain", "nats-tipo", cwd=tmp_path)
    assert ended.code == 2
    assert "there is no rule nats-tipo" in ended.stderr
    assert "did you mean nats-typo?" in ended.stderr
