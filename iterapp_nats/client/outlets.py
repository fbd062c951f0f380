"""The two ways of a publisher to the server: joined frames, or nats-py's call for each message"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from iterapp_nats.client.inbox import Confirmation
from iterapp_nats.errors import Unreachable
from iterapp_nats.headers import render_header_block
from iterapp_nats.wire.blocks import Envelope
from iterapp_nats.wire.frames import join_frames

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import OutgoingBlock
    from iterapp_nats.client.nats_py.frame_writer import FrameWriter
    from iterapp_nats.client.publisher import PublishProgress
    from iterapp_nats.client.watch import Attention
    from iterapp_nats.errors import IterappNatsError

_BATCH_BYTES: Final = 256 << 10
_MAX_UNDER_WAY_BYTES: Final = 1 << 20
_BATCHES_UNDER_WAY: Final = 2
_LOOKS: Final = 5
"""How often a wait looks whether bytes leave, until it has seen enough of none"""
_FRAME_BYTES: Final = 32
"""About what a message takes beside its payload"""


class Outlet(Protocol):
    """Sends blocks, and at the end tells whether the server has seen all of them"""

    @property
    def taken(self) -> int:
        """How many messages were handed to `send`"""

    async def send(self, block: OutgoingBlock) -> None:
        """Send a block; raises what `publish` raises"""

    async def finish(self) -> bool:
        """Wait until the server has handled everything"""


class FrameOutlet:
    """Joins messages to frames, and writes what has come together in one turn of the event loop"""

    def __init__(
        self,
        connection: Connection,
        writer: FrameWriter,
        attention: Attention,
        progress: PublishProgress,
        timeout_s: float,
    ) -> None:
        self._connection = connection
        self._writer = writer
        self._attention = attention
        self._progress = progress
        self._timeout_s = timeout_s
        self._batch = _Batch()
        self._unasked_bytes = 0
        """How much was written behind the last PING"""
        self._under_way: deque[_Asked] = deque()
        self._under_way_bytes = 0
        self._failure: IterappNatsError | None = None

    @property
    def taken(self) -> int:
        """How many messages were handed to `send`"""
        return self._progress.sent + self._batch.messages

    async def send(self, block: OutgoingBlock) -> None:
        """Take a block; a large one is written at once, others when the event loop turns"""
        import asyncio

        if not self._batch.frames:
            asyncio.get_running_loop().call_soon(self._write)
        self._attention.add(block.subject)
        self._connection.remember(block.subject)
        self._batch.add(block)
        if self._batch.size >= _BATCH_BYTES:
            self._write()
        self._take_answers()
        while self._under_way_bytes > _MAX_UNDER_WAY_BYTES:
            await self._await_answer()
        if self._failure:
            raise self._failure

    async def finish(self) -> bool:
        """Wait until the server has seen everything"""
        self._write()
        if self._failure:
            raise self._failure
        if self._unasked_bytes:
            self._ask()
        while self._under_way:
            await self._await_answer()
        return True

    def _write(self) -> None:
        batch, self._batch = self._batch, _Batch()
        if not batch.frames or self._failure:
            return
        try:
            self._writer.write(b"".join(batch.frames), batch.messages)
        except (self._connection.client_error, OSError) as error:
            self._failure = self._connection.translated(error)
            return
        self._progress.sent += batch.messages
        self._progress.sent_bytes += batch.payload_bytes
        self._unasked_bytes += batch.size
        # Lines that are typed or trickle in need no PING each while another is under way.
        if not self._under_way or self._unasked_bytes >= _BATCH_BYTES:
            self._ask()

    def _ask(self) -> None:
        asked = _Asked(self._writer.ping(), self._progress.sent, self._unasked_bytes)
        asked.pong.add_done_callback(self._on_answer)
        self._under_way.append(asked)
        self._under_way_bytes += asked.size
        self._unasked_bytes = 0

    def _on_answer(self, _pong: asyncio.Future[bool]) -> None:
        """Count what is confirmed now, and ask for the rest, also while the source waits"""
        self._take_answers()
        if self._unasked_bytes and not (self._under_way or self._failure):
            with suppress(self._connection.client_error, OSError):
                self._ask()

    def _take_answers(self) -> None:
        while self._under_way and self._under_way[0].pong.done():
            asked = self._under_way.popleft()
            self._under_way_bytes -= asked.size
            # A refusal comes before the PONG, and what was refused is not confirmed by it.
            if not self._attention.refusal:
                self._progress.confirmed = asked.messages

    async def _await_answer(self) -> None:
        """Wait for a PONG as long as bytes leave: a slow link is no dead server"""
        unsent, quiet = self._writer.unsent(), 0
        while not await self._is_answered(self._timeout_s / _LOOKS):
            before, unsent = unsent, self._writer.unsent()
            quiet = quiet + 1 if unsent >= before else 0
            if quiet == _LOOKS:
                raise Unreachable.unconfirmed(self._connection.url, self._timeout_s)
        self._take_answers()

    async def _is_answered(self, timeout_s: float) -> bool:
        import asyncio

        try:
            # Not wait_for: on Python 3.11 it forgets being cancelled when the answer has just come.
            async with asyncio.timeout(timeout_s):
                # nats-py stops reading when it finds its future cancelled.
                await asyncio.shield(self._under_way[0].pong)
        except TimeoutError:
            return False
        return True


@dataclass(slots=True)
class _Batch:
    """Frames that are to be written together"""

    frames: list[bytes] = field(default_factory=list)
    size: int = 0
    messages: int = 0
    payload_bytes: int = 0

    def add(self, block: OutgoingBlock) -> None:
        header_block = render_header_block(block.headers) if block.headers else b""
        frames = join_frames(Envelope(block.subject, block.reply, header_block), block.payloads)
        self.frames.append(frames)
        self.size += len(frames)
        self.messages += len(block.payloads)
        self.payload_bytes += sum(map(len, block.payloads))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A PONG that is waited for, how many messages it confirms, how many bytes since the last"""

    pong: asyncio.Future[bool]
    messages: int
    size: int


