"""Finding, reading and writing iterapp.toml files, with what stands beside them"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.errors import InputError
from iterapp_nats.git_ignore import IgnoreRules
from iterapp_nats.manifest.applings import find_applings
from iterapp_nats.manifest.check import unreadable_file
from iterapp_nats.manifest.code import DEPENDENCY_FILES, find_code_use
from iterapp_nats.manifest.source import ManifestSource
from iterapp_nats.project import MANIFEST_NAME, find_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iterapp_nats.manifest.check import FileReport
    from iterapp_nats.manifest.code import CodeUse

# Neighbours such as package.json are read too; how large a manifest may be its reader says.
_MAX_FILE_BYTES: Final = 10 << 20
_GLOB_LETTERS: Final = frozenset("*?[")
_VENDOR_FOLDERS: Final = frozenset({"node_modules", "vendor", "target", "venv", "__pycache__"})
_WRONG_NAMES: Final = ("iterapp.yml", "iterapp.yaml", "iterapp.json", "Iterapp.toml")


def find_manifests(names: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Return the files that the arguments of a command mean, in order and each once

    A file stands for itself, a folder for every manifest below it that git does not ignore, a
    pattern for what it matches. Without any argument it is `folder`, or the project around it.

    Raises:
        InputError: `manifest-missing`, when an argument stands for no file at all

    """
    found = [path for name in names for path in _expand(name, folder)]
    if not found:
        found = list(_walk(folder)) or _project_manifest(folder)
    return tuple(dict.fromkeys(found))


def find_target(path: Path | None, appling: str | None, folder: Path) -> Path:
    """Return the one file to change: that of `path`, else the project's root, or of its appling

    Raises:
        InputError: `manifest-missing`; `appling-unknown`; `appling-or-root`, when the root has
            applings and nobody said which file is meant

    """
    root = _require_there(path) if path else _project_manifest(folder)[0]
    if path and appling is None:
        return root
    beside = _read_applings(root.parent, read_manifest(root), _entries(root.parent))
    if appling is None:
        if not beside:
            return root
        shown = shown_path(root, folder)
        one = f"for one appling: --appling {'|'.join(sorted(beside))}"
        raise InputError(
            "appling-or-root",
            f"{shown} has applings, so it is not clear which file is meant",
            hints=(f"for all applings name the file: {shown}", one),
        )
    if beside.get(appling) is None:
        raise InputError(
            "appling-unknown",
            f"there is no appling {appling} with an {MANIFEST_NAME} in {root.parent}",
            hints=(f"applings: {', '.join(sorted(beside))}",) if beside else (),
        )
    return root.parent / appling / MANIFEST_NAME


def read_manifest(path: Path) -> bytes:
    """Return the content of a file that is to be changed; raises InputError `file-unreadable`"""
    return files.read_bytes(path, purpose="manifest to change", max_bytes=_MAX_FILE_BYTES)


def write_manifest(path: Path, content: bytes) -> None:
    """Replace a file in one step; its mode stays, a symbolic link is followed

    Raises:
        InputError: `file-unwritable`

    """
    with _writing(path):
        files.write_atomic(path, content, mode=stat.S_IMODE(path.stat().st_mode))


def write_report(path: Path, text: str) -> None:
    """Write what the check reports to a file; raises InputError `file-unwritable`"""
    with _writing(path):
        files.write_atomic(path, text.encode(), mode=files.PUBLIC_FILE)


def append_report(path: Path, text: str) -> None:
    """Add to a file that other steps write to as well; raises InputError `file-unwritable`"""
    with _writing(path), path.open("a", encoding="utf-8") as file:
        file.write(text)


def shown_path(path: Path, folder: Path) -> str:
    """Return a path as messages name it: from the folder of the command, with slashes"""
    return Path(os.path.relpath(path, folder)).as_posix()


