"""Writing manifests and reports about them"""

from __future__ import annotations

import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from iterapp_nats import files
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            "file-unwritable",
            f"cannot write {path}: {(error.strerror or str(error)).lower()}",
        ) from error
