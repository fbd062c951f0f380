"""Which project a folder belongs to: the one whose root iterapp.toml is nearest"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST_NAME: Final = "iterapp.toml"
STATE_FOLDER_NAME: Final = ".iterapp-nats"


@dataclass(frozen=True, slots=True)
class Project:
    """The root folder of an app, and its manifest if there is one"""

    root: Path
    manifest: Path | None

    @property
    def state_folder(self) -> Path:
        """Where everything lives that the tool keeps for this project"""
        return self.root / STATE_FOLDER_NAME


def find_project(folder: Path) -> Project:
    """Walk up from `folder` to the root manifest

    An appling's manifest is not the root when a folder above lists that appling. Without any
    manifest the nearest folder that already has our state is the root, else `folder` itself.
    """
    for parent in (folder, *folder.parents):
        manifest = parent / MANIFEST_NAME
        if _exists(manifest.is_file):
            root = _app_of_appling(parent) or parent
            return Project(root, root / MANIFEST_NAME)
    for parent in (folder, *folder.parents):
        if _exists((parent / STATE_FOLDER_NAME).is_dir):
            return Project(parent, None)
    return Project(folder, None)


def _exists(look: Callable[[], bool]) -> bool:
    """Tell what `look` sees; nothing in a folder that we may not enter"""
    try:
        return look()
    except OSError:
        return False


def _app_of_appling(folder: Path) -> Path | None:
    for parent in folder.parents:
        if folder.relative_to(parent).as_posix() in _applings(parent / MANIFEST_NAME):
            return parent
    return None


def _applings(manifest: Path) -> tuple[str, ...]:
    import tomllib

    try:
        names = tomllib.loads(manifest.read_text("utf-8-sig")).get("applings")
    except (OSError, ValueError, RecursionError):
        return ()
    return tuple(str(name) for name in names) if isinstance(names, list) else ()
