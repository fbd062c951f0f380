"""What the server tells of single connections of the own account, open and closed ones

Any app may ask that of its own account; where it is not allowed to, nothing is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.errors import IterappNatsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.requests import Reply
    from iterapp_nats.probes.chronicle import ServerSide

_SUBJECT: Final = "$SYS.REQ.ACCOUNT.PING.CONNZ"
_ALL_STATES: Final = 2
_TIMEOUT_S: Final = 1.0
_GAP_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """One connection; `reason` is why the server closed it

    A server keeps no record of closed connections of its account without a name: then all that is
    known is that it is not open.
    """

    is_open: bool
    messages_in: int | None = None
    reason: str = ""


async def fetch_records(
    connection: Connection, sessions: Mapping[int, ServerSide]
) -> dict[int, ConnectionRecord]:
    """Return what is known of the sessions, by number; what nobody knows is left out"""
    found: dict[int, ConnectionRecord] = {}
    for session, known_as in sessions.items():
        record = await _fetch(connection, known_as)
        if record:
            found[session] = record
    return found


async def _fetch(connection: Connection, known_as: ServerSide) -> ConnectionRecord | None:
    from iterapp_nats.client.message import OutgoingMessage
    from iterapp_nats.client.requests import request, request_many

    body = json.dumps({"cid": known_as.client_id, "state": _ALL_STATES}).encode()
    question = OutgoingMessage(_SUBJECT, body)
    answers: list[Reply] = []
    try:
        first = await request(connection, question, timeout_s=_TIMEOUT_S)
        record = _parse(first.message.payload, known_as)
        if record:
            return record
        # In a cluster each server answers, and each of them may have a connection of that number.
        await request_many(connection, question, answers.append, timeout_s=_TIMEOUT_S, gap_s=_GAP_S)
    except IterappNatsError:
        return None
    replies = (_parse(answer.message.payload, known_as) for answer in answers)
    return next((record for record in replies if record), None)


def _parse(payload: bytes, known_as: ServerSide) -> ConnectionRecord | None:
    try:
        answer: dict[str, Any] = json.loads(payload)
        if answer["server"]["id"] != known_as.server_id:
            return None
        rows = answer["data"]["connections"]
        row = next((row for row in rows if row["cid"] == known_as.client_id), None)
        if row is None:
            return ConnectionRecord(is_open=False)
        is_open = not row.get("stop")
        return ConnectionRecord(is_open, int(row["in_msgs"]), str(row.get("reason", "")))
    except (ValueError, LookupError, TypeError):
        return None
