"""What the user asked for, and what follows from it: options to ports and names"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_PORT: Final = 4222
HOST: Final = "127.0.0.1"
ANY_PORT: Final = 0
_MAX_PORT: Final = 65535
# Below the ephemeral ranges of Linux (32768) and macOS (49152): a port inside them was once taken
# by an outgoing connection.
_PROJECT_PORTS: Final = range(14222, 30222)
_PORT_TRIES: Final = 64
_NAME_LETTERS: Final = 24


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The wishes of `dev up`; None means that any answer is welcome"""

    port: int | None = None
    jetstream: bool | None = None


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """What is started: wishes and memory together

    `port` must be used, `remembered_port` is tried first when there is no such wish.
    """

    port: int | None
    remembered_port: int | None
    jetstream: bool
    is_temporary: bool


def require_port(port: int | None) -> int | None:
    """Return a port that can be listened on, 0 for any; raises `port-invalid`"""
    if port is None or 0 <= port <= _MAX_PORT:
        return port
    raise InputError(
        "port-invalid",
        f"invalid port {port}: it must be a number from 0 to {_MAX_PORT}",
        hints=("0 lets the system choose a free port",),
        context={"port": str(port)},
    )


def plan_ports(folder: str, *, remembered: int | None) -> Iterator[int]:
    """Yield the ports to try, best first, for the project in `folder`

    The port stays over restarts, so that addresses in env files do not rot; every project has a
    range start of its own, so that two projects do not wander into each other.
    """
    if remembered:
        yield remembered
    yield DEFAULT_PORT
    start = zlib.crc32(folder.encode())
    for step in range(_PORT_TRIES):
        yield _PROJECT_PORTS[(start + step) % len(_PROJECT_PORTS)]


def name_generation(project_name: str, entropy: bytes) -> str:
    """Return the server name of one start: it proves that an INFO is of our own server

    The project's name is in it, so that another project can say who holds a port.
    """
    letters = "".join(letter if letter.isalnum() else "-" for letter in project_name.lower())
    return f"{GENERATION_PREFIX}{letters[:_NAME_LETTERS]}-{entropy.hex()}"


GENERATION_PREFIX: Final = "iterapp-nats-"


def project_of_generation(server_name: str) -> str | None:
    """Return the project's name in the server name of one of our servers, None for a stranger's"""
    if not server_name.startswith(GENERATION_PREFIX):
        return None
    return server_name.removeprefix(GENERATION_PREFIX).rpartition("-")[0]
