"""What a connection tells its owner while it works"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.errors import IterappNatsError


@dataclass(frozen=True, slots=True)
class ClientName:
    """What a server calls one connection; the number is its own, other servers have the same"""

    server_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without connection, in Unix seconds; `ended_at_s` is None when it never came back

    Core NATS is at most once: what was published in a gap did not arrive here. `client` is the
    connection that was lost. With `was_behind` reading had been kept waiting: then it begins with
    the wait, because nobody knows when the server threw away what it held.
    """

    began_at_s: float
    ended_at_s: float | None
    client: ClientName | None = None
    was_behind: bool = False

    @property
    def length_s(self) -> float | None:
        """How long it lasted, None when it never came back"""
        return None if self.ended_at_s is None else self.ended_at_s - self.began_at_s


class ConnectionEvents:
    """Notices of a connection, each of them silent unless overridden; called on the event loop"""

    def retrying(self, error: IterappNatsError, attempt: int) -> None:
        """The first connection failed for the `attempt`th time, and is tried again"""

    def server_leaving(self) -> None:
        """The server is going to stop (lame duck), and closes the connection soon"""

    def disconnected(self) -> None:
        """The connection was lost, and is being made again"""

    def reconnected(self, gap: Gap) -> None:
        """The connection is back"""

    def failed(self, error: IterappNatsError) -> None:
        """Something failed that nobody was waiting for, or the connection ended for good"""


class LoggedEvents(ConnectionEvents):
    """Notices as lines of the logger `iterapp_nats`, for an app"""

    def __init__(self) -> None:
        import logging

        self._logger = logging.getLogger("iterapp_nats")

    def retrying(self, error: IterappNatsError, attempt: int) -> None:
        """Warn with the cause and the number of the attempt"""
        self._logger.warning("%s (attempt %d, trying again)", error, attempt)

    def server_leaving(self) -> None:
        """Inform"""
        self._logger.info("the NATS server is going to stop")

    def disconnected(self) -> None:
        """Warn"""
        self._logger.warning("lost the connection to NATS, connecting again")

    def reconnected(self, gap: Gap) -> None:
        """Inform of the length of the gap"""
        self._logger.info("connected to NATS again after %.1f s", gap.length_s or 0.0)

    def failed(self, error: IterappNatsError) -> None:
        """Report the error"""
        self._logger.error("%s", error)