class CallOutlet:
    """Publishes by nats-py's call, and sends messages to the own inbox to confirm batches"""

    def __init__(
        self,
        connection: Connection,
        attention: Attention,
        progress: PublishProgress,
        timeout_s: float,
    ) -> None:
        self._connection = connection
        self._attention = attention
        self._progress = progress
        self._timeout_s = timeout_s
        self._batch_bytes = 0
        self._under_way: deque[tuple[Awaitable[None], int]] = deque()
        self._confirmation: Confirmation | None = None

    @property
    def taken(self) -> int:
        """How many messages were handed to `send`"""
        return self._progress.sent

    async def send(self, block: OutgoingBlock) -> None:
        """Publish one message after the other"""
        self._attention.add(block.subject)
        for message in block:
            await self._connection.send(message)
            self._progress.sent += 1
            self._progress.sent_bytes += len(message.payload)
            self._batch_bytes += len(message.payload) + len(message.subject) + _FRAME_BYTES
            if self._batch_bytes >= _BATCH_BYTES:
                await self._end_batch()

    async def finish(self) -> bool:
        """Wait until the server has seen everything, False when an own inbox is forbidden"""
        while self._under_way:
            await self._settle()
        if self._progress.confirmed < self._progress.sent:
            await self._confirm()
        return self._confirmation is not Confirmation.FLUSHED

    async def _end_batch(self) -> None:
        self._batch_bytes = 0
        if self._confirmation is not Confirmation.SEEN:
            # The first time this finds out whether an own inbox is allowed.
            await self._confirm()
            return
        self._under_way.append((await self._connection.inbox.send_echo(), self._progress.sent))
        if len(self._under_way) > _BATCHES_UNDER_WAY:
            await self._settle()

    async def _settle(self) -> None:
        echo, sent = self._under_way.popleft()
        try:
            await self._connection.wait(echo, self._timeout_s, self._attention)
        except TimeoutError as error:
            raise Unreachable.unconfirmed(self._connection.url, self._timeout_s) from error
        self._attention.require_allowed()
        self._progress.confirmed = sent

    async def _confirm(self) -> None:
        self._confirmation = await self._connection.confirm(self._timeout_s)
        self._attention.require_allowed()
        if self._confirmation is Confirmation.SEEN:
            self._progress.confirmed = self._progress.sent
