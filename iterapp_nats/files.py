"""Files: read with a reason, written whole or not at all, private from the first byte"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
PUBLIC_FILE: Final = 0o644
# Of the names that tempfile makes.
_RANDOM_LETTERS: Final = 8
_ATTEMPTS: Final = 5
# A write takes milliseconds, unless its machine is put to sleep.
_WRITE_PATIENCE_S: Final = 600.0
# Files of /proc say that they have no bytes.
_PIECE_BYTES: Final = 64 << 10


def read_bytes(path: Path | str, *, purpose: str, max_bytes: int = 16 << 20) -> bytes:
    """Return the content of a regular file

    Raises:
        InputError: `file-unreadable`, naming the path and what it was wanted for

    """
    try:
        content = _read_regular(path, max_bytes + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, purpose, _reason(error)) from error
    if content is None:
        raise _unreadable(path, purpose, "it is not a regular file")
    if len(content) > max_bytes:
        raise _unreadable(path, purpose, f"it is larger than {max_bytes >> 20} MiB")
    return content


def _read_regular(path: Path | str, max_bytes: int) -> bytes | None:
    # One open file for the look and the read; a FIFO without a writer must not be waited for.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(status.st_mode):
            return None
        return _read_up_to(descriptor, max_bytes, expected=status.st_size)
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, max_bytes: int, *, expected: int) -> bytes:
    """Read to the end, or `max_bytes`; `expected` bytes come in one piece, but may be wrong"""
    content = b""
    while len(content) < max_bytes:
        piece = os.read(descriptor, min(expected or _PIECE_BYTES, max_bytes - len(content)))
        if not piece:
            break
        content += piece
    return content


def read_text(path: Path, *, purpose: str) -> str:
    """Return the content of a UTF-8 file, with or without a byte order mark; raises `InputError`"""
    try:
        return read_bytes(path, purpose=purpose).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, purpose, "it is not UTF-8") from error


def make_private_folder(path: Path) -> None:
    """Create a folder that only its owner may enter, and its parents; raises `OSError`"""
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def remove_folder(path: Path) -> None:
    """Remove a folder with all in it, at once for whoever makes a new one; raises `OSError`"""
    import shutil

    aside = path.with_name(f"{path.name}.removed")
    # What is there was left by somebody who was killed.
    shutil.rmtree(aside, ignore_errors=True)
    path.rename(aside)
    shutil.rmtree(aside)


def persist(work: Callable[[], Result]) -> Result:
    """Do again what needs a folder that somebody removes meanwhile; raises `OSError`"""
    for _ in range(_ATTEMPTS):
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            return work()
    return work()


def write_atomic(path: Path, content: bytes, *, mode: int, is_synced: bool = True) -> None:
    """Replace a file in one step, with `mode` before the first byte is in it; raises `OSError`

    A reader sees the old or the new content, and a full disk leaves the old one. After a power cut
    a file that was not synced may be empty.
    A symbolic link is followed, so that the file it points to is replaced.
    """
    import tempfile

    target = path.resolve() if path.is_symlink() else path
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    sibling = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            if is_synced:
                os.fsync(file.fileno())
        sibling.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            sibling.unlink()
        raise


def remove_stale_siblings(folder: Path, now: float) -> None:
    """Remove what killed writers have left in a folder; what is young may still be written

    `now` is in Unix seconds. Files that cannot be removed stay.
    """
    for path in folder.glob(f".*.{'?' * _RANDOM_LETTERS}"):
        with contextlib.suppress(OSError):
            if now - path.stat(follow_symlinks=False).st_mtime > _WRITE_PATIENCE_S:
                path.unlink()


def write_private(path: Path, content: str) -> None:
    """Write a file that may hold secrets: 0600; raises `OSError`"""
    write_atomic(path, content.encode(), mode=PRIVATE_FILE)


def _unreadable(path: Path | str, purpose: str, reason: str) -> InputError:
    return InputError(
        "file-unreadable",
        f"cannot read {path} ({purpose}): {reason}",
        context={"path": str(path), "purpose": purpose},
    )


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the name is not a valid path"
