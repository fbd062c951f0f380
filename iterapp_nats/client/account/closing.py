"""Why the server closed a connection of ours, asked with the app's own credentials

A client sees an end without a word. The server remembers closed connections with the reason, and
tells an account about its own; nothing about those of the global account, which is that of a server
without accounts (nats-server 2.15).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.requests import request_many
from iterapp_nats.errors import IterappNatsError

if TYPE_CHECKING:
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.events import ClientName
    from iterapp_nats.client.requests import Reply

_SUBJECT: Final = "$SYS.REQ.ACCOUNT.PING.CONNZ"
_CLOSED: Final = 1
_GAP_S: Final = 0.2


async def find_closing_reason(
    connection: Connection, client: ClientName, *, timeout_s: float = 1.0
) -> str | None:
    """Return the server's reason, None when no server that may be asked knows it"""
    replies: list[Reply] = []
    question = json.dumps({"state": _CLOSED, "cid": client.number}).encode()
    try:
        await request_many(
            connection,
            OutgoingMessage(_SUBJECT, question),
            replies.append,
            timeout_s=timeout_s,
            gap_s=_GAP_S,
        )
    except IterappNatsError:
        return None
    reasons = (_reason(reply.message.payload, client) for reply in replies)
    return next((reason for reason in reasons if reason), None)


def _reason(answer: bytes, client: ClientName) -> str | None:
    """Read one server's answer; another server has other connections under the same numbers"""
    try:
        told = json.loads(answer)
        if told["server"]["id"] != client.server_id:
            return None
        reasons = [
            each["reason"]
            for each in told["data"]["connections"]
            if each["cid"] == client.number and isinstance(each["reason"], str)
        ]
    except (ValueError, KeyError, TypeError):
        return None
    return reasons[0] if reasons else None
