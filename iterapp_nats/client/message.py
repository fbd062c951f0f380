"""Messages: what is received and what is sent"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.headers import Headers


@dataclass(frozen=True, slots=True)
class Message:
    """One received message

    `reply` is empty when no answer is expected, `received_at_s` is in Unix seconds. A header name
    that was sent several times is there several times.
    """

    subject: str
    payload: bytes = b""
    reply: str = ""
    headers: Headers = ()
    received_at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to publish; `reply` is the subject that an answer shall go to"""

    subject: str
    payload: bytes = b""
    reply: str = ""
    headers: Headers = ()
