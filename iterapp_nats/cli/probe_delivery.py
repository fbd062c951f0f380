"""`probe delivery`: numbered messages, and what became of each of them"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.errors import ExitCode
from iterapp_nats.output import Format
from iterapp_nats.subject import require_queue_group

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

RateOption = Annotated[float, typer.Option(metavar="N", min=0.1, help="Messages per second")]
DurationOption = Annotated[
    float,
    typer.Option(
        metavar="DURATION", parser=read_duration, help="How long to publish; Ctrl-C ends it early"
    ),
]
SizeOption = Annotated[int, typer.Option(metavar="BYTES", help="Size of a payload")]
SubscribersOption = Annotated[
    int, typer.Option(metavar="N", min=1, max=64, help="How many receive, each on its own")
]
QueueOption = Annotated[
    str, typer.Option(metavar="NAME", help="Let the subscribers share this queue group")
]
LateOption = Annotated[
    float, typer.Option(metavar="DURATION", parser=read_duration, help="Later than this is late")
]
MaxLostOption = Annotated[
    int, typer.Option(metavar="N", min=0, help="So many lost or unknown messages are tolerated")
]
MaxP99Option = Annotated[
    float | None,
    typer.Option(metavar="DURATION", parser=read_duration, help="Fail when 1 % take longer"),
]
ReportOption = Annotated[
    str | None, typer.Option("--report", metavar="FILE.html", help="Write a page with the charts")
]


def delivery(
    ctx: typer.Context,
    rate: RateOption = 1000.0,
    duration: DurationOption = 10.0,
    size: SizeOption = 64,
    subscribers: SubscribersOption = 1,
    queue: QueueOption = "",
    late: LateOption = 0.1,
    max_lost: MaxLostOption = 0,
    max_p99: MaxP99Option = None,
    report: ReportOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Publish numbered messages and prove what became of each; exit 1 on loss

    It uses a subject of its own, and disturbs nobody. Messages are refused, lost on the way in or
    out, late or there twice; what cannot be told is unknown, and not a pass.
    """
    from iterapp_nats.cli.jobs.probe import new_run_id, run_delivery, save_report
    from iterapp_nats.cli.delivery_view import show_delivery
    from iterapp_nats.delivery.limits import Limits
    from iterapp_nats.probes.plan import Patience, Traffic, require_traffic
    from iterapp_nats.report.delivery import render_delivery_report

    context: Context = ctx.obj
    traffic = Traffic(
        run_id=new_run_id(),
        rate_per_s=rate,
        duration_s=duration,
        size_bytes=size,
        subscribers=subscribers,
        queue=require_queue_group(queue) if queue else "",
    )
    result = run_delivery(context, require_traffic(traffic), Patience(late_s=late))
    limits = Limits(max_lost, None if max_p99 is None else max_p99 * 1000)
    code = ExitCode.FINDINGS if limits.broken_by(result) else ExitCode.OK
    if report:
        save_report(context, report, render_delivery_report(result, limits))
    if output_format is Format.JSON:
        context.output.result(result, exit_code=code)
    else:
        show_delivery(context.output, result, limits)
    return code
