"""How the result of `probe delivery --jetstream` is shown to a person"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.cli.views.delivery import conditions_words, latency_words, machine_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.delivery.stream_result import ConsumerResult, StreamResult
    from iterapp_nats.output import Output


def show_stream(output: Output, result: StreamResult, *, is_broken: bool) -> None:
    """Print what was stored, what came, what an ack costs, and the verdict"""
    for line in _lines(result):
        output.line(line)
    color = "red" if is_broken else "green"
    output.line(output.paint_data(f"verdict: {result.verdict}", color, "bold"))


def _lines(result: StreamResult) -> Iterator[str]:
    stored = "unknown" if result.stored is None else f"{result.stored:,}"
    yield (
        f"the publisher: sent {result.sent:,}, acked {result.acked:,}, never acked"
        f" {result.unacked:,}; {result.retried:,} messages needed more than one try"
    )
    yield f"the stream: holds {stored}, dropped {result.rejected:,} duplicates by their message id"
    for consumer in result.consumers:
        yield from _consumer_lines(consumer)
    if result.ack_latency and result.price_ms is not None:
        yield f"acks: {latency_words(result.ack_latency)}"
        yield (
            f"price: an ack takes {result.price_ms:.2f} ms more than a round trip to the server"
            f" ({result.round_trip_ms:.2f} ms)"
        )
    yield machine_words(result.machine)
    yield f"conditions: {conditions_words(result.conditions)}"
    for note in result.notes:
        yield f"note: {note}"


def _consumer_lines(consumer: ConsumerResult) -> Iterator[str]:
    missing = "missing" if consumer.is_settled else "not seen yet"
    yield (
        f"{consumer.name}: received {consumer.received:,}, {missing} {consumer.missing:,},"
        f" redelivered {consumer.redelivered:,}, duplicates {consumer.duplicates:,}"
    )
    if consumer.latency:
        yield f"  {latency_words(consumer.latency)}"
