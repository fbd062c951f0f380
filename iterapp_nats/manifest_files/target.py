"""Which one file `enable` and `disable` change"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.errors import InputError
from iterapp_nats.manifest_files.find import (
    missing_manifest,
    names_in,
    require_project_manifest,
    shown_path,
)
from iterapp_nats.manifest_files.read import read_applings, read_manifest
from iterapp_nats.project import MANIFEST_NAME

if TYPE_CHECKING:
    from pathlib import Path


def find_target(path: Path | None, appling: str | None, folder: Path) -> Path:
    """Return the one file to change: that of `path`, else the project's root, or of its appling

    Raises:
        InputError: `manifest-missing`; `appling-unknown`; `appling-or-root`, when the root has
            applings and nobody said which file is meant

    """
    root = _require_there(path) if path else require_project_manifest(folder)
    if path and appling is None:
        return root
    beside = read_applings(str(root.parent), read_manifest(root), names_in(root.parent))
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


def _require_there(path: Path) -> Path:
    path = path / MANIFEST_NAME if path.is_dir() else path
    if path.name == MANIFEST_NAME and not path.exists():
        raise missing_manifest(path.parent)
    return path
