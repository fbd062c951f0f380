"""`probe delivery`: numbered messages, and what became of each of them"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.output import Format
from iterapp_nats.subject import require_queue_group

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

_CORE_RATE: Final = 1000.0
_STREAM_RATE: Final = 200.0
RateOption = Annotated[float, typer.Option(metavar="N", min=0.1, help="Messages per second")]
OptionalRateOption = Annotated[
    float | None,
    typer.Option(
        "--rate", metavar="N", min=0.1, help="Messages per second  [default: 1000, stream: 200]"
    ),
]
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


JetStreamOption = Annotated[
    bool,
    typer.Option("--jetstream", help="Through a stream of its own, with acks and redelivery"),
]


def delivery(
    ctx: typer.Context,
    rate: OptionalRateOption = None,
    duration: DurationOption = 10.0,
    size: SizeOption = 64,
    subscribers: SubscribersOption = 1,
    queue: QueueOption = "",
    jetstream: JetStreamOption = False,
    late: LateOption = 0.1,
    max_lost: MaxLostOption = 0,
    max_p99: MaxP99Option = None,
    report: ReportOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Publish numbered messages and prove what became of each; exit 1 on loss

    It uses a subject of its own, and disturbs nobody. Messages are refused, lost on the way in or
    out, late or there twice; what cannot be told is unknown, and not a pass.

    With --jetstream each message is stored, acked and redelivered, and the price of an ack is told.
    """
    from iterapp_nats.cli.jobs.probe import new_run_id
    from iterapp_nats.cli.jobs.probe_delivery import deliver, deliver_through_stream
    from iterapp_nats.cli.jobs.showing import Showing
    from iterapp_nats.delivery.limits import Limits
    from iterapp_nats.probes.plan import Patience, Traffic, require_traffic

    context: Context = ctx.obj
    traffic = Traffic(
        run_id=new_run_id(),
        rate_per_s=rate or (_STREAM_RATE if jetstream else _CORE_RATE),
        duration_s=duration,
        size_bytes=size,
        subscribers=subscribers,
        queue=require_queue_group(queue) if queue else "",
    )
    run = deliver_through_stream if jetstream else deliver
    limits = Limits(max_lost, None if max_p99 is None else max_p99 * 1000)
    plan = require_traffic(traffic), Patience(late_s=late)
    return run(context, *plan, limits, Showing(report, output_format))
