"""`rtt`: how long a message takes to the server and back"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, TimeoutOption
from iterapp_nats.errors import ExitCode
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.connection import Connection


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """Round-trip times in milliseconds"""

    server: str
    count: int
    min_ms: float
    median_ms: float
    max_ms: float


def rtt(
    ctx: typer.Context,
    count: Annotated[int, typer.Option(metavar="N", min=1, help="How often to measure")] = 5,
    timeout: TimeoutOption = 5.0,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Measure the round-trip time to the server"""
    from statistics import median

    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.client.requests import measure_round_trip

    context: Context = ctx.obj

    async def measure(connection: Connection) -> RoundTrips:
        times = await measure_round_trip(connection, count, timeout_s=timeout)
        ordered = sorted(1000 * time for time in times)
        return RoundTrips(connection.url, count, ordered[0], median(ordered), ordered[-1])

    policy = ConnectPolicy.for_command(context.flags.connect_timeout)
    result = run_connected(context, policy, measure, name="iterapp-nats rtt")
    if output_format is Format.JSON:
        context.output.result(result)
        return ExitCode.OK
    context.output.line(
        f"{result.server}: median {result.median_ms:.3f} ms,"
        f" min {result.min_ms:.3f} ms, max {result.max_ms:.3f} ms ({count} round trips)"
    )
    return ExitCode.OK
