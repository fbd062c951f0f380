"""Who would get a message: the server's own dry run, message tracing (nats-server 2.11 and newer)

A message with two headers is routed and not delivered. Each server on its way sends what it would
have done to an inbox; a server that is older knows nothing of the headers and would deliver.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.account.answers import Answer
from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.errors import NoAnswer, Refused

if TYPE_CHECKING:
    import asyncio

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message

OLDEST_VERSION: Final = (2, 11)
TIMEOUT_S: Final = 2.0
_CLIENT: Final = 0
_LEAF_NODE: Final = 4


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who would get the message: a client, a stream or a leaf node

    `subject` is the subscription, `queue` its queue group, of which this is the member chosen this
    time. `error` says why it would not get it after all.
    """

    kind: str
    name: str
    server: str
    number: int
    subject: str
    queue: str
    error: str


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one message; `refusal` is the server's reason not to take it

    `is_complete` is false when a server of the way has not reported in time.
    """

    subject: str
    receivers: tuple[Receiver, ...]
    servers: tuple[str, ...]
    refusal: str
    is_complete: bool


async def trace(connection: Connection, subject: str, *, timeout_s: float = TIMEOUT_S) -> Route:
    """Ask who would get a message to `subject`; nobody does

    Raises:
        Refused: `not-supported` by a server that is too old, `inbox-denied`
        NoAnswer: `request-timeout`

    """
    import asyncio

    _require_tracing(connection)
    inbox = connection.inbox
    inbox.require_allowed()
    arrived: asyncio.Queue[Message] = asyncio.Queue()
    with connection.attending(subject, inbox.pattern) as attention:
        destination = await inbox.expect(arrived.put_nowait)
        headers = (("Nats-Trace-Dest", destination), ("Nats-Trace-Only", "true"))
        try:
            await connection.send(OutgoingMessage(subject, headers=headers))
            reports = await _collect(connection, arrived, timeout_s)
        finally:
            inbox.forget(destination)
        if not reports:
            inbox.require_allowed()
            attention.require_allowed()
            raise NoAnswer.in_time(subject, timeout_s)
    return _route(subject, reports)


async def _collect(
    connection: Connection, arrived: asyncio.Queue[Message], timeout_s: float
) -> list[Answer]:
    """Return the reports of all servers on the way: each says how many servers come next"""
    deadline_s = time.monotonic() + timeout_s
    reports: list[Answer] = []
    while not reports or len(reports) < _expected(reports):
        try:
            message = await connection.wait(arrived.get(), deadline_s - time.monotonic())
        except TimeoutError:
            break
        reports.append(Answer.of(message.payload))
    return reports


def _expected(reports: list[Answer]) -> int:
    return 1 + sum(report.number("hops") for report in reports)


def _route(subject: str, reports: list[Answer]) -> Route:
    events = [
        (report.child("server").text("name"), event)
        for report in reports
        for event in report.children("events")
    ]
    refusals = (event.text("error") for _, event in events if event.text("type") == "in")
    receivers = (_receiver(server, event) for server, event in events)
    return Route(
        subject=subject,
        receivers=tuple(receiver for receiver in receivers if receiver),
        servers=tuple(report.child("server").text("name") for report in reports),
        refusal=next(filter(None, refusals), ""),
        is_complete=bool(reports) and len(reports) >= _expected(reports),
    )


def _receiver(server: str, event: Answer) -> Receiver | None:
    if event.text("type") == "js" and event.text("stream"):
        error = "no consumer is interested" if event.flag("nointerest") else event.text("error")
        stream = event.text("stream")
        return Receiver("stream", stream, server, 0, event.text("subject"), "", error)
    if event.text("type") != "eg":
        return None
    kinds = {_CLIENT: "client", _LEAF_NODE: "leaf node"}
    kind = kinds.get(event.number("kind"))
    error = event.text("error")
    if kind is None and error:
        # The way to another server, on which the message is lost.
        kind = "server"
    if kind is None:
        return None
    return Receiver(
        kind=kind,
        name=event.text("name"),
        server=server,
        number=event.number("cid"),
        subject=event.text("sub"),
        queue=event.text("queue"),
        error=error,
    )


def _require_tracing(connection: Connection) -> None:
    server = connection.server
    version = server.version
    if _version(version) >= OLDEST_VERSION and server.headers:
        return
    raise Refused(
        "not-supported",
        f"nats-server {version} is too old to trace a message: it would deliver it",
        hints=(
            "message tracing came with nats-server 2.11; iterapp-nats who SUBJECT works before",
        ),
        context={"version": version},
    )


def _version(text: str) -> tuple[int, ...]:
    parts = text.partition("-")[0].split(".")
    return tuple(int(part) if part.isdigit() else 0 for part in parts)
