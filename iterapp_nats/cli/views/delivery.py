"""How the result of a probe is shown to a person"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.delivery.latency import Latency
    from iterapp_nats.delivery.limits import Limits
    from iterapp_nats.delivery.result import (
        Conditions,
        DeliveryResult,
        MachineResult,
        ReceiverResult,
    )
    from iterapp_nats.output import Output

_MOST_GAPS: Final = 10


def show_delivery(output: Output, result: DeliveryResult, limits: Limits) -> None:
    """Print who got what, the longest gaps with their causes, and the verdict"""
    for line in _lines(result):
        output.line(line)
    broken = limits.broken_by(result)
    color = "red" if broken else "green"
    output.line(output.paint_data(f"verdict: {result.verdict}", color, "bold"))
    for text in broken[bool(result.tally.lost or result.tally.unknown) :]:
        output.line(output.paint_data(f"limit: {text}", color))


def _lines(result: DeliveryResult) -> Iterator[str]:
    tally = result.tally
    yield f"the publisher: published {tally.published:,}, refused {tally.refused:,}"
    if result.server_counted is not None:
        yield f"the server: took in {result.server_counted:,} of them by its own count"
    for receiver in result.receivers:
        yield from _receiver_lines(receiver)
    yield from _gap_lines(result)
    yield machine_words(result.machine)
    yield f"conditions: {conditions_words(result.conditions)}"
    for note in result.notes:
        yield f"note: {note}"


def _receiver_lines(receiver: ReceiverResult) -> Iterator[str]:
    tally = receiver.tally
    yield (
        f"{receiver.name}: received {tally.received:,}, lost on the way in {tally.lost_in:,},"
        f" lost on the way out {tally.lost_out:,}, unknown {tally.unknown:,}"
    )
    late = f" ({receiver.late_by_machine:,} by this machine)" if receiver.late_by_machine else ""
    yield (
        f"  late {tally.late:,}{late}, duplicates {tally.duplicates:,},"
        f" out of order {receiver.reordered:,} in {receiver.jumps:,} jumps"
    )
    if receiver.members:
        shares = (f"{name} {received:,}" for name, received in receiver.members.items())
        yield f"  shared as {', '.join(shares)}"
    if latency := receiver.latency:
        yield f"  {latency_words(latency)}"


def _gap_lines(result: DeliveryResult) -> Iterator[str]:
    longest = sorted(result.gaps, key=lambda gap: -gap.count)[:_MOST_GAPS]
    for gap in sorted(longest, key=lambda gap: gap.first):
        numbers = f"{gap.first:,}" if gap.count == 1 else f"{gap.first:,} to {gap.last:,}"
        yield (
            f"gap: {gap.count:,} {gap.verdict} ({numbers}) at {gap.from_s:.2f} s,"
            f" {gap.receiver}: {gap.cause}"
        )
    if len(result.gaps) > _MOST_GAPS:
        yield f"gap: {len(result.gaps) - _MOST_GAPS:,} shorter ones more, all with --format json"


def latency_words(latency: Latency) -> str:
    """Return percentiles as one line"""
    return (
        f"latency p50 {latency.p50_ms:.2f} ms, p95 {latency.p95_ms:.2f} ms,"
        f" p99 {latency.p99_ms:.2f} ms, max {latency.max_ms:.1f} ms"
    )


def machine_words(machine: MachineResult) -> str:
    """Return how the probe's own machine kept up, as one line"""
    return (
        f"machine: the probe took {machine.processor_share:.0%} of a core,"
        f" longest standstill {machine.longest_stall_ms:.0f} ms"
    )


def conditions_words(conditions: Conditions) -> str:
    """Return what the numbers depend on, as one line"""
    publisher, subscribers = conditions.publisher_options, conditions.subscriber_options
    options = [f"publisher {publisher.words}", f"subscribers {subscribers.words}"]
    parts = [
        f"{conditions.rate_per_s:g}/s of {conditions.size_bytes} bytes",
        conditions.server,
        conditions.client,
        conditions.python,
        conditions.machine,
        *(options if publisher != subscribers else [publisher.words]),
    ]
    return "; ".join(parts)
