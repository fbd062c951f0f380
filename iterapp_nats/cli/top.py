"""`top`: what the connections of this account do right now"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.insight.top import TopSample

OnceOption = Annotated[bool, typer.Option("--once", help="Print one look and end")]
IntervalOption = Annotated[
    float, typer.Option(metavar="DURATION", parser=read_duration, help="Time between two looks")
]


def top(
    ctx: typer.Context,
    once: OnceOption = False,
    interval: IntervalOption = 1.0,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Watch rates, waiting bytes and subjects

    Rates come from the server's counters: nothing is subscribed to. Ctrl-C ends it.
    """
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.client.policy import ConnectPolicy

    context: Context = ctx.obj
    if interval <= 0:
        raise InputError("interval-invalid", "--interval must be more than 0")
    as_json = output_format is Format.JSON
    is_live = not (once or as_json) and context.output.shows_data_on_terminal
    context.output.is_stream = as_json and not once
    policy = ConnectPolicy.for_command(context.flags.connect_timeout)

    async def watch(connection: Connection) -> None:
        if is_live:
            from iterapp_nats.cli.views.live import live_top

            with live_top(context.output) as show:
                await show_samples(connection, interval, show, once=False)
            return
        ends = once or not as_json
        show = _printer(context, output_format, once=once)
        await show_samples(connection, interval, show, once=ends)

    run_connected(context, policy, watch, name="iterapp-nats top")
    return ExitCode.OK


async def show_samples(
    connection: Connection, interval_s: float, show: Callable[[TopSample], None], *, once: bool
) -> None:
    """Hand each look to `show`, for ever or once"""
    from iterapp_nats.insight.top import watch_account

    async with aclosing(watch_account(connection, interval_s)) as samples:
        async for sample in samples:
            show(sample)
            if once:
                return


def _printer(context: Context, output_format: Format, *, once: bool) -> Callable[[TopSample], None]:
    from iterapp_nats.cli.views.top import render_sample
    from iterapp_nats.output import render_json

    output = context.output

    def show(sample: TopSample) -> None:
        if output_format is Format.TEXT:
            for line in render_sample(sample):
                output.line(line)
        elif once:
            output.result(sample)
        else:
            output.line(render_json(sample))
        output.flush()

    return show
