"""How stubbornly a connection is made and kept"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEFAULT_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class ConnectPolicy:
    """Deadlines and pauses of one connection, all in seconds

    `timeout_s` bounds one attempt at one server, from DNS to login. With `retry_s` the first
    connection is tried again after that pause until it succeeds, otherwise each server of the list
    gets one attempt. A connection without `reconnects` is over when the server goes away.

    What is published while the server is away is refused; with `buffer_bytes` that much of it is
    kept, and sent later, perhaps to nobody. With `max_queued_messages` a subscription whose handler
    is too slow drops what comes when so many wait, otherwise it keeps them all.
    """

    timeout_s: float = DEFAULT_TIMEOUT_S
    retry_s: float | None = None
    reconnects: bool = False
    reconnect_wait_s: float = 2.0
    # nats-py's own 120 s x 3 leave a partition unnoticed for up to six minutes.
    ping_interval_s: float = 20.0
    max_outstanding_pings: int = 2
    buffer_bytes: int | None = None
    max_queued_messages: int = 0

    @classmethod
    def for_command(cls, timeout_s: float = DEFAULT_TIMEOUT_S) -> ConnectPolicy:
        """One bounded attempt, and no second life: a command that lost its server fails"""
        return cls(timeout_s=timeout_s)

    @classmethod
    def for_subscriber(cls, timeout_s: float = DEFAULT_TIMEOUT_S) -> ConnectPolicy:
        """One bounded attempt, then back as fast as possible after every loss

        A subscriber that waits the usual 2 s missed 999 of 2,000 messages after being cut off.
        """
        return cls(timeout_s=timeout_s, reconnects=True, reconnect_wait_s=0.1)

    @classmethod
    def for_app(cls, timeout_s: float = DEFAULT_TIMEOUT_S) -> ConnectPolicy:
        """Never give up on a server that is away: for a pod, which may start before its server"""
        return cls(timeout_s=timeout_s, retry_s=2.0, reconnects=True)
