"""nats-py's parser with a reader of blocks before it; knows private names as strict_client does

nats-py makes an object, a queue entry and a task switch of every message. For subscriptions that
take blocks all of that is passed by: their messages are cut out of what was read and handed over
as columns. Everything else goes to the parser of nats-py as it came, in its place: what is behind
a PONG must not reach it together with the PONG, or messages for a block are lost in it.

This module is imported inside functions only, because it loads nats-py.
"""

# ruff: noqa: SLF001 - the private names are collected here and in strict_client

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import inspect
import re
import time
from typing import TYPE_CHECKING, Any, Final, cast

import nats.aio.client as nats_client  # noqa: TID253 - as above
from nats.aio.transport import TcpTransport  # noqa: TID253 - as above
from nats.errors import Error  # noqa: TID253 - as above

from iterapp_nats.client.block import MessageBlock
from iterapp_nats.wire.blocks import BlockCutter, Run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from urllib.parse import ParseResult

    from nats.aio.client import Client
    from nats.aio.msg import Msg

    from iterapp_nats.client.block import BlockTaker

    Callback = Callable[[Msg], Awaitable[None]]

_TRIED_MAJOR: Final = 2
_FIRST_TRIED_MINOR: Final = 15
_BLOCK_BYTES: Final = 1 << 20
_ANSWERS_S: Final = 1.0
"""How often a server that is kept waiting by a slow reader counts as alive"""


def is_tried_release() -> bool:
    """Tell whether the private names mean in this release of nats-py what they are taken for"""
    found = re.match(r"(\d+)\.(\d+)", str(getattr(nats_client, "__version__", "")))
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return major == _TRIED_MAJOR and minor >= _FIRST_TRIED_MINOR


def install_block_parser(client: Client) -> BlockParser | None:
    """Put a reader of blocks before the client's parser, None where nats-py is not as expected"""
    stock = getattr(client, "_ps", None)
    has_shape = (
        inspect.iscoroutinefunction(getattr(stock, "parse", None))
        and callable(getattr(stock, "reset", None))
        and isinstance(getattr(client, "_subs", None), dict)
    )
    if not (has_shape and is_tried_release()):
        return None
    parser = BlockParser(client, stock)
    client._ps = cast("Any", parser)
    return parser


class WideTransport(TcpTransport):
    """A connection that is read in large blocks; nats-py asks for 32 KiB at a time"""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # nats-py types its methods in part

    def __bool__(self) -> bool:
        """Be taken for a transport before it is connected, or nats-py makes one of its own"""
        return True

    async def connect(self, uri: ParseResult, buffer_size: int, connect_timeout: int) -> None:
        """Connect with room for a large block"""
        await super().connect(uri, max(buffer_size, _BLOCK_BYTES), connect_timeout)

    async def read(self, buffer_size: int) -> bytes:
        """Return what has arrived, up to a large block"""
        block: bytes = await super().read(max(buffer_size, _BLOCK_BYTES))
        return block


class BlockParser:
    """What the client's read loop hands over to, in place of nats-py's own parser"""

    def __init__(self, client: Client, stock: Any) -> None:
        self._client = client
        self._stock = stock
        self._takers: dict[Callback, BlockTaker] = {}
        self._cutter = BlockCutter(self._taker_of)
        self._generation = 0
        self._pauses = 0
        self._is_asking = False
        self._behind_since_s: float | None = None
        self.was_behind_since_s: float | None = None
        """When reading fell behind on the connection that was lost, None if it had caught up"""

    def attach(self, callback: Callback, taker: BlockTaker) -> None:
        """Give messages of subscriptions with this callback to `taker` instead, in blocks"""
        self._takers[callback] = taker
        self._cutter.forget_receivers()

    def detach(self, callback: Callback) -> None:
        """Give nothing more to the taker of this callback"""
        self._takers.pop(callback, None)
        self._cutter.forget_receivers()

    def reset(self) -> None:
        """Begin with a new connection"""
        self.was_behind_since_s, self._behind_since_s = self._behind_since_s, None
        self._is_asking = False
        self._generation += 1
        self._cutter.reset()
        self._stock.reset()

    async def parse(self, data: bytes = b"") -> None:
        """Take what was read; waits as long as a taker wants, so that nothing more is read"""
        generation = self._generation
        for piece in self._cutter.cut(data):
            if isinstance(piece, Run):
                await self._hand_over(piece)
            else:
                await self._stock.parse(piece)
            if generation != self._generation:
                return

    async def _hand_over(self, run: Run[BlockTaker]) -> None:
        self._client.stats["in_msgs"] += len(run.payloads)
        block = MessageBlock(run.envelopes, run.payloads, time.time())
        pause = run.receiver(block)
        if pause is None:
            return
        self._pauses += 1
        self._behind_since_s = self._behind_since_s or time.time()
        waiting = asyncio.ensure_future(pause)
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=_ANSWERS_S)
                # The answers to our pings are behind what is not read yet.
                self._client._pings_outstanding = 0
            waiting.result()
        finally:
            waiting.cancel()
        self._ask_for_the_rest()

    def _ask_for_the_rest(self) -> None:
        """Ask the server for a PONG: all that it held before its answer has been read by then"""
        from iterapp_nats.client.nats_py.frame_writer import frame_writer_of

        writer = frame_writer_of(self._client)
        if writer is None or self._is_asking:
            return
        asked_at_s, pauses, generation = time.time(), self._pauses, self._generation

        def answered(pong: asyncio.Future[bool]) -> None:
            if pong.cancelled() or generation != self._generation:
                return
            self._is_asking = False
            self._behind_since_s = None if pauses == self._pauses else asked_at_s
            if self._behind_since_s:
                self._ask_for_the_rest()

        try:
            writer.ping().add_done_callback(answered)
        except (Error, OSError):
            return
        self._is_asking = True

    def _taker_of(self, number: int) -> BlockTaker | None:
        callback: Any = getattr(self._client._subs.get(number), "_cb", None)
        return self._takers.get(callback)
