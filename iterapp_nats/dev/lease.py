"""Kernel locks: who may change the state, and does the server live

`flock` belongs to an open file, not to a process: a server that inherits the descriptor holds the
lock until it ends, whatever ends it. That is immune to reused pids, reboots and clock changes.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.dev.state import state_unwritable
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POLL_S: Final = 0.005
_PROBE_PATIENCE_S: Final = 1.0
_USERS_PATIENCE_S: Final = 0.02
_HOLDER_BYTES: Final = 200


@contextlib.contextmanager
def hold_lock(path: Path, *, purpose: str, timeout_s: float) -> Iterator[None]:
    """Hold the lock of a state folder; others wait, and are told who holds it

    Raises:
        LocalServerError: `state-locked` when it is not free within `timeout_s`,
            `state-unwritable`

    """
    descriptor = _wait_for_lock(path, timeout_s)
    if descriptor is None:
        raise _locked(path, timeout_s)
    try:
        # Only a courtesy to those who wait: a full disk must not keep `dev down` from its work.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{purpose}, pid {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def take_lease(path: Path) -> int | None:
    """Return a descriptor that holds the lease, None when a server holds it"""
    # `is_taken` of another command holds it for microseconds: one look is not enough.
    return _wait_for_lock(path, _PROBE_PATIENCE_S)


def is_taken(path: Path) -> bool:
    """Tell whether somebody holds the lock of the file alone; a missing file is free"""
    import fcntl

    # A shared lock, so that two who look at once do not take each other for the server.
    return _is_refused(path, fcntl.LOCK_SH)


def has_users(path: Path) -> bool:
    """Tell whether anybody holds the lock of the file, alone or shared"""
    import fcntl

    # This probe of another command refuses ours, for microseconds.
    deadline = time.monotonic() + _USERS_PATIENCE_S
    while _is_refused(path, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return True
        time.sleep(_POLL_S)
    return False


@contextlib.contextmanager
def hold_shared(path: Path) -> Iterator[None]:
    """Be one of several users, until the block ends; raises `state-unwritable`"""
    import fcntl

    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _is_refused(path: Path, kind: int) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _try_lock(descriptor, kind)
    finally:
        os.close(descriptor)


def _wait_for_lock(path: Path, timeout_s: float) -> int | None:
    import fcntl

    deadline = time.monotonic() + timeout_s
    while True:
        descriptor = _open(path)
        if _try_lock(descriptor, fcntl.LOCK_EX) and _is_file_of(descriptor, path):
            return descriptor
        os.close(descriptor)
        if time.monotonic() > deadline:
            return None
        time.sleep(_POLL_S)


def _is_file_of(descriptor: int, path: Path) -> bool:
    # `dev reset` removes the file while others wait for it: a lock on a removed file is none.
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _open(path: Path) -> int:
    def make() -> int:
        files.make_private_folder(path.parent)
        return os.open(path, os.O_RDWR | os.O_CREAT, files.PRIVATE_FILE)

    try:
        # `dev reset` removes the folder too, perhaps a moment ago.
        return files.persist(make)
    except OSError as error:
        raise state_unwritable(path.parent, error) from error


def _try_lock(descriptor: int, kind: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked(path: Path, timeout_s: float) -> LocalServerError:
    holder = "unknown"
    with contextlib.suppress(OSError):
        holder = path.read_bytes()[:_HOLDER_BYTES].decode(errors="replace")
    return LocalServerError(
        "state-locked",
        f"another command is changing the local server ({holder}), waited {timeout_s:g} s for it",
        hints=("wait for it, or end that process",),
        context={"holder": holder},
    )
