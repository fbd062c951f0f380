"""Latencies as a drawing; heights are logarithmic, so that a single slow message is seen"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from iterapp_nats.report.markup import element, words
from iterapp_nats.report.page import notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.delivery.latency import Bar

_WIDTH: Final = 960
_HEIGHT: Final = 180
_TOP: Final = 24
_BOTTOM: Final = 40
_SECOND_MS: Final = 1000


def draw_histogram(bars: Sequence[Bar]) -> str:
    """Return the drawing, nothing for no bars"""
    first = next((place for place, bar in enumerate(bars) if bar.count), None)
    if first is None:
        return ""
    shown = bars[first:]
    most = max(math.log10(bar.count + 1) for bar in shown)
    step = min(110.0, _WIDTH / len(shown))
    drawn = "".join(
        _bar(bar, place * step, step, math.log10(bar.count + 1) / most)
        for place, bar in enumerate(shown)
    )
    drawing = element(
        "svg",
        element("title", "Latencies") + drawn,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
    )
    return drawing + notes(["Messages by latency; the heights are logarithmic."])


def _bar(bar: Bar, x: float, step: float, share: float) -> str:
    space = _HEIGHT - _TOP - _BOTTOM
    y = _TOP + space * (1 - share)
    middle = x + step / 2
    rectangle = element(
        "rect",
        element("title", words(f"{bar.count:,} messages below {milliseconds(bar.below_ms)}")),
        x=x + 3,
        y=y,
        width=step - 6,
        height=space * share,
        fill="var(--came)",
    )
    count = element("text", f"{bar.count:,}", x=middle, y=y - 5, text_anchor="middle")
    below = element(
        "text",
        words(f"< {milliseconds(bar.below_ms)}"),
        x=middle,
        y=_HEIGHT - _BOTTOM + 18,
        text_anchor="middle",
        class_="faint",
    )
    return rectangle + (count if bar.count else "") + below


def milliseconds(value_ms: float) -> str:
    """Return a latency as people read it"""
    if value_ms >= _SECOND_MS:
        return f"{value_ms / 1000:.3g} s"
    return f"{value_ms:.3g} ms"
