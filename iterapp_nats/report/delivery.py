"""The page of one delivery probe"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.result import ClientOptions
from iterapp_nats.report.histogram import draw_histogram, milliseconds
from iterapp_nats.report.markup import table
from iterapp_nats.report.page import Section, notes, render_page
from iterapp_nats.report.timeline import draw_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.delivery.limits import Limits
    from iterapp_nats.delivery.result import Conditions, DeliveryResult

_MOST_GAPS: Final = 50
_HONESTY: Final = (
    "Received means seen by a subscriber of this probe; it says nothing of other apps. Lost on the"
    " way in: accepted by the client, never seen by the server. Lost on the way out: seen by the"
    " server, never by the subscriber. Unknown: not received, and it cannot be told where it went."
)


def render_delivery_report(result: DeliveryResult, limits: Limits) -> str:
    """Return the page as HTML"""
    conditions = result.conditions
    return render_page(
        f"Delivery of {result.tally.published:,} messages to {conditions.url}",
        result.verdict,
        delivery_sections(result),
        is_good=not limits.broken_by(result),
        footer=f"written by {conditions.tool}",
    )


def delivery_sections(result: DeliveryResult) -> Iterator[Section]:
    """Yield the parts of the page behind the verdict"""
    yield Section("What became of the messages", _fates(result) + notes(result.notes))
    yield Section(
        "When", draw_timeline(result.timeline, result.gaps, result.events, result.duration_s)
    )
    for receiver in result.receivers:
        yield Section(f"How long it took to {receiver.name}", draw_histogram(receiver.histogram))
    yield Section("What did not come, and why", _gaps(result))
    yield Section("What happened", _events(result))
    yield Section("Conditions", conditions_table(result.conditions) + notes([_HONESTY]))


def conditions_table(conditions: Conditions) -> str:
    """Return everything that the numbers depend on"""
    rows = []
    for item in fields(conditions):
        value = getattr(conditions, item.name)
        shown = value.words if isinstance(value, ClientOptions) else value
        if shown not in ("", None):
            rows.append((item.name.replace("_", " "), str(shown)))
    return table(("setting", "value"), rows)


def _fates(result: DeliveryResult) -> str:
    head = (
        "receiver", "received", "refused", "lost in", "lost out", "unknown", "late", "duplicates",
        "out of order", "p50", "p99", "max",
    )  # fmt: skip
    rows = []
    for receiver in result.receivers:
        tally, latency = receiver.tally, receiver.latency
        times = (latency.p50_ms, latency.p99_ms, latency.max_ms) if latency else ()
        rows.append(
            (
                receiver.name,
                tally.received,
                tally.refused,
                tally.lost_in,
                tally.lost_out,
                tally.unknown,
                tally.late,
                tally.duplicates,
                receiver.reordered,
                *(milliseconds(each) for each in times),
            )
        )
    return table(head, rows)


def _gaps(result: DeliveryResult) -> str:
    if not result.gaps:
        return ""
    longest = sorted(result.gaps, key=lambda gap: -gap.count)[:_MOST_GAPS]
    rows = [
        (
            gap.receiver,
            gap.first,
            gap.last,
            gap.count,
            gap.verdict,
            f"{gap.from_s:.2f} s",
            gap.cause,
        )
        for gap in sorted(longest, key=lambda gap: gap.first)
    ]
    head = ("receiver", "from", "to", "messages", "verdict", "at", "cause")
    more = len(result.gaps) - len(longest)
    return table(head, rows) + notes([f"{more:,} shorter ones more"] if more else [])


def _events(result: DeliveryResult) -> str:
    rows = [(f"{event.from_s:.2f} s", event.words) for event in result.events]
    return table(("at", "what"), rows) if rows else ""
