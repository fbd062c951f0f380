"""Publishing many messages: in batches, each confirmed while the next is sent

Behind a batch goes a PING. When its PONG is back, the server has handled the batch, and a refusal
of one of its subjects has arrived before. Little is under way at once, so that a slow server or
network slows the source down instead of filling memory.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from itertools import islice
from itertools import repeat as repeat_value
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import OutgoingBlock, group_messages, split_sendable
from iterapp_nats.client.outlets import CallOutlet, FrameOutlet
from iterapp_nats.client.policy import DEFAULT_TIMEOUT_S
from iterapp_nats.errors import InputError, IterappNatsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import OutgoingMessage
    from iterapp_nats.client.outlets import Outlet

    # What `publish` takes.
    Source = Iterable[OutgoingMessage] | AsyncIterable[OutgoingMessage | OutgoingBlock]

_GROUPED: Final = 512


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What was published; `bytes` counts payloads

    `confirmed` means seen by the server, not received by anybody. Without it nats-py is of a
    release that is not known and an own inbox is forbidden to this user, and the messages were
    handed to the network.
    """

    messages: int
    bytes: int
    confirmed: bool


@dataclass(slots=True)
class PublishProgress:
    """How far a publisher has come, to be looked at from beside it and after a failure

    Of the messages `sent` the server has seen the first `confirmed` ones, or more.
    """

    sent: int = 0
    sent_bytes: int = 0
    confirmed: int = 0


async def publish(
    connection: Connection,
    messages: Source,
    *,
    interval_s: float = 0.0,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    progress: PublishProgress | None = None,
) -> PublishResult:
    """Publish everything, `interval_s` apart, and wait until the server has seen it

    What a source yields is sent before it is asked for more, or at the latest when it waits. An
    error says in its context how many messages were `sent` and `confirmed` before.

    Raises:
        InputError: `subject-invalid`, `subject-wildcard`, `header-invalid`, `payload-too-large`
        Refused: `publish-denied`, naming the subject
        Unreachable: `connection-lost`, `confirm-timeout`

    """
    progress = progress or PublishProgress()
    with connection.attending() as attention:
        outlet: Outlet
        if writer := connection.frame_writer:
            outlet = FrameOutlet(connection, writer, attention, progress, timeout_s)
        else:
            outlet = CallOutlet(connection, attention, progress, timeout_s)
        try:
            # Together, so that a refusal is noticed while the source is waited for too.
            source = _apart(messages, interval_s) if interval_s else messages
            work = _send_all(connection, outlet, source)
            is_confirmed = await connection.wait(work, None, attention)
            attention.require_allowed()
        except IterappNatsError as error:
            error.context.update(sent=str(progress.sent), confirmed=str(progress.confirmed))
            raise
    return PublishResult(progress.sent, progress.sent_bytes, is_confirmed)


def repeat(message: OutgoingMessage, count: int) -> Iterator[OutgoingMessage]:
    """Return the same message `count` times"""
    return repeat_value(message, count)


async def _send_all(connection: Connection, outlet: Outlet, messages: Source) -> bool:
    try:
        async with aclosing(_blocks(messages)) as blocks:
            async for block in blocks:
                part, refusal = split_sendable(block, connection.client.max_payload, outlet.taken)
                await outlet.send(part)
                if refusal:
                    raise refusal
    except InputError:
        # What came before it is sent, and that is to be certain.
        await outlet.finish()
        raise
    return await outlet.finish()


async def _apart(messages: Source, interval_s: float) -> AsyncGenerator[OutgoingBlock, None]:
    """Yield single messages, and wait between them"""
    import asyncio

    is_first = True
    async with aclosing(_blocks(messages)) as blocks:
        async for block in blocks:
            for payload in block.payloads:
                if not is_first:
                    await asyncio.sleep(interval_s)
                is_first = False
                yield replace(block, payloads=(payload,))


async def _blocks(messages: Source) -> AsyncGenerator[OutgoingBlock, None]:
    if not isinstance(messages, AsyncIterable):
        source = iter(messages)
        while some := list(islice(source, _GROUPED)):
            for block in group_messages(some):
                yield block
        return
    async with AsyncExitStack() as closing:
        if isinstance(messages, AsyncGenerator):
            # Left to itself after an error it would end some time later, in a task of its own.
            await closing.enter_async_context(aclosing(messages))
        async for item in messages:
            yield item if isinstance(item, OutgoingBlock) else OutgoingBlock.of(item)
