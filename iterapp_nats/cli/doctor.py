"""`doctor`: what stands between this app and its messages"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.errors import ExitCode
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

WarnWithinOption = Annotated[
    float,
    typer.Option(metavar="DURATION", parser=read_duration, help="Warn of an expiry this soon"),
]


def doctor(
    ctx: typer.Context,
    warn_within: WarnWithinOption = 7 * 86_400.0,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Name the cause when something does not work; exit 1 if anything fails"""
    import asyncio

    from iterapp_nats.cli.doctor_view import render_report
    from iterapp_nats.cli.jobs.doctor import build_case
    from iterapp_nats.insight.doctor import examine

    context: Context = ctx.obj
    report = asyncio.run(examine(build_case(context, warn_within_s=warn_within)))
    code = ExitCode.OK if report.healthy else ExitCode.FINDINGS
    if output_format is Format.JSON:
        context.output.result(report, exit_code=code)
        return code
    for line in render_report(report, context.output):
        context.output.line(line)
    return code
