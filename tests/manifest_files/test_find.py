from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.errors import InputError
from iterapp_nats.manifest_files.find import find_manifests
from tests.manifest_files.putting import put

if TYPE_CHECKING:
    from pathlib import Path


def found(folder: Path, *names: str) -> list[str]:
    places = find_manifests(names, folder)
    assert [place.path for place in places] == [str(folder / place.shown) for place in places]
    return [place.shown for place in places]


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
    (place,) = find_manifests([], source)
    assert (place.path, place.shown) == (str(tmp_path / "iterapp.toml"), "../../iterapp.toml")


def test_rules_of_the_repository_hold_in_a_folder_of_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".gitignore", "/apps/*/old\n")
    put(tmp_path / "apps" / ".gitignore", "!/keep/old\n")
    for name in ("one/old", "one/new", "keep/old"):
        put(tmp_path / "apps" / name / "iterapp.toml")
    assert found(tmp_path / "apps") == ["keep/old/iterapp.toml", "one/new/iterapp.toml"]
    assert found(tmp_path / "apps" / "one") == ["new/iterapp.toml"]


def test_without_a_repository_nothing_is_ignored(tmp_path: Path) -> None:
    put(tmp_path / ".gitignore", "*\n")
    put(tmp_path / "a" / "iterapp.toml")
    assert found(tmp_path) == ["a/iterapp.toml"]
