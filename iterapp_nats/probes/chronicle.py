"""What one connection of a probe goes through, with times of the probe's clock"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.events import ConnectionEvents
from iterapp_nats.delivery.causes import Event, EventKind
from iterapp_nats.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.events import Gap
    from iterapp_nats.client.nats_py.strict_client import StrictClient
    from iterapp_nats.errors import IterappNatsError

_SLOW: Final = "slow-consumer"


@dataclass(frozen=True, slots=True)
class ServerSide:
    """How a server calls one connection: the server's id and the connection's number there"""

    server_id: str
    client_id: int


class Chronicle(ConnectionEvents):
    """The events of one connection, and which connection carried what

    nats-py connects again under the same name: `session` numbers what lies between.
    """

    def __init__(self, who: str) -> None:
        self.who = who
        self.events: list[Event] = []
        self.known_as: dict[int, ServerSide] = {}
        """How the server calls each session that came about"""
        self.on_lost: Callable[[], None] = _nothing
        self._connection: Connection | None = None
        self._client: StrictClient | None = None
        self._sessions_before = 0
        self._last_words = ""

    def attach(self, connection: Connection) -> None:
        """Name the connection, which is open now"""
        self._connection = connection
        self._client = connection.client
        self._note_server()

    @property
    def connection(self) -> Connection:
        """The connection that was attached"""
        if self._connection is None:
            raise RuntimeError(self.who)
        return self._connection

    @property
    def session(self) -> int:
        """The number of the connection that is there, or is being made"""
        client = self.connection.client
        if client is not self._client and self._client:
            self._sessions_before += self._client.dialled
            self._client = client
        return self._sessions_before + client.dialled

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection right now"""
        is_connected: bool = self.connection.client.is_connected
        return is_connected

    def server_leaving(self) -> None:
        """Note a lame duck"""
        self._note(EventKind.LAME_DUCK)

    def disconnected(self) -> None:
        """Note the begin of a time without connection"""
        self._note(EventKind.DISCONNECTED, self._last_words)
        self._last_words = ""
        self.on_lost()

    def reconnected(self, gap: Gap) -> None:
        """Note its end"""
        self._note_server()
        self._last_words = ""
        lost = [n for n, event in enumerate(self.events) if event.kind is EventKind.DISCONNECTED]
        if lost:
            self.events[lost[-1]] = replace(self.events[lost[-1]], ended_ns=time.monotonic_ns())

    def failed(self, error: IterappNatsError) -> None:
        """Note an error that nobody was waiting for"""
        is_over = self._connection is not None and self._connection.ended is not None
        if isinstance(error, Unreachable) and not is_over:
            # The loss itself, told right before it, or one more try that failed.
            self._last_words = error.message
            return
        if error.code == _SLOW and not is_over:
            self._note(EventKind.SLOW_CONSUMER)
            return
        self._note(EventKind.ENDED if is_over else EventKind.ERROR, error.message)

    def explain(self, reasons: dict[int, str]) -> None:
        """Add to each loss of a connection what the server said of it, by session"""
        lost = [n for n, event in enumerate(self.events) if event.kind is EventKind.DISCONNECTED]
        for place, session in zip(lost, sorted(self.known_as), strict=False):
            if reason := reasons.get(session):
                self.events[place] = replace(self.events[place], detail=reason)

    def _note(self, kind: EventKind, detail: str = "") -> None:
        self.events.append(Event(self.who, kind, time.monotonic_ns(), detail=detail))

    def _note_server(self) -> None:
        server = self.connection.server
        self.known_as[self.session] = ServerSide(server.server_id, server.client_id)


def _nothing() -> None:
    return
