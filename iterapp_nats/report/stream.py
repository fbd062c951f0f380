"""The page of one probe of a stream"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.report.delivery import conditions_table
from iterapp_nats.report.histogram import draw_histogram
from iterapp_nats.report.markup import table
from iterapp_nats.report.page import Section, notes, render_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.delivery.stream_result import StreamResult


def render_stream_report(result: StreamResult, *, is_good: bool) -> str:
    """Return the page as HTML"""
    conditions = result.conditions
    return render_page(
        f"A stream for {result.sent:,} messages at {conditions.url}",
        result.verdict,
        _sections(result),
        is_good=is_good,
        footer=f"written by {conditions.tool}",
    )


def _sections(result: StreamResult) -> Iterator[Section]:
    counts = (
        ("sent", result.sent),
        ("acked", result.acked),
        ("never acked", result.unacked),
        ("needed more than one try", result.retried),
        ("dropped as duplicates by the stream", result.rejected),
        ("held by the stream", "unknown" if result.stored is None else result.stored),
    )
    yield Section("What became of the messages", table(("", "messages"), counts))
    consumers = (
        (one.name, one.received, one.missing, one.redelivered, one.duplicates)
        for one in result.consumers
    )
    head = ("subscriber", "received", "missing", "redelivered", "duplicates")
    yield Section("Who received them", table(head, consumers) + notes(result.notes))
    price = (
        ""
        if result.price_ms is None
        else (
            f"The median ack takes {result.price_ms:.2f} ms more than a round trip to the server,"
            f" which takes {result.round_trip_ms:.2f} ms."
        )
    )
    yield Section("What an ack costs", draw_histogram(result.ack_histogram) + notes([price]))
    for one in result.consumers:
        yield Section(f"How long it took to {one.name}", draw_histogram(one.histogram))
    events = [(f"{event.from_s:.2f} s", event.words) for event in result.events]
    yield Section("What happened", table(("at", "what"), events) if events else "")
    yield Section("Conditions", conditions_table(result.conditions))
