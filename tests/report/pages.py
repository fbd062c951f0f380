"""Pages as a browser shows them"""

from __future__ import annotations

import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from PIL import Image

from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

_VOID = frozenset({"meta"})
_TIMEOUT_S = 50


class PageText(HTMLParser):
    """Reads a page, and complains about what is not closed in its order"""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.policy = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"] or ""
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def photograph(page: str, folder: Path) -> set[tuple[int, ...]]:
    """Show a page in Chromium; return the colours of large areas"""
    chromium = require_tool("chromium")
    source, picture = folder / "page.html", folder / "page.png"
    source.write_text(page, "utf-8")
    subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--disable-dev-shm-usage",
            f"--user-data-dir={folder / 'profile'}", "--window-size=1100,1600",
            f"--screenshot={picture}", source.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=_TIMEOUT_S,
    )  # fmt: skip
    with Image.open(picture) as image:
        pixels = image.convert("RGB")
        counted = pixels.getcolors(maxcolors=pixels.width * pixels.height) or []
    return {color[:3] for count, color in counted if count > 100 and isinstance(color, tuple)}
