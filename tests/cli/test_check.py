from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path


def test_enabled_exits_0(project: Path) -> None:
    ended = run_cli("check", cwd=project)
    assert ended.code == 0
    assert "iterapp.toml: NATS is enabled" in ended.text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", 0),
        ("port = 80\n", 0),
        ("nats = true\n", 1),
        ("[nats]\n[nats]\n", 1),
        ("[Nats]\n", 1),
    ],
)
def test_verdict_is_the_exit_code(content: str, code: int, project: Path) -> None:
    (project / "iterapp.toml").write_text(content)
    assert run_cli("check", cwd=project).code == code


def test_require_nats_makes_its_absence_a_finding(project: Path) -> None:
    (project / "iterapp.toml").write_text("port = 80\n")
    ended = run_cli("check", "--require-nats", cwd=project)
    assert ended.code == 1
    assert "nats-missing" in ended.text


def test_missing_file_exits_2(tmp_path: Path) -> None:
    ended = run_cli("check", "nowhere.toml", cwd=tmp_path)
    assert ended.code == 2
    assert "nowhere.toml" in ended.text + ended.stderr


def test_empty_folder_exits_2_and_names_it(tmp_path: Path) -> None:
    ended = run_cli("check", cwd=tmp_path)
    assert ended.code == 2
    assert str(tmp_path) in ended.stderr


def test_stdin_is_checked_under_its_name(tmp_path: Path) -> None:
    ended = run_cli(
        "check", "-", "--stdin-filename", "app/iterapp.toml", cwd=tmp_path, stdin=b"nats = 1\n"
    )
    assert ended.code == 1
    assert "app/iterapp.toml:1:" in ended.text


def test_not_utf8_exits_2(project: Path) -> None:
    (project / "iterapp.toml").write_bytes(b"\xff\xfe[nats]\n")
    assert run_cli("check", cwd=project).code == 2


def test_json_names_verdict_and_applings(project: Path) -> None:
    (project / "iterapp.toml").write_text('applings = ["api"]\n[nats]\n')
    (project / "api").mkdir()
    (project / "api" / "iterapp.toml").write_text("[nats]\n")
    ended = run_cli("check", "iterapp.toml", "--format", "json", cwd=project)
    text = json.dumps(ended.json)
    assert '"enabled"' in text
    assert '"api"' in text


def test_unknown_rule_exits_2(project: Path) -> None:
    ended = run_cli("check", "--ignore", "no-such-rule", cwd=project)
    assert ended.code == 2
    assert "no-such-rule" in ended.stderr


def test_in_github_actions_findings_are_annotations(project: Path) -> None:
    (project / "iterapp.toml").write_text("nats = 1\n")
    ended = run_cli("check", cwd=project, environ={"GITHUB_ACTIONS": "true"})
    assert ended.text.startswith("::error ")
