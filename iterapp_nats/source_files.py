"""Source code in files and folders, without what was installed or built"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.audit.code import SUFFIXES, SourceFile
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_BYTES: Final = 1 << 20
_NOT_OURS: Final = frozenset(
    {"node_modules", "vendor", "target", "dist", "build", "out", "venv", "site-packages"}
)


def read_sources(paths: Sequence[Path], cwd: Path) -> Iterator[SourceFile]:
    """Yield each source file below the paths, shown relative to `cwd` where it is below it

    A file that is too large, or no text, is passed over in a folder.

    Raises:
        InputError: `file-unreadable`, for a path that was named

    """
    seen: set[Path] = set()
    for path in paths:
        for found in _find(path):
            if found not in seen:
                seen.add(found)
                yield from _read(found, cwd, is_named=found == path)


def _find(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, below, names in os.walk(path):
        below[:] = sorted(name for name in below if not _is_foreign(name))
        yield from (Path(folder, name) for name in sorted(names) if Path(name).suffix in SUFFIXES)


def _is_foreign(name: str) -> bool:
    return name.startswith(".") or name in _NOT_OURS


def _read(path: Path, cwd: Path, *, is_named: bool) -> Iterator[SourceFile]:
    try:
        content = files.read_bytes(path, purpose="connect audit", max_bytes=_MAX_BYTES)
    except InputError:
        if is_named:
            raise
        return
    shown = path.relative_to(cwd) if path.is_relative_to(cwd) else path
    yield SourceFile(shown.as_posix(), content.decode("utf-8", "replace"))
