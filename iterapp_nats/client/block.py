"""Messages that arrived together, as columns instead of objects"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from iterapp_nats.client.message import Message
from iterapp_nats.headers import parse_header_block

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from iterapp_nats.headers import Headers
    from iterapp_nats.wire.blocks import Envelope

    BlockTaker = Callable[["MessageBlock"], Awaitable[None] | None]
    """Takes a block; what it returns is awaited before more is read"""


class MessageBlock(Sequence[Message]):
    """A sequence of messages; a `Message` is made only where one is asked for

    `envelopes[n]` and `payloads[n]` are of the same message. Everything in a block was received at
    the same time, in Unix seconds.
    """

    __slots__ = ("envelopes", "payloads", "received_at_s")

    def __init__(
        self, envelopes: list[Envelope], payloads: list[bytes], received_at_s: float
    ) -> None:
        self.envelopes = envelopes
        self.payloads = payloads
        self.received_at_s = received_at_s

    def __len__(self) -> int:
        return len(self.payloads)

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> MessageBlock: ...
    def __getitem__(self, index: int | slice) -> Message | MessageBlock:
        if isinstance(index, slice):
            return MessageBlock(self.envelopes[index], self.payloads[index], self.received_at_s)
        return self._message(self.envelopes[index], self.payloads[index])

    def __iter__(self) -> Iterator[Message]:
        return map(self._message, self.envelopes, self.payloads)

    def _message(self, envelope: Envelope, payload: bytes) -> Message:
        headers = headers_of(envelope)
        return Message(envelope.subject, payload, envelope.reply, headers, self.received_at_s)


def headers_of(envelope: Envelope) -> Headers:
    """Return the headers of a message in a block"""
    return parse_header_block(envelope.header_block) if envelope.header_block else ()
