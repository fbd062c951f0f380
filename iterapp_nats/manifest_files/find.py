"""Which files a command line means

Ten thousand of them are found in one go, so paths are strings here: pathlib would cost more than
the files themselves.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.project import MANIFEST_NAME, find_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GLOB: Final = re.compile(r"[*?\[]")
_VENDOR_FOLDERS: Final = frozenset({"node_modules", "vendor", "target", "venv", "__pycache__"})
_WRONG_NAMES: Final = ("iterapp.yml", "iterapp.yaml", "iterapp.json", "Iterapp.toml")


@dataclass(frozen=True, slots=True)
class ManifestPlace:
    """Where a manifest is

    path: absolute
    shown: as messages name it, from the folder of the command, with slashes
    beside: the names in its folder, None when nobody has looked
    """

    path: str
    shown: str
    beside: frozenset[str] | None = None


def find_manifests(names: Iterable[str], folder: Path) -> tuple[ManifestPlace, ...]:
    """Return the files that the arguments of a command mean, in order and each once

    A file stands for itself, a folder for every manifest below it that git does not ignore, a
    pattern for what it matches. Without any argument it is `folder`, or the project around it.

    Raises:
        InputError: `manifest-missing`, when an argument stands for no file at all

    """
    found: dict[str, ManifestPlace] = {}
    for name in names:
        for place in _expand(name, folder):
            found.setdefault(place.path, place)
    if found:
        return tuple(found.values())
    return tuple(_walk(folder, folder)) or (_place(require_project_manifest(folder), folder),)


def require_project_manifest(folder: Path) -> Path:
    """Return the manifest of the project around `folder`; raises InputError `manifest-missing`"""
    manifest = find_project(folder).manifest
    if manifest is None:
        raise missing_manifest(folder)
    return manifest


def missing_manifest(folder: Path) -> InputError:
    """Return the error for a folder without a manifest; a file of a similar name is mentioned"""
    names = names_in(folder)
    hints = [
        f"{name} is not read by the platform: the file must be called {MANIFEST_NAME}"
        for name in _WRONG_NAMES
        if name in names
    ]
    return InputError(
        "manifest-missing",
        f"there is no {MANIFEST_NAME} in {folder}",
        hints=tuple(hints) or ("name the file or its folder",),
        context={"folder": str(folder)},
    )


def shown_path(path: str | Path, folder: Path) -> str:
    """Return a path as messages name it: from the folder of the command, with slashes"""
    whole = str(path)
    inside = whole.removeprefix(f"{folder}{os.sep}")
    if inside == whole or ".." in inside:
        inside = os.path.relpath(path, folder)
    return inside.replace(os.sep, "/")


def names_in(folder: str | Path) -> frozenset[str]:
    """Return what stands in a folder, nothing for one that may not be read"""
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


def _expand(name: str, folder: Path) -> Iterable[ManifestPlace]:
    path = folder / name
    if os.path.isdir(path):
        found = list(_walk(path, folder))
        if not found:
            raise missing_manifest(path)
        return found
    if _GLOB.search(name) and not path.exists():
        matched = [_place(match, folder) for match in _glob(name, folder) if match.is_file()]
        if not matched:
            raise InputError("manifest-missing", f"no file matches {name}")
        return matched
    return (_place(path, folder),)


def _place(path: Path, folder: Path) -> ManifestPlace:
    return ManifestPlace(str(path), shown_path(path, folder))


def _glob(name: str, folder: Path) -> list[Path]:
    pattern = Path(name)
    base = Path(pattern.anchor) if pattern.is_absolute() else folder
    try:
        return sorted(base.glob(pattern.relative_to(pattern.anchor).as_posix()))
    except ValueError as error:
        raise InputError(
            "pattern-invalid",
            f"invalid pattern {name}: ** must stand alone between two slashes",
        ) from error


def _walk(top: Path, folder: Path) -> Iterator[ManifestPlace]:
    from iterapp_nats.git_ignore import IgnoreRules

    ignored = IgnoreRules.around(str(top))
    for here, folders, names in os.walk(top):
        if ".gitignore" in names and ignored:
            ignored.enter(here)
        beside = frozenset((*folders, *names)) if MANIFEST_NAME in names else frozenset()
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _VENDOR_FOLDERS
            and not (ignored and ignored.excludes(here, name, is_folder=True))
        )
        if beside and not (ignored and ignored.excludes(here, MANIFEST_NAME)):
            path = f"{here}{os.sep}{MANIFEST_NAME}"
            yield ManifestPlace(path, shown_path(path, folder), beside)
