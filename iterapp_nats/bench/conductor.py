"""Starts the clients of a benchmark as processes, tells them what to do, and collects what they say

Processes, because one Python process uses one processor: clients in one process would measure how
they share it. Each connects by itself, by the same settings.
"""

from __future__ import annotations

import json
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.bench.plan import Order, Role, State, parse_report, parse_state, render_line
from iterapp_nats.bench.result import BenchResult, summarise_latencies, summarise_throughput
from iterapp_nats.errors import (
    ExitCode,
    InputError,
    IterappNatsError,
    NoAnswer,
    Refused,
    Unreachable,
)

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from iterapp_nats.bench.plan import ClientPlan, RoundReport

_MAX_LINE_BYTES: Final = 16 << 20
_START_S: Final = 30.0
_GRACE_S: Final = 5.0
_END_S: Final = 1.0
_FAMILIES: Final = {
    ExitCode.INPUT: InputError,
    ExitCode.UNREACHABLE: Unreachable,
    ExitCode.REFUSED: Refused,
    ExitCode.NO_ANSWER: NoAnswer,
}


@dataclass(frozen=True, slots=True)
class Launch:
    """How a client process is started

    `greeting` is the first line that it reads: what may be secret stands there, since a command
    line can be seen by others.
    """

    command: tuple[str, ...]
    cwd: Path
    environ: Mapping[str, str]
    greeting: str


class ClientProcess:
    """A client that was started; made by `running_clients`"""

    def __init__(self, plan: ClientPlan, process: Process) -> None:
        self.plan = plan
        self._process = process

    async def say(self, line: str) -> None:
        """Write a line to it; one that has ended tells why when it is listened to"""
        stdin = self._process.stdin
        if stdin:
            with suppress(OSError):
                stdin.write(f"{line}\n".encode())
                await stdin.drain()

    async def expect(self, state: State) -> None:
        """Wait until it is so far; raises what made it fail"""
        told = parse_state(await self._hear(_START_S))
        if told is not state:
            raise IterappNatsError("internal", f"a client is {told} instead of {state}")

    async def report(self) -> RoundReport:
        """Wait for what it did in a round; raises what made it fail"""
        return parse_report(await self._hear(self.plan.timeout_s + _GRACE_S))

    async def end(self) -> None:
        """Let it end, and make it end when it does not"""
        import asyncio

        if self._process.stdin:
            self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_S):
                await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _hear(self, timeout_s: float) -> str:
        import asyncio

        stdout = self._process.stdout
        if stdout is None:
            return ""
        try:
            async with asyncio.timeout(timeout_s):
                line = (await stdout.readline()).decode()
        except TimeoutError as error:
            raise NoAnswer(
                "bench-timeout",
                f"a {self.plan.role} client did not end within {self.plan.timeout_s:g} s",
                hints=("give it more time with --timeout, or less to do with --messages",),
            ) from error
        if not line:
            raise IterappNatsError("internal", f"a {self.plan.role} client ended without a word")
        _raise_failure(line)
        return line


async def run_bench(launch: Launch, plans: Sequence[ClientPlan], *, server: str) -> BenchResult:
    """Run all clients through a warm-up and a measured round

    Raises:
        NoAnswer: `bench-timeout`
        IterappNatsError: what made a client fail

    """
    async with running_clients(launch, plans) as clients:
        if any(client.plan.warm_up for client in clients):
            await _run_round(clients, Order.WARM_UP)
        reports = await _run_round(clients, Order.GO)
    published, received, requested = (
        reports[role] for role in (Role.PUBLISH, Role.SUBSCRIBE, Role.REQUEST)
    )
    expected = [plan.messages for plan in plans if plan.role is Role.SUBSCRIBE]
    # Somebody else's messages may come too; those of one subscriber replace none of another.
    missing = sum(
        max(0, count - each.messages) for count, each in zip(expected, received, strict=True)
    )
    if published:
        # A message is under way from its publishing on.
        began_s = min(report.began_s for report in published)
        received = [replace(report, began_s=began_s) for report in received]
    return BenchResult(
        server=server,
        published=summarise_throughput(published),
        received=summarise_throughput(received),
        requested=summarise_throughput(requested),
        latency=summarise_latencies([*received, *requested]),
        lost=missing + sum(report.failures for report in requested),
    )


@asynccontextmanager
async def running_clients(
    launch: Launch, plans: Sequence[ClientPlan]
) -> AsyncIterator[list[ClientProcess]]:
    """Start a process for each plan; inside the `async with` all are connected and ready"""
    async with AsyncExitStack() as stack:
        clients = []
        for plan in plans:
            client = ClientProcess(plan, await _start(launch))
            stack.push_async_callback(client.end)
            await client.say(launch.greeting)
            await client.say(render_line(plan))
            clients.append(client)
        for client in clients:
            await client.expect(State.READY)
        yield clients


async def _start(launch: Launch) -> Process:
    import asyncio

    return await asyncio.create_subprocess_exec(
        *launch.command,
        cwd=launch.cwd,
        env=dict(launch.environ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_MAX_LINE_BYTES,
    )


async def _run_round(
    clients: Sequence[ClientProcess], order: Order
) -> dict[Role, list[RoundReport]]:
    reports: dict[Role, list[RoundReport]] = {role: [] for role in Role}
    counting = [client for client in clients if client.plan.role is Role.SUBSCRIBE]
    working = [client for client in clients if client.plan.role in (Role.PUBLISH, Role.REQUEST)]
    for client in counting:
        await client.say(order)
        await client.expect(State.COUNTING)
    for client in working:
        await client.say(order)
    for client in working:
        reports[client.plan.role].append(await client.report())
    for client in counting:
        if working:
            await client.say(Order.FINISH)
        reports[Role.SUBSCRIBE].append(await client.report())
    return reports


def _raise_failure(line: str) -> None:
    """Raise the error of a client that failed, as it would have been raised here"""
    told = json.loads(line)
    if not isinstance(told, dict) or told.get("status") != "error":
        return
    family = _FAMILIES.get(told["exit_code"], IterappNatsError)
    first = told["errors"][0]
    raise family(
        first["code"], first["message"], hints=tuple(first["hints"]), context=first["context"]
    )
