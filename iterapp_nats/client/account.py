"""What a server tells the users of an account about it, with the app's own credentials

Each server of a cluster answers for itself, so that answers are gathered until all of them have
come, or none comes for a while. It works in production; nothing but these questions is published.
Measured on nats-server 2.15. A bare server without accounts answers too, except for closed
connections: it does not note the account `$G` of a connection that it has closed.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.answers import Answer
from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.requests import open_exchange
from iterapp_nats.client.verdicts import PUBLISH_DENIED
from iterapp_nats.errors import NoAnswer, Refused
from iterapp_nats.security.claims import Permissions, ResponsePermission, SubjectPermission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iterapp_nats.client.connection import Connection

USER_INFO: Final = "$SYS.REQ.USER.INFO"
CONNECTIONS: Final = "$SYS.REQ.ACCOUNT.PING.CONNZ"
STATISTICS: Final = "$SYS.REQ.ACCOUNT.PING.STATZ"
GLOBAL_ACCOUNT: Final = "$G"
"""The account of everybody on a server without accounts"""

TIMEOUT_S: Final = 2.0
_GAP_S: Final = 0.15
"""After the expected answers another cluster of a super-cluster may follow"""

_PAGE: Final = 1024
_MAX_PAGES: Final = 64


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
    user: str
    started_at_s: float | None
    active_at_s: float | None
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
    """The account's totals, over all servers that answered"""

    gathered: Gathered
    connections: int
    subscriptions: int
    slow_consumers: int
    received_messages: int
    sent_messages: int


async def fetch_user_info(connection: Connection, timeout_s: float = TIMEOUT_S) -> UserInfo:
    """Ask who we are; raises what `_ask` raises"""
    began_s = time.time()
    answers, _ = await _ask(connection, USER_INFO, timeout_s=timeout_s, wanted=1)
    asked_at_s = (began_s + time.time()) / 2
    answer, data = answers[0], answers[0].child("data")
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


async def fetch_connections(
    connection: Connection, state: State = State.OPEN, *, timeout_s: float = TIMEOUT_S
) -> Connections:
    """Ask all servers for the connections of the account, our own one among them

    Raises:
        Refused: `permission-missing`, `inbox-denied`
        NoAnswer: `not-supported`, `request-timeout`

    """
    found: list[Connected] = []
    servers: dict[str, None] = {}
    asked_at_s = time.time()
    wanted: int | None = None
    for page in range(_MAX_PAGES):
        question = {
            "state": int(state),
            "subscriptions": True,
            "subscriptions_detail": True,
            "limit": _PAGE,
            "offset": page * _PAGE,
        }
        answers, wanted = await _ask(connection, CONNECTIONS, question, timeout_s=timeout_s)
        for answer in answers:
            servers[_server_name(answer)] = None
            rows = answer.child("data").children("connections")
            found += [_connected(row, _server_name(answer)) for row in rows]
        totals = (answer.child("data").number("total") for answer in answers)
        if max(totals, default=0) <= (page + 1) * _PAGE:
            break
    return Connections(Gathered(tuple(servers), wanted), tuple(found), asked_at_s)


async def fetch_statistics(connection: Connection, *, timeout_s: float = TIMEOUT_S) -> Statistics:
    """Ask all servers for the totals of the account; raises as `fetch_connections`"""
    answers, wanted = await _ask(connection, STATISTICS, timeout_s=timeout_s)
    rows = [row for answer in answers for row in answer.child("data").children("account_statz")]
    return Statistics(
        gathered=Gathered(tuple(_server_name(answer) for answer in answers), wanted),
        connections=sum(row.number("conns") for row in rows),
        # Each server counts what it knows of the others, so that the sum would count twice.
        subscriptions=max((row.number("num_subscriptions") for row in rows), default=0),
        slow_consumers=sum(row.number("slow_consumers") for row in rows),
        received_messages=sum(row.child("received").number("msgs") for row in rows),
        sent_messages=sum(row.child("sent").number("msgs") for row in rows),
    )


def count_servers(connection: Connection) -> int | None:
    """Return how many servers will answer, None where the cluster does not say"""
    server = connection.server
    if server.connect_urls:
        return len(server.connect_urls)
    return None if server.cluster else 1


async def _ask(
    connection: Connection,
    subject: str,
    question: Mapping[str, int] | None = None,
    *,
    timeout_s: float,
    wanted: int | None = None,
) -> tuple[list[Answer], int | None]:
    """Return the answers of all servers, and how many were expected

    Raises:
        Refused: `permission-missing`, naming the subject; `inbox-denied`
        NoAnswer: `not-supported` by this server, `request-timeout`

    """
    expected = wanted or count_servers(connection)
    payload = json.dumps(question).encode() if question else b""
    answers: list[Answer] = []
    deadline_s = time.monotonic() + timeout_s
    try:
        async with open_exchange(connection, OutgoingMessage(subject, payload)) as exchange:
            while True:
                left_s = deadline_s - time.monotonic()
                is_enough = bool(answers) and (expected is None or len(answers) >= expected)
                if is_enough and expected == 1:
                    break
                try:
                    reply = await exchange.next_reply(min(left_s, _GAP_S) if is_enough else left_s)
                except TimeoutError:
                    break
                answers.append(Answer.of(reply.message.payload))
    except Refused as error:
        raise _permission_missing(error, subject) from error
    except NoAnswer as error:
        raise _not_supported(connection, subject) from error
    if not answers:
        raise NoAnswer.in_time(subject, timeout_s)
    return answers, expected


def _permission_missing(error: Refused, subject: str) -> Refused:
    if error.code != PUBLISH_DENIED.code:
        return error
    return Refused(
        "permission-missing",
        f"this user may not ask the server: it lacks the permission to publish to {subject}",
        hints=(f"allow {subject} in the permissions of the user; it shows the own account only",),
        context={"subject": subject},
    )


def _not_supported(connection: Connection, subject: str) -> NoAnswer:
    version = connection.server.version
    return NoAnswer(
        "not-supported",
        f"the server at {connection.url} (nats-server {version}) does not answer {subject}",
        hints=("nats-server 2.10 and newer do, unless they have no system account",),
        context={"subject": subject, "version": version},
    )


def _server_name(answer: Answer) -> str:
    server = answer.child("server")
    return server.text("name") or server.text("id")


def _connected(row: Answer, server: str) -> Connected:
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
        user=row.text("name_tag"),
        started_at_s=row.time_s("start"),
        active_at_s=row.time_s("last_activity"),
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
    return SubjectPermission(permission.texts("allow"), permission.texts("deny"))
