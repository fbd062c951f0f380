from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.delivery.limits import Limits
from iterapp_nats.report.delivery import render_delivery_report
from tests.delivery.results import CUT, result_of, soon
from tests.report.pages import PageText, photograph

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.delivery.result import DeliveryResult

SENT, CAME, LOST_IN, LOST_OUT, AWAY = (
    (0x4C, 0x78, 0xA8), (0x2E, 0x9E, 0x6B), (0xC0, 0x39, 0x2B), (0x8E, 0x44, 0xAD),
    (0x34, 0x49, 0x5E),
)  # fmt: skip


@pytest.fixture
def lossy() -> DeliveryResult:
    seen = set(range(1, 11)) - {9}
    return result_of({"subscriber 1": soon(1, 2, 3, 7, 8, 10)}, witnessed=seen, events=(CUT,))


def test_page_says_everything_in_words(lossy: DeliveryResult) -> None:
    page = PageText(render_delivery_report(lossy, Limits()))
    for words in (
        lossy.verdict,
        "lost on the way out",
        "subscriber 1 was disconnected for 20.0 ms (Kicked)",
        "nats-server 2.15.1",
        "reconnect wait 0.1 s, no buffer, ping 20 s x 2",
    ):
        assert words in page.text


def test_page_is_alone_in_the_world(lossy: DeliveryResult) -> None:
    page = PageText(render_delivery_report(lossy, Limits()))
    assert page.addresses == []
    assert "default-src 'none'" in page.policy
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert "svg" in page.tags


def test_limits_decide_between_pass_and_fail(lossy: DeliveryResult) -> None:
    assert ">fail<" in render_delivery_report(lossy, Limits())
    assert ">pass<" in render_delivery_report(lossy, Limits(max_lost=4))


def test_names_are_text_and_never_markup() -> None:
    name = "<script>alert(1)</script>"
    page = PageText(render_delivery_report(result_of({name: soon(1)}), Limits()))
    assert "script" not in page.tags
    assert name in page.text


def test_page_of_a_run_in_which_nothing_came_is_whole() -> None:
    PageText(render_delivery_report(result_of({"a": {}}, sent=3), Limits()))


def test_browser_shows_sent_received_gaps_and_lost_connections(
    lossy: DeliveryResult, tmp_path: Path
) -> None:
    colors = photograph(render_delivery_report(lossy, Limits()), tmp_path)
    assert {SENT, CAME, LOST_IN, LOST_OUT, AWAY} <= colors
