"""What a server sends, cut into runs of messages and everything else

A message is `MSG subject sid [reply] size` or `HMSG subject sid [reply] header-size size`, a line
end, so many bytes, and a line end. Every other line stands for itself. One pass over a block costs
a tenth of a microsecond for each of many alike messages, seven tenths where control lines come
again, and four where each has a subject of its own; a client that takes one at a time pays ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Receiver = TypeVar("Receiver")

_LINE_END: Final = 2
_MAX_KNOWN_LINES: Final = 1024
_MANY: Final = 16
"""So many alike messages in a row make more of them likely"""
_BATCH: Final = 32
"""So many of them are cut at once"""
_SIZES: Final = {b"MSG": 1, b"HMSG": 2}
"""How many numbers end the control line of a message"""
_MAX_DIGITS: Final = 36
"""Of all numbers in a control line together"""


class Envelope(NamedTuple):
    """What stands around a payload; the header block is as it came, empty without headers

    A tuple is made twice as fast as a frozen dataclass, and where each message has a subject
    of its own there are as many of them as messages.
    """

    subject: str
    reply: str = ""
    header_block: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class Run(Generic[Receiver]):
    """Messages for one receiver, one right behind the other, as two columns of equal length"""

    receiver: Receiver
    envelopes: list[Envelope]
    payloads: list[bytes]


class _Line(NamedTuple, Generic[Receiver]):
    """A control line: its length, and how many bytes behind it belong to it"""

    length: int
    size: int = 0
    header_size: int = 0
    envelope: Envelope = Envelope("")
    receiver: Receiver | None = None


class BlockCutter(Generic[Receiver]):
    """Cuts a stream of bytes, however it is split

    `receiver_of` names the receiver of a subscription by its number, None for messages that are
    to stay with the other lines.
    """

    def __init__(self, receiver_of: Callable[[int], Receiver | None]) -> None:
        self._receiver_of = receiver_of
        # Most messages have the control line of an earlier one.
        self._known: dict[bytes, _Line[Receiver]] = {}
        self._receivers: dict[bytes, Receiver | None] = {}
        self.reset()

    def reset(self) -> None:
        """Begin a new stream; an iteration that is under way must not be continued"""
        self._held: list[bytes] = []
        self._missing = 0

    def forget_receivers(self) -> None:
        """Ask for every receiver again, because subscriptions have come or gone"""
        self._known.clear()
        self._receivers.clear()

    def cut(self, data: bytes) -> Iterator[Run[Receiver] | bytes]:
        """Yield what is complete, in order: runs of messages, and whole lines between them

        What is not complete is kept for the next time.
        """
        self._held.append(data)
        self._missing -= len(data)
        if self._missing > 0:
            return
        block = b"".join(self._held)
        self.reset()
        at, piece = self._cut_one(block, 0)
        while piece:
            yield piece
            at, piece = self._cut_one(block, at)

    def _cut_one(self, block: bytes, begin: int) -> tuple[int, Run[Receiver] | bytes]:
        """Return what stands at `begin` up to another receiver, and where it ends"""
        envelopes: list[Envelope] = []
        payloads: list[bytes] = []
        receiver: Receiver | None = None
        at, last = begin, len(block)
        while True:
            body = block.find(b"\n", at) + 1
            if not body:
                self._keep(block, at, missing=1)
                break
            text = block[at:body]
            line = self._known.get(text) or self._read(text)
            if line.receiver is not receiver:
                if at > begin:
                    break
                receiver = line.receiver
            stop = body + line.size
            if stop > last:
                self._keep(block, at, missing=stop - last)
                break
            at = stop
            if receiver is None:
                continue
            envelope = line.envelope
            if line.header_size:
                head, body = body, body + line.header_size
                envelope = Envelope(envelope.subject, envelope.reply, block[head:body])
            envelopes.append(envelope)
            payloads.append(block[body : stop - _LINE_END])
            if not line.header_size and block.startswith(text, at):
                at = _cut_alike(block, at, text, line.size, payloads)
                envelopes += [envelope] * (len(payloads) - len(envelopes))
        if receiver is None:
            return at, block[begin:at]
        return at, Run(receiver, envelopes, payloads) if payloads else b""

    def _keep(self, block: bytes, at: int, *, missing: int) -> None:
        self._held = [block[at:]]
        self._missing = missing

    def _read(self, text: bytes) -> _Line[Receiver]:
        line = self._message_line(text) or _Line(len(text))
        if len(self._known) >= _MAX_KNOWN_LINES:
            self._known.clear()
        self._known[text] = line
        return line

    def _message_line(self, text: bytes) -> _Line[Receiver] | None:
        # By hand: every command would wait for regular expressions to be compiled.
        verb, *fields = text.split() or [b""]
        sizes = _SIZES.get(verb.upper())
        if not (sizes and 0 <= len(fields) - sizes - 2 <= 1 and text.endswith(b"\r\n")):
            return None
        subject, number, *reply = fields[:-sizes]
        digits = b"".join([number, *fields[-sizes:]])
        if not digits.isdigit() or len(digits) > _MAX_DIGITS:
            return None
        header_size = int(fields[-2]) if sizes > 1 else 0
        envelope = Envelope(_text(subject), _text(reply[0]) if reply else "")
        return _Line(
            len(text), int(fields[-1]) + _LINE_END, header_size, envelope, self._find(number)
        )

    def _find(self, number: bytes) -> Receiver | None:
        try:
            return self._receivers[number]
        except KeyError:
            receiver = self._receivers[number] = self._receiver_of(int(number))
            return receiver


def _cut_alike(block: bytes, at: int, text: bytes, size: int, payloads: list[bytes]) -> int:
    """Cut messages with the control line `text` as long as they follow each other, whole

    Return where they end. This loop is what a burst on one subject pays for every message.
    """
    head, stride, last = len(text), len(text) + size, len(block)
    batch = _alike(head, size)
    count = 0
    while at + stride <= last and block.startswith(text, at):
        if count >= _MANY and at + batch.size <= last:
            # As many again are likely, and unpacking them costs a fifth of a slice for each.
            cut = batch.unpack_from(block, at)
            if cut[::2].count(text) == _BATCH:
                payloads += cut[1::2]
                at += batch.size
                continue
            count = 0
        payloads.append(block[at + head : at + stride - _LINE_END])
        at += stride
        count += 1
    return at


@lru_cache(maxsize=64)
def _alike(head: int, size: int) -> Struct:
    """Return what cuts a batch of control lines and payloads of these lengths apart"""
    return Struct(f"{head}s{size - _LINE_END}s{_LINE_END}x" * _BATCH)


def _text(subject: bytes) -> str:
    return subject.decode("utf-8", "surrogateescape")
