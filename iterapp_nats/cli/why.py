"""`why`: why connections of this account were closed"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption
from iterapp_nats.errors import ExitCode
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

NameArgument = Annotated[
    str | None, typer.Argument(help="Connections of this name, or whose name holds it")
]


def why(
    ctx: typer.Context, name: NameArgument = None, output_format: FormatOption = Format.TEXT
) -> int:
    """Show why connections were closed, and what to change

    Ends with 1 if none of that name was. Servers remember their last 10,000 until they restart.
    """
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.views.insight import render_why, say_gathered, summarise_why
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.insight.why import find_out_why

    context: Context = ctx.obj
    report = run_connected(
        context,
        ConnectPolicy.for_command(context.flags.connect_timeout),
        lambda connection: find_out_why(connection, name),
        name="iterapp-nats why",
    )
    code = ExitCode.FINDINGS if name and not report.closings else ExitCode.OK
    if output_format is Format.JSON:
        context.output.result(report, exit_code=code)
        return code
    for line in render_why(report, context.output):
        context.output.line(line)
    context.output.say(summarise_why(report))
    say_gathered(context.output, report.gathered)
    return code
