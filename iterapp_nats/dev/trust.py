"""Which files of a state folder are believed: those that we alone have written, and here

What stands in them is executed and connected to. A cloned repository, an unpacked archive or
another user of the machine may have put them there.
"""

from __future__ import annotations

import json
import os
import pwd
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.errors import LocalServerError
from iterapp_nats.files import PRIVATE_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS: Final = 0o077
_PATH: Final = "folder"
_INODE: Final = "folder_inode"


def read_own_json(path: Path) -> dict[str, Any] | None:
    """Return what a private file of ours holds, None when it is missing or not a JSON object

    Raises:
        LocalServerError: `state-untrusted`, also for its folder

    """
    text = read_own(path)
    try:
        values = json.loads(text) if text else None
    except ValueError:
        return None
    return values if isinstance(values, dict) else None


def read_own(path: Path) -> str | None:
    """Return the text of a private file of ours, None when there is none; raises as above"""
    require_own_folder(path.parent)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.geteuid():
                raise _of_another_user(path, status.st_uid)
            if status.st_mode & _OTHERS and _keeps_modes(path.parent):
                raise _open_to_others(path, status.st_mode)
            return file.read().decode()
    except PermissionError as error:
        raise _of_another_user(path, None) from error
    except (OSError, ValueError):
        return None


def _keeps_modes(folder: Path) -> bool:
    """Tell whether others can be kept out of a folder: on the disks of Windows they cannot

    What was written elsewhere is found out there by its folder alone, see `is_bound_to`.
    """
    try:
        folder.chmod(PRIVATE_FOLDER)
        return not folder.stat().st_mode & _OTHERS
    except OSError:
        return True


def require_own_folder(path: Path) -> None:
    """Do nothing where a state folder is missing or belongs to us; raises `state-untrusted`"""
    try:
        owner = path.stat().st_uid
    except OSError:
        return
    if owner != os.geteuid():
        raise _of_another_user(path, owner)


def bind(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return values with what tells that they were written in this folder"""
    return {**values, _PATH: values.get(_PATH) or str(folder), _INODE: folder.stat().st_ino}


def is_bound(values: dict[str, Any]) -> bool:
    """Tell whether values say where they were written"""
    return bool(values.get(_PATH)) and _INODE in values


def is_bound_to(values: dict[str, Any], folder: Path) -> bool:
    """Tell whether values were written in this folder, wherever it was moved to since

    A copy has another inode, and whoever makes an archive knows neither that nor the path.
    """
    if values.get(_PATH) == str(folder):
        return True
    try:
        return values.get(_INODE) == folder.stat().st_ino
    except OSError:
        return False


def _of_another_user(path: Path, owner: int | None) -> LocalServerError:
    whom = "another user" if owner is None else f"another user ({_name(owner)})"
    return LocalServerError(
        "state-untrusted",
        f"{path} belongs to {whom}, so it is not believed",
        hints=(f"run the command as that user, or have them remove {path}",),
        context={"path": str(path)},
    )


def _open_to_others(path: Path, mode: int) -> LocalServerError:
    return LocalServerError(
        "state-untrusted",
        f"others may read or change {path} (mode {mode & 0o777:04o}), so it is not believed",
        hints=(
            f"remove {path.parent} if it came with a repository or an archive",
            f"if it is yours: chmod -R go= {path.parent}",
        ),
        context={"path": str(path)},
    )


def _name(owner: int) -> str:
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"uid {owner}"
