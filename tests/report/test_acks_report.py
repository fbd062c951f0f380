from __future__ import annotations

from iterapp_nats.delivery.acknowledgements import Arrival, Try, TryOutcome
from iterapp_nats.delivery.acks_result import AcksRecords, RetryPolicy, conclude_acks
from iterapp_nats.delivery.records import MachineRecord
from iterapp_nats.report.acks import render_acks_report
from tests.delivery.results import CONDITIONS
from tests.report.pages import PageText


def test_page_shows_both_sides_and_the_effect_of_each_try() -> None:
    tries = {
        1: [Try(1, TryOutcome.ACKED, 1_000_000)],
        2: [Try(1, TryOutcome.TIMEOUT), Try(2, TryOutcome.ACKED, 2_000_000)],
        3: [Try(1, TryOutcome.NO_RESPONDERS), Try(2, TryOutcome.TIMEOUT)],
    }
    arrivals = [Arrival(1, 1, "a", 10), Arrival(2, 1, "a", 20), Arrival(2, 2, "b", 30)]
    records = AcksRecords(tries, arrivals, 1, True, (), MachineRecord(), 0, 1_000_000_000)
    result = conclude_acks(records, CONDITIONS, RetryPolicy(tries=2))
    assert (result.acked_once, result.acked_again, result.lost) == (1, 1, 1)
    assert result.verdict == "of 3 messages 1 lost, 1 of them came more than once"
    page = PageText(render_acks_report(result, is_good=False))
    assert result.verdict in page.text
    assert "1 messages were processed twice" in page.text
    assert "What fewer tries would have meant" in page.text
    assert page.addresses == []
