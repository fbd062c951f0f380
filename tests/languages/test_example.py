"""Two pods of the example app and a real browser"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

import iterapp_nats
from iterapp_nats.languages.registry import LANGUAGES, Language
from tests.languages.pods import running_pods
from tests.languages.workshop import BUILD_S, CACHE, build_example
from tests.support.cli import run_cli
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from iterapp_nats import Message

SCREENSHOTS = CACHE / "screenshots"
WEB = [language for language in LANGUAGES if language.page]
# Chromium asks its maker's hosts for news otherwise, and there is no network.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = pytest.mark.timeout(BUILD_S + 120)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=require_tool("chromium"), args=list(QUIET)
        )
        yield chromium
        chromium.close()


@pytest.mark.parametrize("chosen", WEB, ids=lambda language: language.name)
def test_pods_share_messages_and_fill_gaps(
    chosen: Language, browser: Browser, tmp_path: Path
) -> None:
    built = build_example(chosen)
    with running_pods(built, tmp_path, "a", "b") as (first, second):
        a, b = open_page(browser, first.url), open_page(browser, second.url)
        failures: list[str] = []
        b.on("pageerror", lambda error: failures.append(error.message))
        say(a, "typed on a")
        expect(items(b)).to_have_text(["typed on a a #1"])

        a.get_by_label("Job").fill("some work")
        a.get_by_label("Job").press("Enter")
        expect(a.locator("#answer")).to_contain_text("SOME WORK (by ")

        publish_with_gap(tmp_path)
        expect(items(b)).to_contain_text(["typed on a", "the second", "the first"])
        expect(b.locator("#state")).to_have_text("pod b: connected, missed 1, filled 1, lost 0")

        second.kill()
        expect(b.locator("#state")).to_have_text("this pod is away")
        b.get_by_label("Message").fill("typed while away")
        b.get_by_label("Message").press("Enter")
        expect(b.locator("#answer")).to_have_text("not sent: this pod is away")
        expect(b.get_by_label("Message")).to_have_value("typed while away")
        for text in ("while b", "was", "away"):
            say(a, text)
        second.start()
        expect(b.locator("#state")).to_have_text(
            "pod b: connected, missed 6, filled 6, lost 0", timeout=20_000
        )
        expect(items(b)).to_have_count(6)
        b.get_by_label("Message").press("Enter")
        expect(items(b).last).to_have_text("typed while away b #1")
        expect(b.get_by_label("Message")).to_have_value("")
        say(a, "b is back")
        expect(items(b).last).to_have_text("b is back a #5")
        assert failures == []
        SCREENSHOTS.mkdir(exist_ok=True)
        b.screenshot(path=SCREENSHOTS / f"{chosen.name}.png")
        assert [first.stop(), second.stop()] == [0, 0]


def open_page(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 720, "height": 560})
    page.goto(url)
    expect(page.locator("#state")).to_contain_text("connected, missed")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_label("Message").fill(text)
    page.get_by_label("Message").press("Enter")
    expect(items(page).filter(has_text=text)).to_have_count(1)
    expect(page.get_by_label("Message")).to_have_value("")


def items(page: Page) -> Locator:
    return page.locator("#messages li")


def publish_with_gap(project: Path) -> None:
    """Be a third pod: publish the second message before the first, which is sent when asked for"""
    url = json.loads(run_cli("env", "--for", "json", cwd=project).stdout)["NATS_URL"]
    # A thread of its own: the browser's calls run on the event loop of this one.
    with ThreadPoolExecutor(1) as executor:
        executor.submit(asyncio.run, _publish_with_gap(url)).result()


async def _publish_with_gap(url: str) -> None:
    asked = asyncio.Event()

    async with iterapp_nats.connect(url) as connection:

        async def answer(message: Message) -> None:
            await connection.publish(message.reply, _message(1, "the first"))
            asked.set()

        await connection.subscribe("board.sync", answer)
        await connection.publish("board.message", _message(2, "the second"))
        async with asyncio.timeout(10):
            await asked.wait()
        await asyncio.sleep(0.5)
        await connection.confirm()


def _message(seq: int, text: str) -> bytes:
    return json.dumps({"origin": "c-1", "pod": "c", "seq": seq, "text": text}).encode()
