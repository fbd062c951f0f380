"""`why`: the connections that were closed, each with the server's reason"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.account.asking import GLOBAL_ACCOUNT, fetch_connections, fetch_user_info
from iterapp_nats.client.account.facts import State
from iterapp_nats.errors import NoAnswer, Refused
from iterapp_nats.insight.closed_reasons import explain_closed
from iterapp_nats.insight.who import client_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iterapp_nats.client.account.facts import Connected, Gathered
    from iterapp_nats.client.connection import Connection

OWN_NAME: Final = "iterapp-nats "
"""How connections of our own commands begin; nobody asks why those were closed"""


@dataclass(frozen=True, slots=True)
class Closing:
    """One name that was cut off for one reason, maybe many times; times are Unix seconds

    `lasted_s` is how long the last of these connections was open.
    """

    name: str
    reason: str
    meaning: str
    fix: str
    is_normal: bool
    count: int
    last_at_s: float | None
    lasted_s: float | None
    client: str
    address: str
    server: str


@dataclass(frozen=True, slots=True)
class WhyReport:
    """The closings, the latest first"""

    name: str | None
    closings: tuple[Closing, ...]
    gathered: Gathered
    asked_at_s: float


async def find_out_why(connection: Connection, name: str | None) -> WhyReport:
    """Ask which connections were closed, of all clients or of those called `name`

    The name, or else a part of it, has to be the same.

    Raises:
        Refused: `not-supported` by a server without accounts, and as `fetch_connections`

    """
    found = await fetch_connections(connection, State.CLOSED)
    if not found.connections:
        await _require_account(connection)
    chosen = _chosen(found.connections, name)
    return WhyReport(name, group_closings(chosen), found.gathered, found.asked_at_s)


def group_closings(connections: Iterable[Connected]) -> tuple[Closing, ...]:
    """Return one closing for each name and reason, the latest first"""
    groups: dict[tuple[str, str], list[Connected]] = {}
    for one in sorted(connections, key=_stopped, reverse=True):
        groups.setdefault((one.name, one.reason), []).append(one)
    return tuple(_closing(group) for group in groups.values())


async def _require_account(connection: Connection) -> None:
    try:
        account = (await fetch_user_info(connection)).account
    except (NoAnswer, Refused):
        return
    if account == GLOBAL_ACCOUNT:
        raise Refused(
            "not-supported",
            "a server without accounts does not say whose connections it has closed",
            hints=("run one as in production with iterapp-nats dev restart --secure",),
        )


def _chosen(connections: Sequence[Connected], name: str | None) -> list[Connected]:
    if name is None:
        return [one for one in connections if not one.name.startswith(OWN_NAME)]
    same = [one for one in connections if one.name == name]
    return same or [one for one in connections if name in one.name]


def _closing(group: list[Connected]) -> Closing:
    last = group[0]
    explained = explain_closed(last.reason)
    began_s, ended_s = last.started_at_s, last.stopped_at_s
    return Closing(
        name=last.name,
        reason=last.reason,
        meaning=explained.meaning,
        fix=explained.fix,
        is_normal=explained.is_normal,
        count=len(group),
        last_at_s=ended_s,
        lasted_s=None if began_s is None or ended_s is None else ended_s - began_s,
        client=client_of(last),
        address=last.address,
        server=last.server,
    )


def _stopped(one: Connected) -> float:
    return one.stopped_at_s or 0.0