def read_source(path: Path, folder: Path, *, with_code: bool) -> ManifestSource | FileReport:
    """Read one manifest and its neighbours; a report says so when it cannot be read"""
    shown = shown_path(path, folder)
    try:
        content = files.read_bytes(path, purpose="manifest to check", max_bytes=_MAX_FILE_BYTES)
    except InputError as error:
        return unreadable_file(shown, error)
    entries = _entries(path.parent)
    return ManifestSource(
        shown,
        content,
        applings=_read_applings(path.parent, content, entries),
        root=_read_root(path) if _has_manifest_above(path.parent) else None,
        code=tuple(_read_code(path.parent, folder, entries)) if with_code else (),
    )


def describe_missing(folder: Path) -> InputError:
    """Return the error for a folder without a manifest; a file of a similar name is mentioned"""
    hints = [
        f"{name} is not read by the platform: the file must be called {MANIFEST_NAME}"
        for name in _WRONG_NAMES
        if name in _entries(folder)
    ]
    return InputError(
        "manifest-missing",
        f"there is no {MANIFEST_NAME} in {folder}",
        hints=tuple(hints) or ("name the file or its folder",),
        context={"folder": str(folder)},
    )


def _expand(name: str, folder: Path) -> list[Path]:
    path = folder / name
    if path.is_dir():
        found = list(_walk(path))
        if not found:
            raise describe_missing(path)
        return found
    if _GLOB_LETTERS & set(name) and not path.exists():
        matched = [match for match in _glob(name, folder) if match.is_file()]
        if not matched:
            raise InputError("manifest-missing", f"no file matches {name}")
        return matched
    return [path]


def _require_there(path: Path) -> Path:
    path = path / MANIFEST_NAME if path.is_dir() else path
    if path.name == MANIFEST_NAME and not path.exists():
        raise describe_missing(path.parent)
    return path


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            "file-unwritable",
            f"cannot write {path}: {(error.strerror or str(error)).lower()}",
        ) from error


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


def _walk(top: Path) -> Iterator[Path]:
    ignored = IgnoreRules.around(top)
    for root, folders, names in os.walk(top):
        here = Path(root)
        rules = ignored.below(here) if ignored else None
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _VENDOR_FOLDERS
            and not (rules and rules.excludes(here / name, is_folder=True))
        )
        path = here / MANIFEST_NAME
        if MANIFEST_NAME in names and not (rules and rules.excludes(path)):
            yield path


def _project_manifest(folder: Path) -> list[Path]:
    manifest = find_project(folder).manifest
    if manifest is None:
        raise describe_missing(folder)
    return [manifest]


def _read_applings(
    folder: Path, content: bytes, entries: frozenset[str]
) -> dict[str, bytes | None]:
    others = entries - {MANIFEST_NAME}
    beside = [name for name in others if (folder / name / MANIFEST_NAME).is_file()]
    names = dict.fromkeys((*find_applings(content), *beside))
    return {name: _read_quietly(folder / name / MANIFEST_NAME) for name in names}


def _has_manifest_above(folder: Path) -> bool:
    """Tell whether it is worth to look for a root; that costs three times as much"""
    try:
        return any((parent / MANIFEST_NAME).exists() for parent in folder.parents)
    except OSError:
        return True


def _read_root(path: Path) -> bytes | None:
    root = find_project(path.parent).manifest
    return _read_quietly(root) if root and root != path else None


def _read_code(manifest_folder: Path, folder: Path, names: frozenset[str]) -> Iterator[CodeUse]:
    for name in DEPENDENCY_FILES:
        if name in names and (content := _read_quietly(manifest_folder / name)):
            shown = shown_path(manifest_folder / name, folder)
            yield from find_code_use(shown, content.decode("utf-8", "replace"))


def _read_quietly(path: Path) -> bytes | None:
    try:
        return files.read_bytes(path, purpose="neighbour", max_bytes=_MAX_FILE_BYTES)
    except InputError:
        return None


def _entries(folder: Path) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except OSError:
        return frozenset()
