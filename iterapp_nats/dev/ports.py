"""Ports of this machine: which one is free, and who has the one that is not"""

from __future__ import annotations

import errno
import re
import socket
from itertools import islice
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.inspection import find_info
from iterapp_nats.dev.plan import ANY_PORT, HOST, plan_ports, project_of_generation
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.plan import LaunchPlan

_STRANGER_LETTERS: Final = 64
_ANY_PORT_TRIES: Final = 8
_IN_USE: Final = "address already in use"


def find_free_ports(folder: str, plan: LaunchPlan, notes: list[str]) -> Iterator[int]:
    """Yield the ports that are free now, best first, for the state folder `folder`

    A sentence for every better one that is taken is added to `notes`.

    Raises:
        LocalServerError: `port-taken`, `port-refused` for a port that was asked for

    """
    if plan.port == ANY_PORT:
        # Between the look and the start another program may take it.
        found = (_choose_free_port() for _ in range(_ANY_PORT_TRIES))
        yield from (port for port in found if port not in plan.routes)
        return
    if plan.port:
        require_free(plan.port)
        yield plan.port
        return
    remembered = plan.remembered_port
    for port in plan_ports(folder, remembered=remembered, first=plan.first_port):
        if port in plan.routes:
            # It belongs to a node that is still to come.
            continue
        if not _find_obstacle(port):
            yield port
        elif port == remembered or (remembered is None and plan.number == 1):
            notes.append(describe_taken(port))


def choose_ports(
    purpose: str,
    count: int,
    *,
    remembered: int | None = None,
    others: tuple[int | None, ...] = (),
) -> tuple[int, ...]:
    """Return ports that are free now and that belong to a purpose, such as a folder's routes

    `others` are free too, and meant for something else.

    Raises:
        LocalServerError: `port-taken`, when there are not enough

    """
    planned = dict.fromkeys(plan_ports(purpose, remembered=remembered, first=None))
    free = (port for port in planned if port not in others and not _find_obstacle(port))
    chosen = list(islice(free, count))
    if len(chosen) < count:
        raise LocalServerError("port-taken", "no free port found beside that of clients")
    return tuple(chosen)


def require_free(port: int) -> None:
    """Raise `port-taken` or `port-refused` when no server could listen on a port of this machine"""
    obstacle = _find_obstacle(port)
    if obstacle is None:
        return
    if obstacle.errno == errno.EADDRINUSE:
        raise port_taken(port)
    raise LocalServerError(
        "port-refused",
        f"cannot listen on port {port}: {(obstacle.strerror or str(obstacle)).lower()}",
        hints=("name another one with --port N, above 1023",),
        context={"port": str(port)},
    )


def require_free_for_node(number: int, *ports: int) -> None:
    """Raise `port-taken` when a node of a cluster cannot have its ports again"""
    for port in ports:
        if _find_obstacle(port):
            raise LocalServerError(
                "port-taken",
                f"node {number} cannot come back: {describe_taken(port)}",
                hints=(
                    "stop what listens there",
                    "or let the cluster have other ports with iterapp-nats dev restart",
                ),
                context={"port": str(port)},
            )


def is_about_port(death_note: str, port: int) -> bool:
    """Tell whether a server has ended because this port was taken, and no other one of its own"""
    if _IN_USE not in death_note:
        return False
    # Whoever had it may have left again.
    return bool(re.search(rf":{port}\b", death_note) or _find_obstacle(port))


def port_taken(port: int) -> LocalServerError:
    """Return the error for a port that was asked for and is not free"""
    return LocalServerError(
        "port-taken",
        describe_taken(port),
        hints=(
            "leave --port out, and a free one is chosen",
            "or name another one with --port N",
            "or stop what listens there",
        ),
        context={"port": str(port)},
    )


def describe_taken(port: int) -> str:
    """Say in words who listens on a port of this machine"""
    info = find_info(HOST, port)
    if info is None:
        holder = "another program that does not speak NATS"
    elif project := project_of_generation(info.server_name):
        holder = f"the iterapp-nats dev server of project {_printable(project)}"
    else:
        holder = f"nats-server {_printable(info.version)} ({_printable(info.server_name)})"
    return f"port {port} is taken by {holder}"


def _find_obstacle(port: int) -> OSError | None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(1)
        except OSError as error:
            return error
    return None


def _choose_free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def _printable(text: str) -> str:
    """Return what a stranger said, without what would steer a terminal"""
    return "".join(letter for letter in text if letter.isprintable())[:_STRANGER_LETTERS]
