"""What is known of an account: its user, its connections, its totals

A row of a server's answer holds more than this, a whole JWT among it, which is left there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from iterapp_nats.security.claims import Permissions, ResponsePermission, SubjectPermission

if TYPE_CHECKING:
    from iterapp_nats.client.account.answers import Answer


class State(IntEnum):
    """Which connections are asked for; the server takes the number, not the word"""

    OPEN = 0
    CLOSED = 1


@dataclass(frozen=True, slots=True)
class UserInfo:
    """Who the server takes us for

    Times are Unix seconds; `asked_at_s` is our clock, half-way between question and answer.
    `permissions` is None where everything is allowed.
    """

    user: str
    user_name: str
    account: str
    account_name: str
    permissions: Permissions | None
    expires_in_s: float | None
    server_time_s: float | None
    asked_at_s: float


@dataclass(frozen=True, slots=True)
class Subscribed:
    """One subscription of a connection; `messages` were delivered to it so far"""

    subject: str
    queue: str
    messages: int


@dataclass(frozen=True, slots=True)
class Connected:
    """One connection of the account, open or closed

    `number` is unique on its server. Times are Unix seconds, bytes and messages are counted from
    the server's view: `received` is what the client has published.
    """

    server: str
    number: int
    name: str
    language: str
    version: str
    address: str
    started_at_s: float | None
    idle_s: float | None
    stopped_at_s: float | None
    reason: str
    round_trip_s: float | None
    pending_bytes: int
    received_messages: int
    received_bytes: int
    sent_messages: int
    sent_bytes: int
    subscription_count: int
    subscriptions: tuple[Subscribed, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The servers that answered, and how many there should be; None when nobody says"""

    servers: tuple[str, ...]
    expected: int | None

    @property
    def is_complete(self) -> bool:
        """Whether no server is missing, as far as is known"""
        return self.expected is None or len(self.servers) >= self.expected


@dataclass(frozen=True, slots=True)
class Connections:
    """The account's connections on all servers that answered, at `asked_at_s` in Unix seconds"""

    gathered: Gathered
    connections: tuple[Connected, ...]
    asked_at_s: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """Totals of the account since its servers started"""

    slow_consumers: int
    received_messages: int
    sent_messages: int


def read_user_info(answer: Answer, asked_at_s: float) -> UserInfo:
    """Return the answer to USER.INFO"""
    data = answer.child("data")
    permissions = data.child("permissions")
    return UserInfo(
        user=data.text("user"),
        user_name=data.text("user_name"),
        account=data.text("account"),
        account_name=data.text("account_name"),
        permissions=_permissions(permissions) if permissions.values else None,
        expires_in_s=data.nanoseconds_s("expires"),
        server_time_s=answer.child("server").time_s("time"),
        asked_at_s=asked_at_s,
    )


def read_connected(row: Answer, server: str) -> Connected:
    """Return a row of CONNZ"""
    subscriptions = tuple(
        Subscribed(each.text("subject"), each.text("qgroup"), each.number("msgs"))
        for each in row.children("subscriptions_list_detail")
    )
    return Connected(
        server=server,
        number=row.number("cid"),
        name=row.text("name"),
        language=row.text("lang"),
        version=row.text("version"),
        address=row.text("ip"),
        started_at_s=row.time_s("start"),
        idle_s=row.duration_s("idle"),
        stopped_at_s=row.time_s("stop"),
        reason=row.text("reason"),
        round_trip_s=row.duration_s("rtt"),
        pending_bytes=row.number("pending_bytes"),
        received_messages=row.number("in_msgs"),
        received_bytes=row.number("in_bytes"),
        sent_messages=row.number("out_msgs"),
        sent_bytes=row.number("out_bytes"),
        subscription_count=row.number("subscriptions"),
        subscriptions=subscriptions,
    )


def _permissions(permissions: Answer) -> Permissions:
    responses = permissions.child("responses")
    return Permissions(
        publish=_subjects(permissions.child("publish")),
        subscribe=_subjects(permissions.child("subscribe")),
        response=ResponsePermission(responses.number("max"), responses.number("ttl"))
        if responses.values
        else None,
    )


def _subjects(permission: Answer) -> SubjectPermission:
    # The server keeps them in no order.
    allow, deny = sorted(permission.texts("allow")), sorted(permission.texts("deny"))
    return SubjectPermission(tuple(allow), tuple(deny))
