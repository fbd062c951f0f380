"""What a server tells the users of an account about it, with the app's own credentials

Each server of a cluster answers for itself, so that answers are gathered until all of them have
come, or none comes for a while. It works in production; nothing but these questions is published.
Measured on nats-server 2.15. A bare server without accounts answers too, except for closed
connections: it does not note the account `$G` of a connection that it has closed.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.account.answers import Answer
from iterapp_nats.client.account.facts import (
    Connected,
    Connections,
    Gathered,
    State,
    Statistics,
    UserInfo,
    read_connected,
    read_user_info,
)
from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.requests import open_exchange
from iterapp_nats.client.verdicts import PUBLISH_DENIED
from iterapp_nats.errors import NoAnswer, Refused

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

_PAGE: Final = 512
_MAX_PAGES: Final = 128


async def fetch_user_info(connection: Connection, timeout_s: float = TIMEOUT_S) -> UserInfo:
    """Ask who we are; raises what `_ask` raises"""
    began_s = time.time()
    answers = await _ask(connection, USER_INFO, timeout_s=timeout_s, expected=1)
    asked_at_s = (began_s + time.time()) / 2
    return read_user_info(answers[0], asked_at_s)


async def fetch_connections(
    connection: Connection,
    state: State = State.OPEN,
    *,
    newest: int | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Connections:
    """Ask all servers for the connections of the account, our own one among them

    With `newest` each server names only so many, those that were closed last.

    Raises:
        Refused: `permission-missing`, `inbox-denied`, `not-supported`
        NoAnswer: `request-timeout`

    """
    found: list[Connected] = []
    servers: dict[str, None] = {}
    asked_at_s = time.time()
    expected = count_servers(connection)
    for page in range(_MAX_PAGES if newest is None else 1):
        question = _question(state, newest or _PAGE, page * _PAGE)
        answers = await _ask(
            connection, CONNECTIONS, question, timeout_s=timeout_s, expected=expected
        )
        for answer in answers:
            servers[_server_name(answer)] = None
            rows = answer.child("data").children("connections")
            found += [read_connected(row, _server_name(answer)) for row in rows]
        totals = (answer.child("data").number("total") for answer in answers)
        if max(totals, default=0) <= (page + 1) * _PAGE:
            break
    return Connections(Gathered(tuple(servers), expected), tuple(found), asked_at_s)


def _question(state: State, limit: int, offset: int) -> dict[str, object]:
    question: dict[str, object] = {"state": int(state), "limit": limit, "offset": offset}
    if state is State.CLOSED:
        return question | {"sort": "stop"}
    return question | {"subscriptions": True, "subscriptions_detail": True}


async def fetch_statistics(connection: Connection, *, timeout_s: float = TIMEOUT_S) -> Statistics:
    """Ask for the totals of the account; raises as `fetch_connections`

    Servers without a connection of the account do not answer.
    """
    answers = await _ask(connection, STATISTICS, timeout_s=timeout_s, expected=None)
    rows = [row for answer in answers for row in answer.child("data").children("account_statz")]
    return Statistics(
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
    question: Mapping[str, object] | None = None,
    *,
    timeout_s: float,
    expected: int | None,
) -> list[Answer]:
    """Return the answers that come until there are as many as expected, or none for a while

    Raises:
        Refused: `permission-missing`, naming the subject; `inbox-denied`; `not-supported`
        NoAnswer: `request-timeout`

    """
    payload = json.dumps(question).encode() if question else b""
    answers: list[Answer] = []
    deadline_s = time.monotonic() + timeout_s
    try:
        async with open_exchange(connection, OutgoingMessage(subject, payload)) as exchange:
            while not (answers and expected == 1):
                is_enough = bool(answers) and len(answers) >= (expected or 1)
                left_s = deadline_s - time.monotonic()
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
    return answers


def _permission_missing(error: Refused, subject: str) -> Refused:
    if error.code != PUBLISH_DENIED.code:
        return error
    return Refused(
        "permission-missing",
        f"this user may not ask the server: it lacks the permission to publish to {subject}",
        hints=(f"allow {subject} in the permissions of the user; it shows the own account only",),
        context={"subject": subject},
    )


def _not_supported(connection: Connection, subject: str) -> Refused:
    version = connection.server.version
    return Refused(
        "not-supported",
        f"the server at {connection.url} (nats-server {version}) does not answer {subject}",
        hints=("nats-server 2.10 and newer do, unless they have no system account",),
        context={"subject": subject, "version": version},
    )


def _server_name(answer: Answer) -> str:
    server = answer.child("server")
    return server.text("name") or server.text("id")
