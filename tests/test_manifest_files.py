from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.errors import InputError
from iterapp_nats.manifest.check import FileReport
from iterapp_nats.manifest.source import ManifestSource
from iterapp_nats.manifest_files import find_manifests, read_source

if TYPE_CHECKING:
    from pathlib import Path


def put(path: Path, text: str = "[nats]\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(folder: Path, *names: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in find_manifests(names, folder)]


def test_folder_stands_for_every_manifest_below_it(tmp_path: Path) -> None:
    put(tmp_path / "iterapp.toml")
    put(tmp_path / "api" / "iterapp.toml")
    put(tmp_path / "api" / "other.toml")
    assert found(tmp_path) == ["iterapp.toml", "api/iterapp.toml"]
    assert found(tmp_path, "api") == ["api/iterapp.toml"]


def test_hidden_vendor_and_git_ignored_folders_are_skipped(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".gitignore", "/build/\n*.tmp\n!keep.tmp\n")
    put(tmp_path / "sub" / ".gitignore", "local\n")
    for name in ("build", ".hidden", "node_modules/x", "a.tmp", "keep.tmp", "sub/local", "sub/ok"):
        put(tmp_path / name / "iterapp.toml")
    assert found(tmp_path) == ["keep.tmp/iterapp.toml", "sub/ok/iterapp.toml"]


def test_a_named_file_is_taken_even_if_ignored(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".gitignore", "*\n")
    put(tmp_path / "iterapp.toml")
    assert found(tmp_path, "iterapp.toml") == ["iterapp.toml"]


def test_pattern_and_file_name_the_same_file_once(tmp_path: Path) -> None:
    put(tmp_path / "a" / "iterapp.toml")
    assert found(tmp_path, "*/iterapp.toml", "a/iterapp.toml", "a") == ["a/iterapp.toml"]


@pytest.mark.parametrize("name", ["*/iterapp.toml", "empty", "/nowhere/*.toml"])
def test_argument_that_stands_for_nothing_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no ") as caught:
        find_manifests([name], tmp_path)
    assert caught.value.code == "manifest-missing"


def test_file_of_a_similar_name_is_mentioned(tmp_path: Path) -> None:
    put(tmp_path / "iterapp.yml")
    with pytest.raises(InputError) as caught:
        find_manifests([], tmp_path)
    assert "iterapp.yml is not read" in caught.value.hints[0]


def test_without_argument_the_project_around_is_found(tmp_path: Path) -> None:
    put(tmp_path / "iterapp.toml")
    source = tmp_path / "src" / "deep"
    source.mkdir(parents=True)
    assert find_manifests([], source) == (tmp_path / "iterapp.toml",)


def test_source_brings_its_neighbours(tmp_path: Path) -> None:
    root = put(tmp_path / "iterapp.toml", 'applings = ["api", "gone"]\n')
    put(tmp_path / "api" / "iterapp.toml")
    put(tmp_path / "orphan" / "iterapp.toml", "port = 1\n")
    put(tmp_path / "package.json", '{"dependencies": {"nats": "2"}}')
    source = read_source(root, tmp_path, with_code=True)
    assert isinstance(source, ManifestSource)
    assert source.applings == {"api": b"[nats]\n", "gone": None, "orphan": b"port = 1\n"}
    assert [use.package for use in source.code] == ["nats"]
    appling = read_source(tmp_path / "api" / "iterapp.toml", tmp_path, with_code=False)
    assert isinstance(appling, ManifestSource)
    assert appling.root == root.read_bytes()
    assert not appling.code


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "loop", "large"])
def test_unreadable_file_is_a_report(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "iterapp.toml"
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case "large":
            with path.open("wb") as file:
                file.truncate(11 << 20)
        case _:
            pass
    report = read_source(path, tmp_path, with_code=True)
    assert isinstance(report, FileReport)
    assert "iterapp.toml" in report.findings[0].message
