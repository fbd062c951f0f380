from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.isolation import (
    WARM_UP,
    IsolationReport,
    Ledger,
    Mark,
    ProbedAccount,
    Way,
    judge_isolation,
    parse_mark,
    render_mark,
)

RUN = "4f2a"
ACCOUNTS = (ProbedAccount("one"), ProbedAccount("two"))
MARKS = st.builds(Mark, st.integers(0, 10**6), st.sampled_from(Way), st.integers(0, 10**6))


def working(*, without: tuple[int, Way] | None = None) -> Ledger:
    """Return the ledger of two accounts that see their own messages and no others"""
    ledger = Ledger()
    for account in range(len(ACCOUNTS)):
        for way in Way:
            for number in (1, 2):
                ledger.note_sent(Mark(account, way, number))
                if (account, way) != without:
                    ledger.note_seen(account, Mark(account, way, number))
    return ledger


def judge(ledger: Ledger) -> IsolationReport:
    return judge_isolation(ACCOUNTS, ledger, {})


@given(MARKS)
def test_mark_survives_the_way(mark: Mark) -> None:
    payload = render_mark(RUN, mark)
    assert parse_mark(RUN, payload) == mark
    assert parse_mark("another", payload) is None


@pytest.mark.parametrize(
    "payload",
    [b"", b"4f2a", b"4f2a 0 INBOX", b"4f2a 0 POST 1", b"4f2a -1 INBOX 1", b"4f2a 0 INBOX 1 2"],
)
def test_payload_of_somebody_else_has_no_mark(payload: bytes) -> None:
    assert parse_mark(RUN, payload) is None


@given(st.binary())
def test_any_payload_has_a_mark_or_none(payload: bytes) -> None:
    assert parse_mark(RUN, payload) is None


def test_own_messages_and_silence_are_isolation() -> None:
    report = judge(working())
    assert report.isolated_pairs == len(report.pairs) == 2
    assert not report.failed_controls
    assert report.controls_seen == report.controls_sent == 2 * len(Way) * 2


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("number", [WARM_UP, 1])
def test_one_message_of_another_account_is_a_leak(way: Way, number: int) -> None:
    ledger = working()
    ledger.note_seen(1, Mark(0, way, number))
    report = judge(ledger)
    assert [(pair.publisher, pair.receiver, pair.leaks) for pair in report.leaks] == [
        ("one", "two", (way,))
    ]
    assert report.isolated_pairs == 1


@pytest.mark.parametrize("way", Way)
def test_silence_of_an_account_that_does_not_see_itself_proves_nothing(way: Way) -> None:
    report = judge(working(without=(0, way)))
    assert [(control.account, control.way) for control in report.failed_controls] == [("one", way)]
    assert all(pair.unproven == (way,) for pair in report.pairs)
    assert report.isolated_pairs == 0


def test_account_that_never_published_proves_nothing() -> None:
    assert len(judge(Ledger()).failed_controls) == len(ACCOUNTS) * len(Way)


def test_refusal_is_the_reason_of_a_failed_control() -> None:
    report = judge_isolation(ACCOUNTS, working(), {(1, Way.INBOX): "not allowed"})
    assert [(control.account, control.reason) for control in report.failed_controls] == [
        ("two", "not allowed")
    ]


def test_message_that_another_member_of_a_queue_group_took_is_not_lost() -> None:
    ledger = working(without=(0, Way.QUEUE))
    for number in (1, 2):
        ledger.note_seen(1, Mark(0, Way.QUEUE, number))
    report = judge(ledger)
    assert not report.failed_controls
    assert report.leaks[0].leaks == (Way.QUEUE,)


def test_warm_up_of_its_own_counts_for_nothing_else() -> None:
    ledger = Ledger()
    assert not ledger.is_warm(0, Way.INBOX)
    ledger.note_sent(Mark(0, Way.INBOX, WARM_UP))
    ledger.note_seen(0, Mark(0, Way.INBOX, WARM_UP))
    assert ledger.is_warm(0, Way.INBOX)
    assert ledger.sent(0, Way.INBOX) == ledger.own_seen(0, Way.INBOX) == 0
