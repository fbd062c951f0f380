"""One `bench` at work, and one of its clients, which is a process of the same program"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.bench.clients import run_client
from iterapp_nats.bench.conductor import Launch, run_bench
from iterapp_nats.bench.plan import Order, parse_plan
from iterapp_nats.bench.result import find_shortfalls
from iterapp_nats.cli.connecting import run_connected
from iterapp_nats.cli.context import ConnectionFlags
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.input_stream import read_lines
from iterapp_nats.output import Format

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence
    from typing import TextIO

    from iterapp_nats.bench.plan import ClientPlan
    from iterapp_nats.bench.result import BenchResult, Thresholds, Throughput
    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.connection import Connection

# -P, or a module of the user's folder could take the place of one of ours.
_CLIENT: Final = ("-P", "-m", "iterapp_nats", "bench", "client")
_LAST_ROUND_S: Final = 0.2
_MEBIBYTE: Final = 1 << 20


def run(
    context: Context,
    plans: Sequence[ClientPlan],
    thresholds: Thresholds,
    output_format: Format,
) -> int:
    """Run the clients, show what they did, and return whether that is enough"""
    launch = Launch(
        (sys.executable, *_CLIENT),
        context.cwd,
        context.environ,
        json.dumps(asdict(context.flags)),
    )

    async def conduct(connection: Connection) -> BenchResult:
        await connection.confirm()
        return await run_bench(launch, plans, server=connection.url)

    policy = ConnectPolicy.for_command(context.flags.connect_timeout)
    result = run_connected(context, policy, conduct, name="iterapp-nats bench")
    shortfalls = find_shortfalls(result, thresholds)
    code = ExitCode.FINDINGS if shortfalls else ExitCode.OK
    if output_format is Format.JSON:
        context.output.result(result, exit_code=code)
    else:
        for line in render_text(result):
            context.output.line(line)
    for shortfall in shortfalls:
        context.output.warning(shortfall)
    return code


def run_as_client(context: Context) -> int:
    """Be a client: read how to connect and what to do, then do as stdin says"""
    # What makes it fail is told to whoever has started it.
    context.output.format = Format.JSON
    greeting, plan_line = context.stdin.readline(), context.stdin.readline()
    if not plan_line:
        raise InputError(
            "usage", "this is a client that other bench commands start, and tell what to do"
        )
    flags = ConnectionFlags(**json.loads(greeting))
    plan = parse_plan(plan_line)
    output = context.output

    def tell(line: str) -> None:
        output.line(line)
        output.flush()

    async def work(connection: Connection) -> None:
        import asyncio

        orders: asyncio.Queue[Order] = asyncio.Queue()
        reading = asyncio.create_task(_read_orders(context.stdin, orders))
        working = asyncio.create_task(run_client(connection, plan, orders, tell))
        try:
            await asyncio.wait({reading, working}, return_when=asyncio.FIRST_COMPLETED)
            # Whoever gives the orders has ended, and a round that is under way is for nobody.
            await asyncio.wait({working}, timeout=_LAST_ROUND_S)
        finally:
            reading.cancel()
            working.cancel()
            await asyncio.wait({reading, working})
        if not working.cancelled():
            working.result()

    policy = ConnectPolicy.for_command(flags.connect_timeout)
    run_connected(
        replace(context, flags=flags), policy, work, name=f"iterapp-nats bench {plan.role}"
    )
    return ExitCode.OK


async def _read_orders(stdin: TextIO, orders: asyncio.Queue[Order]) -> None:
    async for lines in read_lines(stdin):
        for line in lines:
            orders.put_nowait(Order(line.decode()))
    orders.put_nowait(Order.END)


def render_text(result: BenchResult) -> list[str]:
    """Return what a person reads, a line for each kind of client"""
    lines = [
        _throughput_line(name, throughput)
        for name, throughput in (
            ("published", result.published),
            ("received", result.received),
            ("answered", result.requested),
        )
        if throughput
    ]
    if result.latency:
        lines.append(f"latency    {result.latency}")
    if result.received:
        lines.append(f"lost       {result.lost}")
    return lines


def _throughput_line(name: str, throughput: Throughput) -> str:
    noun = "client" if throughput.clients == 1 else "clients"
    line = f"{name:10} {throughput.messages} messages by {throughput.clients} {noun}"
    if throughput.rate is None or throughput.bytes_rate is None:
        return f"{line}, all at one moment: no rate"
    line += (
        f" in {throughput.duration_s:.2f} s: {throughput.rate:.0f} a second,"
        f" {throughput.bytes_rate / _MEBIBYTE:.1f} MiB/s"
    )
    each = [rate for rate in throughput.by_client if rate is not None]
    if throughput.clients == 1 or not each:
        return line
    return f"{line} (each {min(each):.0f} to {max(each):.0f})"
