"""How the result of `probe acks` is shown to a person"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.cli.views.delivery import conditions_words, latency_words, machine_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.delivery.acks_result import AcksResult
    from iterapp_nats.output import Output

_MOST_ROWS: Final = 10


def show_acks(output: Output, result: AcksResult, *, is_broken: bool) -> None:
    """Print what became of the messages, what fewer tries would have meant, and the verdict"""
    for line in _lines(result):
        output.line(line)
    color = "red" if is_broken else "green"
    output.line(output.paint_data(f"verdict: {result.verdict}", color, "bold"))


def _lines(result: AcksResult) -> Iterator[str]:
    yield (
        f"messages: sent {result.sent:,}, acked {result.acked_once + result.acked_again:,},"
        f" came without an ack {result.ack_lost:,}, lost {result.lost:,},"
        f" unknown {result.unknown:,}"
    )
    outcomes = ", ".join(f"{name} {count:,}" for name, count in result.tries.items())
    yield f"tries: {outcomes}; {result.retried:,} messages needed more than one"
    yield (
        f"  of the timeouts {result.timeouts_that_came:,} had come (the ack was lost or late),"
        f" {result.timeouts_lost:,} had not"
    )
    yield (
        f"responders: {_shares(result)}; duplicates {result.duplicates:,},"
        f" processed twice {result.processed_twice:,}, out of order {result.reordered:,}"
    )
    if result.latency:
        yield f"acks: {latency_words(result.latency)}"
    yield from _policy_lines(result)
    yield machine_words(result.machine)
    yield f"conditions: {conditions_words(result.conditions)}"
    for note in result.notes:
        yield f"note: {note}"


def _shares(result: AcksResult) -> str:
    shares = (f"{name} {count:,}" for name, count in sorted(result.responders.items()))
    return ", ".join(shares) or "none was reached"


def _policy_lines(result: AcksResult) -> Iterator[str]:
    yield "tries allowed   without ack   of these came   of these lost   duplicates"
    for row in result.by_tries[:_MOST_ROWS]:
        yield (
            f"{row.tries:>13}{row.unacked:>14,}{row.came:>16,}{row.lost:>16,}{row.duplicates:>13,}"
        )
