"""`trace`: who would get a message, without sending it"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption
from iterapp_nats.errors import ExitCode
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.account.trace import Route


def trace(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(help="Subject of the message")],
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Show who would get a message, without sending it

    Ends with 1 if nobody would. Needs nats-server 2.11 or newer.
    """
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.views.insight import render_trace
    from iterapp_nats.client.account.trace import trace as trace_message
    from iterapp_nats.client.policy import ConnectPolicy

    context: Context = ctx.obj
    checked = require_subject(subject)
    route = run_connected(
        context,
        ConnectPolicy.for_command(context.flags.connect_timeout),
        lambda connection: trace_message(connection, checked),
        name="iterapp-nats trace",
    )
    code = ExitCode.OK if any(not each.error for each in route.receivers) else ExitCode.FINDINGS
    if output_format is Format.JSON:
        context.output.result(route, exit_code=code)
        return code
    for line in render_trace(route, context.output):
        context.output.line(line)
    _say(context, route)
    return code


def _say(context: Context, route: Route) -> None:
    from iterapp_nats.cli.views.table import render_server

    output = context.output
    if route.refusal:
        output.say(f"the server would refuse a message to {route.subject}: {route.refusal}")
    elif not any(not each.error for each in route.receivers):
        output.say(f"nobody would get a message to {route.subject}")
    if not route.is_complete:
        output.warning("not every server on the way has reported in time")
    servers = " and ".join(map(render_server, route.servers))
    output.say(f"nothing was delivered; the way goes over {servers}")
