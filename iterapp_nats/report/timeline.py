"""What happened when, as a drawing: sent, received, missing, faults and lost connections"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.report.markup import element, words
from iterapp_nats.report.page import color_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.delivery.result import EventResult, GapResult, Timeline

_WIDTH: Final = 960
_LEFT: Final = 150
_LANE: Final = 56
_BAR: Final = 40
_TICKS: Final = 10
_MOST_GAPS: Final = 400
_FAULT: Final = "fault"
_AWAY: Final = ("disconnected", "closed for good", "ended")
_STEPS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
_COLORS: Final = {
    "lost on the way in": "lost-in",
    "lost on the way out": "lost-out",
    "unknown": "unknown",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class _Scale:
    whole_s: float

    def x(self, at_s: float) -> float:
        inside_s = min(max(at_s, 0.0), self.whole_s)
        return _LEFT + (_WIDTH - _LEFT - 10) * inside_s / self.whole_s

    def width(self, from_s: float, until_s: float | None) -> float:
        end_s = self.whole_s if until_s is None else until_s
        return max(2.0, self.x(end_s) - self.x(from_s))


def draw_timeline(
    timeline: Timeline, gaps: Sequence[GapResult], events: Sequence[EventResult], whole_s: float
) -> str:
    """Return the drawing with its key"""
    scale = _Scale(max(whole_s, timeline.step_s))
    faults = [event for event in events if event.kind == _FAULT]
    lanes = [_sent_lane(timeline, scale)]
    lanes += [
        _bars(name, counts, "came", timeline.step_s, scale)
        for name, counts in timeline.received.items()
    ]
    lanes.append(_gap_lane(gaps, scale))
    away: dict[str, list[EventResult]] = {}
    for event in events:
        if event.kind in _AWAY:
            away.setdefault(event.who, []).append(event)
    lanes += [_away_lane(who, own, scale) for who, own in away.items()]
    height = len(lanes) * _LANE + 40
    placed = "".join(
        element("g", lane, transform=f"translate(0 {20 + place * _LANE})")
        for place, lane in enumerate(lanes)
    )
    drawing = element(
        "svg",
        element("title", "Messages over time")
        + "".join(_fault(fault, scale, height) for fault in faults)
        + placed
        + _axis(scale, height),
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
    )
    return drawing + color_key(
        [
            ("sent", "published"),
            ("came", "received"),
            ("refused", "refused"),
            ("lost-in", "lost on the way in"),
            ("lost-out", "lost on the way out"),
            ("unknown", "unknown"),
            ("away", "without connection"),
            *([("fault", "what was done on purpose")] if faults else []),
        ]
    )


def _sent_lane(timeline: Timeline, scale: _Scale) -> str:
    top = max(timeline.published, default=0)
    return _bars("published", timeline.published, "sent", timeline.step_s, scale) + _rectangles(
        timeline.refused, "refused", timeline.step_s, scale, top
    )


def _bars(name: str, counts: Sequence[int], color: str, step_s: float, scale: _Scale) -> str:
    top = max(counts, default=0)
    shown = f"up to {top / step_s:,.0f}/s" if top else "nothing"
    return _label(name, shown) + _rectangles(counts, color, step_s, scale, top)


def _rectangles(counts: Sequence[int], color: str, step_s: float, scale: _Scale, top: int) -> str:
    return "".join(
        element(
            "rect",
            element("title", words(f"{count:,} at {place * step_s:.2f} s")),
            x=scale.x(place * step_s),
            y=_BAR * (1 - count / top),
            width=scale.width(place * step_s, (place + 1) * step_s),
            height=_BAR * count / top,
            fill=f"var(--{color})",
        )
        for place, count in enumerate(counts)
        if count
    )


def _gap_lane(gaps: Sequence[GapResult], scale: _Scale) -> str:
    longest = sorted(gaps, key=lambda gap: -gap.count)[:_MOST_GAPS]
    spans = "".join(
        element(
            "rect",
            element("title", words(f"{gap.count:,} {gap.verdict}: {gap.cause}")),
            x=scale.x(gap.from_s),
            y=4,
            width=scale.width(gap.from_s, gap.until_s),
            height=_BAR - 8,
            fill=f"var(--{_COLORS.get(gap.verdict, 'unknown')})",
        )
        for gap in sorted(longest, key=lambda gap: gap.from_s)
    )
    return _label("did not come", f"{sum(gap.count for gap in gaps):,} in all") + spans


def _away_lane(who: str, events: Sequence[EventResult], scale: _Scale) -> str:
    spans = "".join(
        element(
            "rect",
            element("title", words(event.words)),
            x=scale.x(event.from_s),
            y=14,
            width=scale.width(event.from_s, event.until_s),
            height=12,
            fill="var(--away)",
        )
        for event in events
    )
    return _label(who, "without connection") + spans


def _fault(event: EventResult, scale: _Scale, height: int) -> str:
    x = scale.x(event.from_s)
    return element(
        "rect",
        element("title", words(event.words)),
        x=x,
        y=14,
        width=scale.width(event.from_s, event.until_s),
        height=height - 34,
        fill="var(--fault)",
        opacity=0.35,
    ) + element("text", words(event.who), x=x, y=11)


def _label(name: str, detail: str) -> str:
    return element("text", words(name), x=0, y=18) + element(
        "text", words(detail), x=0, y=34, class_="faint"
    )


def _axis(scale: _Scale, height: int) -> str:
    step_s = next((one for one in _STEPS_S if scale.whole_s / one <= _TICKS), _STEPS_S[-1])
    marks = []
    for number in range(int(scale.whole_s / step_s) + 1):
        x = scale.x(number * step_s)
        line = element("line", x1=x, x2=x, y1=14, y2=height - 20, stroke="var(--line)")
        name = element(
            "text",
            f"{number * step_s:g} s",
            x=x,
            y=height - 5,
            class_="faint",
            text_anchor="middle",
        )
        marks.append(line + name)
    return "".join(marks)
