"""Events of a run, as a result tells them"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.delivery.result import EventResult

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iterapp_nats.delivery.causes import Event


def event_results(events: Iterable[Event], began_ns: int) -> tuple[EventResult, ...]:
    """Return events in the order of their beginnings, in seconds since `began_ns`"""
    return tuple(
        EventResult(
            who=event.who,
            kind=str(event.kind),
            from_s=seconds_since(began_ns, event.began_ns),
            until_s=None if event.ended_ns is None else seconds_since(began_ns, event.ended_ns),
            words=event.words,
        )
        for event in sorted(events, key=lambda one: one.began_ns)
    )


def seconds_since(began_ns: int, at_ns: int) -> float:
    """Return a time of the monotonic clock as seconds of the run"""
    return round((at_ns - began_ns) / 1e9, 4)
