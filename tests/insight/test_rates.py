"""Rates from two looks"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from iterapp_nats.client.account.answers import Answer
from iterapp_nats.client.account.facts import Subscribed, read_connected
from iterapp_nats.insight.top import Look, rate_connections, rate_subjects
from iterapp_nats.insight.why import group_closings

POD: Final = replace(read_connected(Answer({"cid": 1, "name": "pod"}), "n0"), sent_messages=100)


def test_rate_is_the_difference_over_the_time() -> None:
    later = replace(POD, sent_messages=160, received_messages=30)
    (rates,) = rate_connections(Look((POD,), 10.0), Look((later,), 12.0))
    assert (rates.received_per_s, rates.published_per_s) == (30.0, 15.0)


def test_new_connection_counts_from_zero() -> None:
    (rates,) = rate_connections(Look((), 10.0), Look((POD,), 12.0))
    assert rates.received_per_s == 50.0


def test_same_number_on_another_server_is_another_connection() -> None:
    other = replace(POD, server="n1", sent_messages=110)
    (rates,) = rate_connections(Look((POD,), 10.0), Look((other,), 11.0))
    assert rates.received_per_s == 110.0


def test_no_time_between_two_looks_is_no_rate() -> None:
    (rates,) = rate_connections(Look((POD,), 10.0), Look((POD,), 10.0))
    assert rates.received_per_s == 0.0


def test_busiest_comes_first() -> None:
    quiet = replace(POD, number=2, name="quiet")
    busy = replace(POD, sent_messages=200)
    rates = rate_connections(Look((POD, quiet), 0.0), Look((quiet, busy), 1.0))
    assert [each.name for each in rates] == ["pod", "quiet"]


def test_subjects_are_summed_and_inboxes_are_one() -> None:
    def look(at_s: float, delivered: int) -> Look:
        subscriptions = (
            Subscribed("orders.*", "workers", delivered),
            Subscribed("_INBOX.abc.*", "", delivered),
            Subscribed("_INBOX.def.*", "", delivered),
        )
        return Look((replace(POD, subscriptions=subscriptions),), at_s)

    rates = {each.subject: each for each in rate_subjects(look(0.0, 5), look(2.0, 15))}
    assert rates["orders.*"].delivered_per_s == 5.0
    assert rates["_INBOX.>"].subscribers == 2
    assert rates["_INBOX.>"].delivered_per_s == 10.0


def test_subscriber_that_went_makes_no_negative_rate() -> None:
    gone = replace(POD, subscriptions=(Subscribed("a", "", 100),))
    left = replace(POD, number=2, subscriptions=(Subscribed("a", "", 10),))
    (rate,) = rate_subjects(Look((gone, left), 0.0), Look((left,), 1.0))
    assert rate.delivered_per_s == 0.0


def test_closings_are_grouped_the_latest_first() -> None:
    def closed(name: str, reason: str, at_s: float) -> object:
        return replace(POD, name=name, reason=reason, started_at_s=0.0, stopped_at_s=at_s)

    found = group_closings(
        [closed("a", "Kicked", 1.0), closed("b", "Kicked", 3.0), closed("a", "Kicked", 2.0)]  # type: ignore[list-item]
    )
    assert [(each.name, each.count, each.last_at_s) for each in found] == [
        ("b", 1, 3.0),
        ("a", 2, 2.0),
    ]
