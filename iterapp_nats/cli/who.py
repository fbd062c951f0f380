"""`who`: who is connected in this account, and who would get a message"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption
from iterapp_nats.errors import ExitCode
from iterapp_nats.output import Format
from iterapp_nats.subject import require_pattern

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

SubjectArgument = Annotated[
    str | None, typer.Argument(help="Only who would get messages to this; wildcards allowed")
]


def who(
    ctx: typer.Context, subject: SubjectArgument = None, output_format: FormatOption = Format.TEXT
) -> int:
    """Show who is connected, and who would get a subject

    Ends with 1 if nobody would get it. Only connections of the own account are shown.
    """
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.views.insight import render_who, say_gathered, summarise_who
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.insight.who import find_out_who

    context: Context = ctx.obj
    wanted = None if subject is None else require_pattern(subject)
    report = run_connected(
        context,
        ConnectPolicy.for_command(context.flags.connect_timeout),
        lambda connection: find_out_who(connection, wanted),
        name="iterapp-nats who",
    )
    code = ExitCode.FINDINGS if wanted and not report.presences else ExitCode.OK
    if output_format is Format.JSON:
        context.output.result(report, exit_code=code)
        return code
    if report.presences:
        for line in render_who(report):
            context.output.line(line)
    context.output.say(summarise_who(report))
    say_gathered(context.output, report.gathered)
    return code
