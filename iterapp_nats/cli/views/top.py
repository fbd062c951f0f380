"""How a look at the account is shown as text, and the cells that the live view shares with it"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.cli.views.table import (
    plural,
    render_age,
    render_bytes,
    render_rate,
    render_server,
    render_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.insight.top import TopSample

CONNECTION_HEADER: Final = (
    "NAME", "CLIENT", "PUBLISHES", "RECEIVES", "BYTES IN", "BYTES OUT", "PENDING", "SUBS", "SERVER",
)  # fmt: skip
SUBJECT_HEADER: Final = ("SUBJECT", "QUEUE GROUP", "SUBSCRIBERS", "DELIVERED")
CLOSED_HEADER: Final = ("CLOSED", "REASON", "AGO", "TIMES", "SERVER")
MAX_ROWS: Final = 15


def render_sample(sample: TopSample) -> Iterator[str]:
    """Yield three tables and a line of totals"""
    yield describe_sample(sample)
    for header, rows in (
        (CONNECTION_HEADER, connection_rows(sample)),
        (SUBJECT_HEADER, subject_rows(sample)),
        (CLOSED_HEADER, closed_rows(sample)),
    ):
        if rows:
            yield ""
            yield from render_table([header, *rows])


def describe_sample(sample: TopSample) -> str:
    """Return the totals"""
    published = sum(each.published_per_s for each in sample.connections)
    received = sum(each.received_per_s for each in sample.connections)
    connections = plural(len(sample.connections), "connection")
    servers = plural(len(sample.gathered.servers), "server")
    parts = [
        f"{connections} on {servers}",
        f"published {render_rate(published)}",
        f"received {render_rate(received)}",
    ]
    if sample.slow_consumers:
        parts.append(f"{plural(sample.slow_consumers, 'slow consumer')} so far")
    return ", ".join(parts)


def connection_rows(sample: TopSample) -> list[tuple[str, ...]]:
    """Return the cells of the busiest connections"""
    return [
        (
            each.name or "(no name)",
            each.client,
            render_rate(each.published_per_s),
            render_rate(each.received_per_s),
            f"{render_bytes(each.published_bytes_per_s)}/s",
            f"{render_bytes(each.received_bytes_per_s)}/s",
            render_bytes(each.pending_bytes),
            str(each.subscriptions),
            render_server(each.server),
        )
        for each in sample.connections[:MAX_ROWS]
    ]


def subject_rows(sample: TopSample) -> list[tuple[str, ...]]:
    """Return the cells of the busiest subjects"""
    return [
        (each.subject, each.queue or "-", str(each.subscribers), render_rate(each.delivered_per_s))
        for each in sample.subjects[:MAX_ROWS]
    ]


def closed_rows(sample: TopSample) -> list[tuple[str, ...]]:
    """Return the cells of the last closings"""
    return [
        (
            each.name or "(no name)",
            each.reason,
            render_age(None if each.last_at_s is None else max(0.0, sample.at_s - each.last_at_s)),
            str(each.count),
            render_server(each.server),
        )
        for each in sample.closings
    ]
