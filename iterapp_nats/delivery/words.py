"""The result of a probe as sentences"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iterapp_nats.delivery.result import GapResult, MachineResult, ReceiverResult, Tally

_BUSY_SHARE: Final = 0.5


def verdict_words(tally: Tally, gaps: Iterable[GapResult]) -> str:
    """Say in one sentence what became of the messages"""
    missing = [
        f"{count:,} {words}"
        for count, words in (
            (tally.lost_in, "lost on the way in"),
            (tally.lost_out, "lost on the way out"),
            (tally.unknown, "unknown"),
        )
        if count
    ]
    refused = f", {tally.refused:,} refused, which the app knows" if tally.refused else ""
    if missing:
        cause = _main_cause(gaps)
        because = f"; most of it: {cause}" if cause else ""
        return f"of {tally.published:,} messages {', '.join(missing)}{refused}{because}"
    accepted = tally.published - tally.refused
    return f"nothing lost: all {accepted:,} accepted messages were received{refused}"


def notes_of(
    tally: Tally, receivers: Iterable[ReceiverResult], machine: MachineResult
) -> Iterator[str]:
    """Yield what a reader must know to read the numbers rightly"""
    for receiver in receivers:
        if receiver.queued:
            yield (
                f"{receiver.queued:,} messages have come to {receiver.name}"
                " and still wait for its handler"
            )
        if not receiver.is_settled:
            yield f"{receiver.name} was not reachable at the end: more may be on its way to it"
        if receiver.join_lag:
            yield (
                f"{receiver.name} missed {receiver.join_lag} messages of the warm-up,"
                " although its subscription was confirmed: interest takes time to travel"
            )
    by_machine = sum(receiver.late_by_machine for receiver in receivers)
    if by_machine:
        yield (
            f"the machine, not the bus, was late: {by_machine:,} messages would have been in time"
            f" if this machine had not stood still (up to {machine.longest_stall_ms:.0f} ms)"
        )
    elif machine.stalls:
        yield (
            f"this machine stood still {_times(machine.stalls)},"
            f" for up to {machine.longest_stall_ms:.0f} ms"
        )
    if machine.processor_share > _BUSY_SHARE:
        yield (
            f"the probe itself took {machine.processor_share:.0%} of a core:"
            " a lower --rate measures the bus better"
        )
    if tally.unknown:
        yield "unknown: not received, and nobody was listening who could tell where it was lost"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _main_cause(gaps: Iterable[GapResult]) -> str:
    counts: dict[str, int] = {}
    for gap in gaps:
        if gap.verdict != "refused":
            counts[gap.cause] = counts.get(gap.cause, 0) + gap.count
    return max(counts, key=lambda cause: counts[cause]) if counts else ""
