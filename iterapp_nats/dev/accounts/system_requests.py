"""What the system user of a local server may ask: who is connected, and to cut somebody off"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from iterapp_nats.client.connection import Connection

_TIMEOUT_S: Final = 2.0
_MOST: Final = 1024
_NO_SUCH_CLIENT: Final = "no such client or leafnode id"


@dataclass(frozen=True, slots=True)
class Guest:
    """A client that is connected to the server; `client_id` is its number there

    `since_s` is when it connected, in Unix seconds.
    """

    client_id: int
    name: str
    language: str
    since_s: float

    @property
    def label(self) -> str:
        """What a person calls it, over all its connections: its name, or what it is written in"""
        return self.name or f"{self.language or 'unnamed'} client"


async def list_guests(connection: Connection) -> tuple[Guest, ...]:
    """Return who is connected to the server of `connection`, without ourselves

    Raises:
        NoAnswer: the connection is not one of the system user
        LocalServerError: `system-answer`

    """
    own_id = connection.server.client_id
    answer = await _ask(connection, "CONNZ", {"limit": _MOST})
    rows = answer.get("connections")
    found = [_guest(row) for row in rows] if isinstance(rows, list) else []
    return tuple(guest for guest in found if guest.client_id != own_id)


async def kick(connection: Connection, guest: Guest) -> None:
    """Cut off one client; it may come back at once, and may have left before

    Raises what `list_guests` raises.
    """
    await _ask(connection, "KICK", {"cid": guest.client_id}, harmless=_NO_SUCH_CLIENT)


async def _ask(
    connection: Connection, what: str, body: dict[str, int], *, harmless: str | None = None
) -> dict[str, Any]:
    subject = f"$SYS.REQ.SERVER.{connection.server.server_id}.{what}"
    message = await connection.request(subject, json.dumps(body).encode(), timeout_s=_TIMEOUT_S)
    try:
        answer = json.loads(message.payload)
        if "error" in answer:
            reason = str(answer["error"].get("description", ""))
            if reason == harmless:
                return {}
            raise _unusable(what, reason)
        data = answer.get("data", {})
    except (ValueError, AttributeError, TypeError) as error:
        raise _unusable(what, "its answer is not what was expected") from error
    return data if isinstance(data, dict) else {}


def _guest(row: dict[str, Any]) -> Guest:
    return Guest(
        client_id=int(row["cid"]),
        name=str(row.get("name", "")),
        language=str(row.get("lang", "")),
        since_s=datetime.fromisoformat(str(row["start"])).timestamp(),
    )


def _unusable(what: str, reason: str) -> LocalServerError:
    return LocalServerError(
        "system-answer",
        f"the local server did not do {what}: {reason}",
        hints=("look at iterapp-nats dev logs",),
    )
