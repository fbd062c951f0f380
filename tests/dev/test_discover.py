"""Where the server's binary comes from"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.discover import find_server_binary
from iterapp_nats.errors import InputError, LocalServerError
from tests.dev import strangers

if TYPE_CHECKING:
    from pathlib import Path


def test_binary_of_the_environment_needs_no_path() -> None:
    found = find_server_binary(None, {})
    assert found.path.is_relative_to(sys.prefix)


def test_explicit_binary_wins_over_the_variable(tmp_path: Path) -> None:
    path = strangers.write_program(tmp_path, strangers.WORDLESS)
    found = find_server_binary(path, {"NATS_SERVER_BIN": "/gone"})
    assert (found.path, found.origin) == (path, "--server-binary")


def test_variable_wins_over_the_environment(tmp_path: Path) -> None:
    path = strangers.write_program(tmp_path, strangers.WORDLESS)
    found = find_server_binary(None, {"NATS_SERVER_BIN": str(path)})
    assert (found.path, found.origin) == (path, "NATS_SERVER_BIN")


@pytest.mark.parametrize(
    ("name", "reason"), [("gone", "there is no such file"), ("text", "it is not executable")]
)
def test_named_binary_that_cannot_be_used_is_refused(
    name: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("no program")
    with pytest.raises(InputError) as caught:
        find_server_binary(tmp_path / name, {})
    assert caught.value.code == "server-binary-invalid"
    assert f"{name} (--server-binary): {reason}" in caught.value.message


def test_without_the_wheel_the_binary_of_path_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "path", [])
    path = strangers.write_program(tmp_path, strangers.WORDLESS).rename(tmp_path / "nats-server")
    found = find_server_binary(None, {"PATH": str(tmp_path)})
    assert (found.path, found.origin) == (path, "PATH")
    with pytest.raises(LocalServerError) as caught:
        find_server_binary(None, {"PATH": "/nowhere"})
    assert caught.value.code == "server-binary-missing"


def test_scripts_elsewhere_are_found_through_the_record_of_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    found = find_server_binary(None, {"PATH": "/nowhere"})
    assert found.origin == "the nats-server-bin package"
    assert found.path.name == "nats-server"
