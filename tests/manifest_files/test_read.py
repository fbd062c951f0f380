from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.manifest.check import FileReport
from iterapp_nats.manifest.source import ManifestSource
from iterapp_nats.manifest_files.find import ManifestPlace, find_manifests
from iterapp_nats.manifest_files.read import ManifestReader
from tests.manifest_files.putting import put

if TYPE_CHECKING:
    from pathlib import Path


def read(name: str, folder: Path, *, with_code: bool = False) -> ManifestSource:
    """Read the first manifest that a command in `folder` finds by `name`"""
    source = ManifestReader(with_code=with_code).read(find_manifests([name], folder)[0])
    assert isinstance(source, ManifestSource)
    return source


@pytest.mark.parametrize("name", ["iterapp.toml", "."])
def test_source_brings_its_neighbours(name: str, tmp_path: Path) -> None:
    put(tmp_path / "iterapp.toml", 'applings = ["api", "gone"]\n')
    put(tmp_path / "api" / "iterapp.toml")
    put(tmp_path / "orphan" / "iterapp.toml", "port = 1\n")
    put(tmp_path / "package.json", '{"dependencies": {"nats": "2"}}')
    source = read(name, tmp_path, with_code=True)
    assert source.applings == {"api": b"[nats]\n", "gone": None, "orphan": b"port = 1\n"}
    assert [(use.path, use.package) for use in source.code] == [("package.json", "nats")]
    assert not read(name, tmp_path).code


def test_dependency_file_is_named_from_the_folder_of_the_command(tmp_path: Path) -> None:
    put(tmp_path / "app" / "iterapp.toml")
    put(tmp_path / "app" / "go.mod", "require github.com/nats-io/nats.go v1.37.0\n")
    (use,) = read("app", tmp_path, with_code=True).code
    assert (use.path, use.line) == ("app/go.mod", 1)


@pytest.mark.parametrize("listed", ["applings = ['api']", r'"\u0061pplings" = ["api"]'])
def test_applings_are_read_however_the_key_is_written(listed: str, tmp_path: Path) -> None:
    put(tmp_path / "iterapp.toml", listed)
    put(tmp_path / "api" / "iterapp.toml")
    assert read("iterapp.toml", tmp_path).applings == {"api": b"[nats]\n"}


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (".", "api/iterapp.toml"),
        (".", "api"),
        ("api", "iterapp.toml"),
        ("api", "."),
        ("api/src", "../iterapp.toml"),
        ("worker", "../api/iterapp.toml"),
    ],
)
def test_an_appling_brings_its_root_from_wherever_it_is_named(
    folder: str, name: str, tmp_path: Path
) -> None:
    root = put(tmp_path / "iterapp.toml", "applings = ['api']\n")
    put(tmp_path / "api" / "iterapp.toml")
    here = tmp_path / folder
    here.mkdir(parents=True, exist_ok=True)
    assert read(name, here).root == root.read_bytes()


@pytest.mark.parametrize("root", ["[nats]", "applings = ['other']", "applings = [", "\0"])
def test_a_manifest_above_that_does_not_list_the_folder_is_no_root(
    root: str, tmp_path: Path
) -> None:
    put(tmp_path / "iterapp.toml", root)
    put(tmp_path / "api" / "iterapp.toml")
    assert read("api", tmp_path).root is None


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
    report = ManifestReader(with_code=True).read(ManifestPlace(str(path), "iterapp.toml"))
    assert isinstance(report, FileReport)
    assert "iterapp.toml" in report.findings[0].message
