"""The frame of every report: title, verdict, sections, style"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.report.markup import element, words

if TYPE_CHECKING:
    from collections.abc import Iterable

_STYLE: Final = """
:root { color-scheme: light dark;
  --paper: #fff; --ink: #1c2128; --faint: #6a737d; --line: #d8dee4; --panel: #f6f8fa;
  --good: #1a7f37; --bad: #b42318; --sent: #4c78a8; --came: #2e9e6b; --refused: #d98613;
  --lost-in: #c0392b; --lost-out: #8e44ad; --unknown: #7f8c8d; --fault: #f2c94c; --away: #34495e; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14181d; --ink: #e6edf3; --faint: #9aa4ae; --line: #30363d; --panel: #1c2128;
  --good: #4fbf73; --bad: #ff7b72; --lost-out: #c58af9; --unknown: #aab3bb; --away: #c9d1d9; } }
body { background: var(--paper); color: var(--ink); margin: 2rem auto; max-width: 68rem;
  padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.verdict { border-left: .4rem solid var(--good); background: var(--panel); padding: .8rem 1rem;
  font-size: 1.15rem; } .verdict.bad { border-color: var(--bad); }
.verdict b { text-transform: uppercase; letter-spacing: .05em; margin-right: .6rem; }
.good b { color: var(--good); } .bad b { color: var(--bad); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; } th { color: var(--faint); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text:last-child { min-width: 14rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .faint { fill: var(--faint); } p.note, footer { color: var(--faint); }
.key span { display: inline-block; margin-right: 1.2rem; white-space: nowrap; }
.key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; }
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a page; `markup` is trusted"""

    title: str
    markup: str


def render_page(
    title: str, verdict: str, sections: Iterable[Section], *, is_good: bool, footer: str
) -> str:
    """Return the whole document"""
    mark, tone = ("pass", "good") if is_good else ("fail", "bad")
    parts = [
        element("h1", words(title)),
        element("p", element("b", mark) + words(verdict), class_=f"verdict {tone}"),
        *(element("h2", words(one.title)) + one.markup for one in sections if one.markup),
        element("footer", element("p", words(footer))),
    ]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        # The browser itself sees to it that the page runs nothing and fetches nothing.
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        + element("title", words(title))
        + element("style", _STYLE)
    )
    body = "\n".join(parts)
    whole = element("head", head) + "\n" + element("body", f"\n{body}\n")
    return f"<!DOCTYPE html>\n{element('html', whole, lang='en')}\n"


def notes(texts: Iterable[str]) -> str:
    """Return remarks, one paragraph each"""
    return "".join(element("p", words(text), class_="note") for text in texts)


def color_key(colors: Iterable[tuple[str, str]]) -> str:
    """Return which colour means what: pairs of a colour's name and its meaning"""
    spans = (
        element("span", element("i", style=f"background: var(--{color})") + words(meaning))
        for color, meaning in colors
    )
    return element("p", "".join(spans), class_="key")
