"""`top`: rates of the account's connections and subjects, from two looks at the server's counters

Nobody subscribes to anything: a subscription to `>` would turn "no responders" into a timeout for
everybody in the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.account.asking import fetch_connections, fetch_statistics
from iterapp_nats.client.account.facts import State
from iterapp_nats.errors import Refused
from iterapp_nats.insight.who import client_of, is_own
from iterapp_nats.insight.why import OWN_NAME, group_closings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from iterapp_nats.client.account.facts import Connected, Connections, Gathered
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.insight.why import Closing

_LAST_CLOSED: Final = 20
_SHOWN_CLOSINGS: Final = 5
_INBOXES: Final = "_INBOX."


@dataclass(frozen=True, slots=True)
class ConnectionRates:
    """What one connection publishes and receives in a second"""

    server: str
    number: int
    name: str
    client: str
    published_per_s: float
    published_bytes_per_s: float
    received_per_s: float
    received_bytes_per_s: float
    pending_bytes: int
    subscriptions: int


@dataclass(frozen=True, slots=True)
class SubjectRate:
    """How many messages all subscriptions of one subject get in a second"""

    subject: str
    queue: str
    subscribers: int
    delivered_per_s: float


@dataclass(frozen=True, slots=True)
class TopSample:
    """One look; `slow_consumers` counts since the servers started, None if that may not be asked"""

    at_s: float
    interval_s: float
    connections: tuple[ConnectionRates, ...]
    subjects: tuple[SubjectRate, ...]
    closings: tuple[Closing, ...]
    slow_consumers: int | None
    gathered: Gathered


async def watch_account(
    connection: Connection, interval_s: float
) -> AsyncGenerator[TopSample, None]:
    """Yield a sample after each interval; raises what `fetch_connections` raises"""
    import asyncio

    before = await fetch_connections(connection)
    while True:
        await connection.wait(asyncio.sleep(interval_s), None)
        after = await fetch_connections(connection)
        closed = await fetch_connections(connection, State.CLOSED, newest=_LAST_CLOSED)
        slow_consumers = await _count_slow_consumers(connection)
        foreign = [one for one in closed.connections if not one.name.startswith(OWN_NAME)]
        yield TopSample(
            at_s=after.asked_at_s,
            interval_s=after.asked_at_s - before.asked_at_s,
            connections=rate_connections(_others(connection, before), _others(connection, after)),
            subjects=rate_subjects(_others(connection, before), _others(connection, after)),
            closings=group_closings(foreign)[:_SHOWN_CLOSINGS],
            slow_consumers=slow_consumers,
            gathered=after.gathered,
        )
        before = after


def rate_connections(before: Look, after: Look) -> tuple[ConnectionRates, ...]:
    """Return the rates between two looks, the busiest connection first"""
    known = {(one.server, one.number): one for one in before.connections}
    rates = (
        _rates(one, known.get((one.server, one.number)), after.at_s - before.at_s)
        for one in after.connections
    )
    return tuple(sorted(rates, key=_traffic, reverse=True))


def rate_subjects(before: Look, after: Look) -> tuple[SubjectRate, ...]:
    """Return the rates between two looks, the busiest subject first"""
    earlier, later = _count_deliveries(before.connections), _count_deliveries(after.connections)
    interval_s = after.at_s - before.at_s
    rates = (
        SubjectRate(
            subject=subject,
            queue=queue,
            subscribers=subscribers,
            delivered_per_s=_per_second(
                delivered - earlier.get((subject, queue), (0, 0))[1], interval_s
            ),
        )
        for (subject, queue), (subscribers, delivered) in later.items()
    )
    return tuple(sorted(rates, key=lambda rate: (-rate.delivered_per_s, rate.subject)))


@dataclass(frozen=True, slots=True)
class Look:
    """The connections of others at one moment"""

    connections: tuple[Connected, ...]
    at_s: float


async def _count_slow_consumers(connection: Connection) -> int | None:
    try:
        return (await fetch_statistics(connection)).slow_consumers
    except Refused:
        return None


def _others(connection: Connection, found: Connections) -> Look:
    others = tuple(one for one in found.connections if not is_own(connection, one))
    return Look(others, found.asked_at_s)


def _rates(after: Connected, before: Connected | None, interval_s: float) -> ConnectionRates:
    def rate(now: int, then: int) -> float:
        return _per_second(now - then, interval_s)

    return ConnectionRates(
        server=after.server,
        number=after.number,
        name=after.name,
        client=client_of(after),
        published_per_s=rate(after.received_messages, before.received_messages if before else 0),
        published_bytes_per_s=rate(after.received_bytes, before.received_bytes if before else 0),
        received_per_s=rate(after.sent_messages, before.sent_messages if before else 0),
        received_bytes_per_s=rate(after.sent_bytes, before.sent_bytes if before else 0),
        pending_bytes=after.pending_bytes,
        subscriptions=after.subscription_count,
    )


def _count_deliveries(connections: Iterable[Connected]) -> dict[tuple[str, str], tuple[int, int]]:
    """Return subscribers and deliveries of each subject and queue group, all inboxes as one"""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for one in connections:
        for each in one.subscriptions:
            is_inbox = each.subject.startswith(_INBOXES)
            key = (f"{_INBOXES}>" if is_inbox else each.subject, each.queue)
            subscribers, delivered = found.get(key, (0, 0))
            found[key] = (subscribers + 1, delivered + each.messages)
    return found


def _traffic(rates: ConnectionRates) -> tuple[float, int, str]:
    return rates.published_per_s + rates.received_per_s, rates.pending_bytes, rates.name


def _per_second(count: int, interval_s: float) -> float:
    # A subscriber that went takes its count along, so that a sum may shrink.
    return max(count, 0) / interval_s if interval_s > 0 else 0.0
