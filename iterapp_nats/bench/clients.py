"""The clients of a benchmark, each in its own process: it does rounds as it is told"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from iterapp_nats.bench.plan import (
    STAMP_BYTES,
    ClientPlan,
    Order,
    Role,
    RoundReport,
    State,
    render_line,
    sampled,
)
from iterapp_nats.client.message import OutgoingBlock
from iterapp_nats.client.pacing import Pace
from iterapp_nats.client.publisher import publish
from iterapp_nats.client.request_stream import request_each
from iterapp_nats.client.requests import Reply
from iterapp_nats.client.responder import Answer, respond
from iterapp_nats.client.subscriber import subscribe

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from iterapp_nats.client.block import MessageBlock
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.request_stream import Outcome

    Tell = Callable[[str], None]
    Orders = asyncio.Queue[Order]
    DoRound = Callable[[Connection, ClientPlan, int], Awaitable[RoundReport]]

_BLOCK_BYTES: Final = 64 << 10
_NO_STAMP: Final = b"0" * STAMP_BYTES
_MAX_LATENCIES: Final = 100_000
_NANOSECONDS: Final = 1e9
_STRAGGLERS_S: Final = 1.0
"""How long after the last message nothing more is expected"""


async def run_client(connection: Connection, plan: ClientPlan, orders: Orders, tell: Tell) -> None:
    """Do what `orders` say until their end, and tell by lines of JSON what was done"""
    match plan.role:
        case Role.PUBLISH:
            await _do_rounds(connection, plan, orders, tell, publish_round)
        case Role.REQUEST:
            await _do_rounds(connection, plan, orders, tell, request_round)
        case Role.SUBSCRIBE:
            await _count_rounds(connection, plan, orders, tell)
        case Role.REPLY:
            await _serve(connection, plan, orders, tell)


async def publish_round(connection: Connection, plan: ClientPlan, count: int) -> RoundReport:
    """Publish so many messages and wait until the server has seen them"""
    began_s = time.monotonic()
    result = await publish(connection, _blocks(plan, count), timeout_s=plan.timeout_s)
    return RoundReport(result.messages, result.bytes, began_s, time.monotonic())


async def request_round(connection: Connection, plan: ClientPlan, count: int) -> RoundReport:
    """Ask so many questions, as many at once as planned"""
    times_s: list[float] = []

    def take(_number: int, outcome: Outcome) -> None:
        if isinstance(outcome, Reply):
            times_s.append(outcome.round_trip_s)

    began_s = time.monotonic()
    await request_each(
        connection,
        _blocks(plan, count),
        take,
        concurrency=plan.concurrency,
        timeout_s=plan.timeout_s,
    )
    answered = len(times_s)
    return RoundReport(
        answered,
        answered * plan.size,
        began_s,
        time.monotonic(),
        sampled(times_s, _MAX_LATENCIES),
        failures=count - answered,
    )


async def _do_rounds(
    connection: Connection, plan: ClientPlan, orders: Orders, tell: Tell, do_round: DoRound
) -> None:
    tell(render_line(State.READY))
    while (order := await orders.get()) is not Order.END:
        count = plan.warm_up if order is Order.WARM_UP else plan.messages
        tell(render_line(await do_round(connection, plan, count)))


async def _count_rounds(
    connection: Connection, plan: ClientPlan, orders: Orders, tell: Tell
) -> None:
    counter = Counter()
    async with subscribe(connection, [plan.subject], counter.take):
        tell(render_line(State.READY))
        while (order := await orders.get()) is not Order.END:
            if order is Order.FINISH:
                # Everything had come before.
                continue
            counter.begin(plan.warm_up if order is Order.WARM_UP else plan.messages)
            tell(render_line(State.COUNTING))
            await _count_until(connection, counter, orders, plan.timeout_s)
            tell(render_line(counter.report()))


async def _count_until(
    connection: Connection, counter: Counter, orders: Orders, timeout_s: float
) -> None:
    """Wait until everything has come, or nothing more does after `Order.FINISH` or `timeout_s`

    What trickles in then is waited for a little longer only.
    """
    import asyncio

    began_s = time.monotonic()
    finish = asyncio.ensure_future(orders.get())
    complete = asyncio.ensure_future(counter.is_complete.wait())
    try:
        either = asyncio.wait({finish, complete}, timeout=timeout_s, return_when="FIRST_COMPLETED")
        await connection.wait(either, None)
        before, latest_s = -1, began_s + timeout_s + _STRAGGLERS_S
        while not counter.is_complete.is_set() and before != counter.count:
            if time.monotonic() > latest_s:
                break
            before = counter.count
            with suppress(TimeoutError):
                await connection.wait(counter.is_complete.wait(), _STRAGGLERS_S)
    finally:
        complete.cancel()
        finish.cancel()


async def _serve(connection: Connection, plan: ClientPlan, orders: Orders, tell: Tell) -> None:
    async def echo(message: Message) -> Answer:
        return Answer(message.payload)

    async with respond(connection, plan.subject, echo, queue="bench"):
        tell(render_line(State.READY))
        while await orders.get() is not Order.END:
            continue


class Counter:
    """Counts what a subscriber receives in a round, and reads the stamps"""

    def __init__(self) -> None:
        import asyncio

        self.is_complete = asyncio.Event()
        self.begin(0)

    def begin(self, expected: int) -> None:
        """Begin a round in which so many messages should come"""
        self.count = 0
        self._bytes = 0
        self._expected = expected
        self._first_s = self._last_s = time.monotonic()
        self._latencies_s: list[float] = []
        self.is_complete.clear()

    def take(self, block: MessageBlock) -> None:
        """Count a block"""
        now_s = time.monotonic()
        if not self.count:
            self._first_s = now_s
        self._last_s = now_s
        self.count += len(block)
        self._bytes += sum(map(len, block.payloads))
        stamps = [payload[:STAMP_BYTES] for payload in block.payloads]
        self._latencies_s += [
            now_s - int(stamp, 16) / _NANOSECONDS
            for stamp in stamps
            if stamp != _NO_STAMP and len(stamp) == STAMP_BYTES
        ]
        if self.count >= self._expected:
            self.is_complete.set()

    def report(self) -> RoundReport:
        """Return what has come"""
        latencies_s = sampled(self._latencies_s, _MAX_LATENCIES)
        return RoundReport(self.count, self._bytes, self._first_s, self._last_s, latencies_s)


async def _blocks(plan: ClientPlan, count: int) -> AsyncGenerator[OutgoingBlock, None]:
    """Yield so many messages at the planned rate, the first of each block stamped with the time"""
    pace = Pace(plan.rate)
    a_block = max(1, _BLOCK_BYTES // (plan.size + 1))
    plain = [b"0" * plan.size] * a_block
    left = count
    while left:
        due = await pace.due(min(left, a_block))
        stamp = b"%016x" % time.monotonic_ns() if plan.size >= STAMP_BYTES else b""
        yield OutgoingBlock(plan.subject, [stamp + plain[0][len(stamp) :], *plain[1:due]])
        left -= due
