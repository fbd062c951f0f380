"""`who`: the connections of the account, and those that would get a message"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.client.account.asking import fetch_connections
from iterapp_nats.subject import overlaps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iterapp_nats.client.account.facts import Connected, Gathered
    from iterapp_nats.client.connection import Connection


@dataclass(frozen=True, slots=True)
class Interest:
    """One subscription; `queue` is empty outside a queue group"""

    subject: str
    queue: str


@dataclass(frozen=True, slots=True)
class Presence:
    """One connection; times are seconds, `interests` those that were asked for"""

    server: str
    number: int
    name: str
    client: str
    address: str
    idle_s: float | None
    round_trip_ms: float | None
    pending_bytes: int
    subscriptions: int
    interests: tuple[Interest, ...]


@dataclass(frozen=True, slots=True)
class WhoReport:
    """Who is there; `subject` is None when all were asked for

    Of each of `queue_groups` one member gets a message, of the others everybody does.
    """

    subject: str | None
    presences: tuple[Presence, ...]
    queue_groups: tuple[str, ...]
    gathered: Gathered


async def find_out_who(connection: Connection, subject: str | None) -> WhoReport:
    """Ask who is connected, or who would get a message to `subject`, which may hold wildcards

    Our own connection is left out. Raises what `fetch_connections` raises.
    """
    found = await fetch_connections(connection)
    presences = [
        _presence(each, subject)
        for each in sorted(found.connections, key=lambda one: (one.name, one.server, one.number))
        if not is_own(connection, each)
    ]
    if subject is not None:
        presences = [presence for presence in presences if presence.interests]
    groups = {interest.queue for each in presences for interest in each.interests} - {""}
    return WhoReport(subject, tuple(presences), tuple(sorted(groups)), found.gathered)


def is_own(connection: Connection, one: Connected) -> bool:
    """Tell whether this is the connection that asks"""
    server = connection.server
    names = (server.server_name, server.server_id)
    return one.number == connection.client.client_id and one.server in names


def client_of(one: Connected) -> str:
    """Return language and version of the client library"""
    return f"{one.language} {one.version}".strip()


def _presence(one: Connected, subject: str | None) -> Presence:
    wanted: Iterable[Interest] = (
        Interest(each.subject, each.queue)
        for each in one.subscriptions
        if subject is None or overlaps(each.subject, subject)
    )
    return Presence(
        server=one.server,
        number=one.number,
        name=one.name,
        client=client_of(one),
        address=one.address,
        idle_s=one.idle_s,
        round_trip_ms=None if one.round_trip_s is None else one.round_trip_s * 1000,
        pending_bytes=one.pending_bytes,
        subscriptions=one.subscription_count,
        interests=tuple(dict.fromkeys(wanted)),
    )
