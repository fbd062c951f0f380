"""Reading manifests, each with what stands beside it"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.errors import InputError
from iterapp_nats.manifest.applings import find_applings, may_list_applings
from iterapp_nats.manifest.check import unreadable_file
from iterapp_nats.manifest.code import DEPENDENCY_FILES, find_code_use
from iterapp_nats.manifest.source import ManifestSource
from iterapp_nats.manifest_files.find import names_in
from iterapp_nats.project import MANIFEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.manifest.check import FileReport
    from iterapp_nats.manifest.code import CodeUse
    from iterapp_nats.manifest_files.find import ManifestPlace

# Neighbours such as package.json are read too; how large a manifest may be its reader says.
_MAX_FILE_BYTES: Final = 10 << 20


@dataclass(frozen=True, slots=True)
class _Root:
    """A manifest that is looked at only for the sake of its applings"""

    content: bytes
    applings: frozenset[str]


@dataclass(frozen=True, slots=True)
class ManifestReader:
    """Reads the manifests of one command; what it sees above them it looks at once

    with_code: whether dependency files beside a manifest are read as well
    """

    with_code: bool = False
    _roots: dict[str, _Root | None] = field(default_factory=dict)

    def read(self, place: ManifestPlace) -> ManifestSource | FileReport:
        """Read one manifest and its neighbours; a report says so when it cannot be read"""
        try:
            content = _read(place.path, "manifest to check")
        except InputError as error:
            return unreadable_file(place.shown, error)
        folder = os.path.dirname(place.path)
        return ManifestSource(
            place.shown,
            content,
            applings=self._read_applings(place, folder, content),
            root=self._read_root(folder),
            code=self._read_code(place, folder),
        )

    def _read_applings(
        self, place: ManifestPlace, folder: str, content: bytes
    ) -> dict[str, bytes | None]:
        if not may_list_applings(content):
            return {}
        return read_applings(folder, content, place.beside or names_in(folder))

    def _read_code(self, place: ManifestPlace, folder: str) -> tuple[CodeUse, ...]:
        if not self.with_code:
            return ()
        beside = place.beside or names_in(folder)
        if beside.isdisjoint(DEPENDENCY_FILES):
            return ()
        return tuple(_find_code(place, folder, beside))

    def _read_root(self, folder: str) -> bytes | None:
        """Read the manifest above, if it lists this folder as an appling"""
        if ".." in folder:
            folder = os.path.realpath(folder)
        above, name = os.path.split(folder)
        if above not in self._roots:
            self._roots[above] = _look_for_root(above)
        root = self._roots[above]
        return root.content if root and name in root.applings else None


def read_manifest(path: Path) -> bytes:
    """Return the content of a file that is to be changed; raises InputError `file-unreadable`"""
    return _read(path, "manifest to change")


def read_applings(folder: str, content: bytes, beside: frozenset[str]) -> dict[str, bytes | None]:
    """Read the manifests in the folders beside one with this content, listed in it or not

    None stands for a listed one that is missing.
    """
    paths = {name: os.path.join(folder, name, MANIFEST_NAME) for name in beside - {MANIFEST_NAME}}
    unlisted = [name for name, path in paths.items() if os.path.isfile(path)]
    names = dict.fromkeys((*find_applings(content), *unlisted))
    return {name: _read_quietly(os.path.join(folder, name, MANIFEST_NAME)) for name in names}


def _find_code(place: ManifestPlace, folder: str, beside: frozenset[str]) -> Iterator[CodeUse]:
    prefix = place.shown[: place.shown.rfind("/") + 1]
    for name in DEPENDENCY_FILES:
        if name in beside and (content := _read_quietly(os.path.join(folder, name))):
            yield from find_code_use(f"{prefix}{name}", content.decode("utf-8", "replace"))


def _look_for_root(folder: str) -> _Root | None:
    content = _read_quietly(os.path.join(folder, MANIFEST_NAME))
    return None if content is None else _Root(content, frozenset(find_applings(content)))


def _read(path: str | Path, purpose: str) -> bytes:
    return files.read_bytes(path, purpose=purpose, max_bytes=_MAX_FILE_BYTES)


def _read_quietly(path: str) -> bytes | None:
    try:
        return _read(path, "neighbour")
    except InputError:
        return None
