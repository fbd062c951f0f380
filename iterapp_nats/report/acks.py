"""The page of one acks probe"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.report.delivery import conditions_table
from iterapp_nats.report.histogram import draw_histogram
from iterapp_nats.report.markup import table
from iterapp_nats.report.page import Section, notes, render_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.delivery.acks_result import AcksResult

_HONESTY: Final = (
    "An ack proves that a responder of this probe had the message. Without one the sender cannot"
    " tell a lost message from a lost ack; this probe can, because it holds the records of both."
)


def render_acks_report(result: AcksResult, *, is_good: bool) -> str:
    """Return the page as HTML"""
    conditions = result.conditions
    return render_page(
        f"Acknowledgement of {result.sent:,} messages at {conditions.url}",
        result.verdict,
        _sections(result),
        is_good=is_good,
        footer=f"written by {conditions.tool}",
    )


def _sections(result: AcksResult) -> Iterator[Section]:
    fates = (
        ("acked, came once", result.acked_once),
        ("acked, came more than once", result.acked_again),
        ("came, but no ack did", result.ack_lost),
        ("lost", result.lost),
        ("unknown", result.unknown),
    )
    yield Section(
        "What became of the messages", table(("fate", "messages"), fates) + notes(result.notes)
    )
    yield Section(
        "What fewer tries would have meant",
        table(
            ("tries allowed", "without ack", "of these came", "of these lost", "duplicates"),
            (
                (row.tries, row.unacked, row.came, row.lost, row.duplicates)
                for row in result.by_tries
            ),
        ),
    )
    outcomes = (
        *result.tries.items(),
        ("timeouts that had come", result.timeouts_that_came),
        ("timeouts that were lost", result.timeouts_lost),
        ("duplicates at the responders", result.duplicates),
        ("processed twice", result.processed_twice),
        ("out of order", result.reordered),
    )
    yield Section("The tries", table(("outcome", "count"), outcomes))
    yield Section("How long an ack took", draw_histogram(result.histogram))
    events = [(f"{event.from_s:.2f} s", event.words) for event in result.events]
    yield Section("What happened", table(("at", "what"), events) if events else "")
    policy = result.policy
    words = (
        f"Retry policy: {policy.tries} tries, {policy.timeout_s:g} s for an ack, pauses from"
        f" {policy.pause_s:g} s up to {policy.longest_pause_s:g} s."
    )
    yield Section("Conditions", conditions_table(result.conditions) + notes([words, _HONESTY]))
