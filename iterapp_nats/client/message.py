"""Messages: what is received and what is sent"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from iterapp_nats.errors import InputError
from iterapp_nats.headers import render_header_block, require_header
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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


@dataclass(frozen=True, slots=True)
class OutgoingBlock:
    """Messages to publish, one behind the other, that differ in their payload alone"""

    subject: str
    payloads: Sequence[bytes]
    reply: str = ""
    headers: Headers = ()

    @classmethod
    def of(cls, message: OutgoingMessage) -> OutgoingBlock:
        """Return a block of one message"""
        return cls(message.subject, (message.payload,), message.reply, message.headers)

    def __iter__(self) -> Iterator[OutgoingMessage]:
        return (
            OutgoingMessage(self.subject, payload, self.reply, self.headers)
            for payload in self.payloads
        )


def group_messages(messages: Iterable[OutgoingMessage]) -> Iterator[OutgoingBlock]:
    """Return the messages in as few blocks as their order allows"""
    for (subject, reply, headers), alike in groupby(messages, _envelope_of):
        yield OutgoingBlock(subject, [message.payload for message in alike], reply, headers)


def require_sendable(message: OutgoingMessage, max_payload: int) -> None:
    """Check what a server would refuse, some of it by closing the connection

    `max_payload` is the server's limit in bytes, which counts headers too.

    Raises:
        InputError: `subject-invalid`, `subject-wildcard`, `header-invalid`, `payload-too-large`

    """
    room = _room_beside_headers(message.subject, message.reply, message.headers, max_payload)
    if len(message.payload) > room:
        excess = len(message.payload) - room
        raise _too_large(f"the message to {message.subject}", excess, max_payload)


def split_sendable(
    block: OutgoingBlock, max_payload: int, sent_before: int
) -> tuple[OutgoingBlock, InputError | None]:
    """Return what a server would take from the beginning of a block, and why not the rest

    The error counts messages from those that were `sent_before`. Raises what `require_sendable`
    raises for a subject or a header.
    """
    room = _room_beside_headers(block.subject, block.reply, block.headers, max_payload)
    if max(map(len, block.payloads), default=0) <= room:
        return block, None
    sizes = enumerate(map(len, block.payloads))
    index, size = next((index, size) for index, size in sizes if size > room)
    what = f"message {sent_before + index + 1} to {block.subject}"
    part = replace(block, payloads=block.payloads[:index])
    return part, _too_large(what, size - room, max_payload)


def _room_beside_headers(subject: str, reply: str, headers: Headers, max_payload: int) -> int:
    _require_known_subject(subject)
    if reply:
        _require_known_subject(reply)
    for name, value in headers:
        require_header(name, value)
    return max_payload - (len(render_header_block(headers)) if headers else 0)


def _too_large(what: str, excess: int, max_payload: int) -> InputError:
    size = max_payload + excess
    return InputError(
        "payload-too-large",
        f"{what} has {size} bytes, the server takes {max_payload}",
        hints=("send less at once, or store the data elsewhere and publish where it is",),
        context={"bytes": str(size), "max_payload": str(max_payload)},
    )


_envelope_of = attrgetter("subject", "reply", "headers")
# Most messages go to a subject that was checked a moment ago.
_require_known_subject = lru_cache(maxsize=1024)(require_subject)
