"""HTML and SVG as text; every word of somebody else is escaped here"""

from __future__ import annotations

from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """Return an element; `content` is markup, attributes are escaped

    An underscore in an attribute's name stands for a hyphen, one at its end for nothing.
    """
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{shown}>{content}</{tag}>"


def words(text: object) -> str:
    """Return text as content of an element"""
    return escape(str(text), quote=False)


def table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Return a table of texts and whole numbers; numbers stand on the right"""
    filled = [list(row) for row in rows]
    kinds = filled[0] if filled else []
    titles = "".join(
        element("th", words(title), scope="col", class_=_class(kind))
        for title, kind in zip_longest(head, kinds)
    )
    body = "".join(element("tr", "".join(_cell(value) for value in row)) for row in filled)
    return element(
        "div",
        element("table", element("thead", element("tr", titles)) + element("tbody", body)),
        class_="wide",
    )


def _cell(value: object) -> str:
    shown = f"{value:,}" if isinstance(value, int) else words(value)
    return element("td", shown, class_=_class(value))


def _class(value: object) -> str:
    return "number" if isinstance(value, int) else "text"


def _plain(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
