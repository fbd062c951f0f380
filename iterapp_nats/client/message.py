"""Messages: what is received and what is sent"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.headers import require_header
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.headers import Headers

_STATUS_LINE: Final = len("NATS/1.0\r\n\r\n")
_HEADER_FRAME: Final = len(": \r\n")


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


def require_sendable(message: OutgoingMessage, max_payload: int) -> None:
    """Check what a server would refuse, some of it by closing the connection

    `max_payload` is the server's limit in bytes, which counts headers too.

    Raises:
        InputError: `subject-invalid`, `subject-wildcard`, `header-invalid`, `payload-too-large`

    """
    _require_known_subject(message.subject)
    if message.reply:
        require_subject(message.reply)
    for name, value in message.headers:
        require_header(name, value)
    size = len(message.payload) + _header_bytes(message.headers)
    if size <= max_payload:
        return
    raise InputError(
        "payload-too-large",
        f"the message to {message.subject} has {size} bytes, the server takes {max_payload}",
        hints=("send less at once, or store the data elsewhere and publish where it is",),
        context={"subject": message.subject, "bytes": str(size), "max_payload": str(max_payload)},
    )


# Most messages go to a subject that was checked a moment ago.
_require_known_subject = lru_cache(maxsize=1024)(require_subject)


def _header_bytes(headers: Headers) -> int:
    if not headers:
        return 0
    lines = (len(name) + len(value.encode()) + _HEADER_FRAME for name, value in headers)
    return _STATUS_LINE + sum(lines)
