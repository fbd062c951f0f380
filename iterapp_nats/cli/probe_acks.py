"""`probe acks`: messages that are sent again until somebody acknowledges them"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.cli.probe_delivery import (
    DurationOption,
    MaxLostOption,
    RateOption,
    ReportOption,
    SizeOption,
)
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

RespondersOption = Annotated[
    int, typer.Option(metavar="N", min=1, max=64, help="How many share the answering")
]
TriesOption = Annotated[
    int, typer.Option(metavar="N", min=1, max=100, help="How often a message is sent at most")
]
AckTimeoutOption = Annotated[
    float,
    typer.Option(metavar="DURATION", parser=read_duration, help="How long to wait for an ack"),
]
PauseOption = Annotated[
    float,
    typer.Option(
        metavar="DURATION", parser=read_duration, help="Before the second try; it doubles up to 2s"
    ),
]


def acks(
    ctx: typer.Context,
    rate: RateOption = 200.0,
    duration: DurationOption = 10.0,
    size: SizeOption = 64,
    responders: RespondersOption = 1,
    tries: TriesOption = 8,
    ack_timeout: AckTimeoutOption = 1.0,
    pause: PauseOption = 0.1,
    max_lost: MaxLostOption = 0,
    report: ReportOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Send numbered requests until they are acknowledged, and prove what that is worth

    Both sides keep records, so that a lost message can be told from a lost ack. The table shows
    what would have been with fewer tries; exit 1 when one stays without an ack.
    """
    from iterapp_nats.cli.jobs.probe import new_run_id, run_acks
    from iterapp_nats.cli.jobs.showing import Showing
    from iterapp_nats.cli.views.acks import show_acks
    from iterapp_nats.delivery.acks_result import RetryPolicy
    from iterapp_nats.probes.acks import AcksPlan
    from iterapp_nats.probes.plan import Patience, Traffic, require_traffic
    from iterapp_nats.report.acks import render_acks_report

    context: Context = ctx.obj
    traffic = Traffic(
        run_id=new_run_id(),
        rate_per_s=rate,
        duration_s=duration,
        size_bytes=size,
        subscribers=responders,
    )
    policy = RetryPolicy(tries=tries, timeout_s=ack_timeout, pause_s=pause)
    result = run_acks(context, AcksPlan(require_traffic(traffic), policy, Patience()))
    is_broken = result.unsure > max_lost
    return Showing(report, output_format).show(
        context,
        result,
        is_broken=is_broken,
        as_text=lambda: show_acks(context.output, result, is_broken=is_broken),
        as_page=lambda: render_acks_report(result, is_good=not is_broken),
    )
