"""What one `probe delivery` does: run, judge by the limits, show"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.cli.jobs.probe import run_delivery, run_stream
from iterapp_nats.cli.views.delivery import show_delivery
from iterapp_nats.cli.views.stream import show_stream
from iterapp_nats.delivery.acks_result import RetryPolicy
from iterapp_nats.probes.acks import AcksPlan
from iterapp_nats.report.delivery import render_delivery_report
from iterapp_nats.report.stream import render_stream_report

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.cli.jobs.showing import Showing
    from iterapp_nats.delivery.limits import Limits
    from iterapp_nats.errors import ExitCode
    from iterapp_nats.probes.plan import Patience, Traffic


def deliver(
    context: Context, traffic: Traffic, patience: Patience, limits: Limits, showing: Showing
) -> ExitCode:
    """Probe core NATS"""
    result = run_delivery(context, traffic, patience)
    return showing.show(
        context,
        result,
        is_broken=bool(limits.broken_by(result)),
        as_text=lambda: show_delivery(context.output, result, limits),
        as_page=lambda: render_delivery_report(result, limits),
    )


def deliver_through_stream(
    context: Context, traffic: Traffic, patience: Patience, limits: Limits, showing: Showing
) -> ExitCode:
    """Probe a stream"""
    result = run_stream(context, AcksPlan(traffic, RetryPolicy(tries=20), patience))
    is_broken = bool(limits.broken_by_stream(result))
    return showing.show(
        context,
        result,
        is_broken=is_broken,
        as_text=lambda: show_stream(context.output, result, is_broken=is_broken),
        as_page=lambda: render_stream_report(result, is_good=not is_broken),
    )
