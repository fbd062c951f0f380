from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.security.claims import Permissions, SubjectPermission
from tests.support.cli import run_cli
from tests.support.operator_mode import OperatorMode, build_operator_mode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def mode(tmp_path: Path) -> OperatorMode:
    permissions = Permissions(publish=SubjectPermission(allow=("orders.>",), deny=("orders.x",)))
    return build_operator_mode(tmp_path, permissions=permissions, tls=True)


def test_show_tells_who_and_what_without_the_seed(mode: OperatorMode) -> None:
    ended = run_cli("creds", "show", str(mode.creds_path), cwd=mode.folder)
    assert ended.code == 0
    assert mode.user.public_key in ended.text
    assert mode.account.public_key in ended.text
    assert "orders.>, but not orders.x" in ended.text
    assert mode.user.seed.reveal() not in ended.text + ended.stderr


def test_show_reads_stdin_and_variables(mode: OperatorMode) -> None:
    text = mode.creds_text
    by_stdin = run_cli("creds", "show", "-", cwd=mode.folder, stdin=text.encode())
    variables = {"NATS_URL": "nats://127.0.0.1:4222", "NATS_CREDENTIALS": text}
    by_variable = run_cli("creds", "show", cwd=mode.folder, environ=variables)
    assert by_stdin.text == by_variable.text
    assert mode.user.public_key in by_stdin.text


def test_show_json_has_the_fields_and_no_seed(mode: OperatorMode) -> None:
    ended = run_cli("creds", "show", str(mode.creds_path), "--format", "json", cwd=mode.folder)
    assert ended.json["data"]["identity"]["user_public_key"] == mode.user.public_key
    assert mode.user.seed.reveal() not in ended.text


def test_damage_is_named_with_the_languages_that_refuse_it(mode: OperatorMode) -> None:
    crlf = mode.creds_text.replace("\n", "\r\n").encode()
    ended = run_cli("creds", "check", "-", cwd=mode.folder, stdin=crlf)
    assert ended.code == 0
    assert "CRLF" in ended.stderr
    assert "Python" in ended.stderr


def test_valid_creds_are_ok_and_expiry_can_be_demanded(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, expires_at=int(time.time()) + 3600)
    path = str(mode.creds_path)
    assert run_cli("creds", "check", path, cwd=tmp_path).code == 0
    assert run_cli("creds", "check", path, "--warn-within", "2h", cwd=tmp_path).code == 1


def test_expired_creds_exit_1_and_say_when(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, expires_at=1_700_000_000)
    ended = run_cli("creds", "check", str(mode.creds_path), cwd=tmp_path)
    assert ended.code == 1
    assert "2023-11-14T22:13:20Z" in ended.stderr


def test_missing_creds_exit_2(tmp_path: Path) -> None:
    assert run_cli("creds", "show", cwd=tmp_path).code == 2
    assert run_cli("creds", "show", "gone.creds", cwd=tmp_path).code == 2


def test_variables_are_checked_against_each_other(mode: OperatorMode, tmp_path: Path) -> None:
    other = build_operator_mode(_new(tmp_path / "other"))
    variables = {
        "NATS_URL": "tls://127.0.0.1:4222",
        "NATS_CREDENTIALS_FILE": str(mode.creds_path),
        "NATS_CA_FILE": str(mode.ca_path),
    }
    right = run_cli("creds", "check", "--environ", cwd=tmp_path, environ=variables)
    assert right.code == 0, right.stderr
    variables["NATS_CREDENTIALS"] = other.system_creds_path.read_text()
    wrong = run_cli("creds", "check", "--environ", cwd=tmp_path, environ=variables)
    assert wrong.code == 1
    assert "error[credentials-differ]" in wrong.stderr
    variables.pop("NATS_CREDENTIALS")
    variables["NATS_CA_FILE"] = str(mode.creds_path)
    assert run_cli("creds", "check", "--environ", cwd=tmp_path, environ=variables).code == 1


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
