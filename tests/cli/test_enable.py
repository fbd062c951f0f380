from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = b"# shop\r\nport = 8080 # caf\xc3\xa9"


@pytest.fixture
def manifest(project: Path) -> Path:
    path = project / "iterapp.toml"
    path.write_bytes(PLAIN)
    return path


@pytest.fixture
def with_appling(manifest: Path) -> Path:
    manifest.write_text('applings = ["api"]\n')
    (manifest.parent / "api").mkdir()
    (manifest.parent / "api" / "iterapp.toml").write_text("port = 81\n")
    return manifest


def test_enable_adds_a_section_and_disable_takes_it_out_to_the_byte(manifest: Path) -> None:
    ended = run_cli("enable", cwd=manifest.parent)
    assert (ended.code, ended.stderr) == (0, "iterapp.toml: [nats] added\n")
    assert manifest.read_bytes().startswith(PLAIN)
    assert run_cli("check", "--require-nats", cwd=manifest.parent).code == 0
    assert run_cli("disable", cwd=manifest.parent).code == 0
    assert manifest.read_bytes() == PLAIN


def test_enable_twice_changes_nothing_and_names_form_and_line(manifest: Path) -> None:
    manifest.write_text("port = 80\n\n[nats]\n")
    before = manifest.stat().st_mtime_ns
    ended = run_cli("enable", cwd=manifest.parent)
    assert ended.code == 0
    assert "iterapp.toml: NATS is enabled already, by [nats] in line 3" in ended.stderr
    assert manifest.stat().st_mtime_ns == before


def test_disable_where_nothing_is_enabled_exits_0(manifest: Path) -> None:
    ended = run_cli("disable", cwd=manifest.parent)
    assert (ended.code, ended.stderr) == (0, "iterapp.toml: NATS is not enabled\n")


@pytest.mark.parametrize("command", ["enable", "disable"])
def test_diff_is_printed_and_nothing_written(command: str, manifest: Path) -> None:
    content = PLAIN if command == "enable" else b"port = 80\n\n[nats]\n"
    manifest.write_bytes(content)
    ended = run_cli(command, "--diff", cwd=manifest.parent)
    assert ended.code == 0
    assert ("+[nats]" if command == "enable" else "-[nats]") in ended.text.splitlines()
    assert manifest.read_bytes() == content


def test_mode_stays_and_a_link_is_followed(manifest: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.toml"
    manifest.rename(kept)
    kept.chmod(0o640)
    manifest.symlink_to(kept)
    assert run_cli("enable", cwd=manifest.parent).code == 0
    assert manifest.is_symlink()
    assert b"[nats]" in kept.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("command", "content", "code", "place"),
    [
        ("enable", "port = \n", "manifest-invalid", ":1:7:"),
        ("enable", "a = 1\nnats = true\n", "nats-wrong-type", ":2:1:"),
        ("disable", "[nats]\njetstream = true\n", "nats-has-keys", ":1:2:"),
        ("disable", "nats = {}\n", "nats-not-a-header", ":1:1:"),
    ],
)
def test_refusal_exits_2_with_the_position(
    command: str, content: str, code: str, place: str, manifest: Path
) -> None:
    manifest.write_text(content)
    ended = run_cli(command, cwd=manifest.parent)
    assert ended.code == 2
    assert f"error[{code}]: iterapp.toml{place}" in ended.stderr
    assert manifest.read_text() == content


def test_root_with_applings_is_refused_and_both_choices_named(with_appling: Path) -> None:
    before = with_appling.read_bytes()
    ended = run_cli("enable", cwd=with_appling.parent)
    assert ended.code == 2
    assert "name the file: iterapp.toml" in ended.stderr
    assert "--appling api" in ended.stderr
    assert with_appling.read_bytes() == before


def test_appling_has_its_own_file_changed(with_appling: Path) -> None:
    api = with_appling.parent / "api" / "iterapp.toml"
    assert run_cli("enable", "--appling", "api", cwd=api.parent).code == 0
    assert "[nats]" in api.read_text()
    assert "[nats]" not in with_appling.read_text()


def test_named_root_is_changed_although_it_has_applings(with_appling: Path) -> None:
    assert run_cli("enable", "iterapp.toml", cwd=with_appling.parent).code == 0
    assert "[nats]" in with_appling.read_text()


@pytest.mark.parametrize("name", ["web", "..", "../shop", ""])
def test_unknown_appling_exits_2_and_names_those_there_are(name: str, with_appling: Path) -> None:
    ended = run_cli("enable", "--appling", name, cwd=with_appling.parent)
    assert ended.code == 2
    assert "error[appling-unknown]" in ended.stderr
    assert "applings: api" in ended.stderr


@pytest.mark.parametrize("argument", [".", "iterapp.toml"])
def test_missing_file_exits_2_and_names_the_folder(argument: str, tmp_path: Path) -> None:
    (tmp_path / "iterapp.yml").write_text("nats: {}\n")
    ended = run_cli("enable", argument, cwd=tmp_path)
    assert ended.code == 2
    assert str(tmp_path) in ended.stderr
    assert "iterapp.yml is not read by the platform" in ended.stderr
