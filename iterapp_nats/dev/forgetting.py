"""Forget a server that has ended, and say what of it cannot be removed"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from pathlib import Path


def state_is_link(path: Path) -> LocalServerError:
    """Return the error for a state folder that is a link, whose target may hold more"""
    return LocalServerError(
        "state-unwritable",
        f"cannot remove {path}: it is a symbolic link to {path.readlink()}; no server runs now",
        hints=("remove that folder and the link yourself",),
        context={"folder": str(path)},
    )


def forget(path: Path) -> None:
    """Remove a file, or what is in it; raises `OSError`"""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        # Its folder may not be written, and it may: an empty state is none.
        os.truncate(path, 0)


def not_forgotten(folder: Path, error: OSError) -> LocalServerError:
    """Return the error for what stays of a server that has ended"""
    return LocalServerError(
        "state-unwritable",
        f"the server has ended, but {error.filename or folder} cannot be removed:"
        f" {(error.strerror or str(error)).lower()}",
        hints=("until then the server seems to have ended without dev down",),
        context={"folder": str(folder)},
    )
