"""The probe reports exactly the messages that a proxy has thrown away"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iterapp_nats.probes.delivery import probe_delivery
from iterapp_nats.probes.plan import Patience
from tests.probes.message_proxy import Orders, run_message_proxy
from tests.probes.probing import line, numbers, run, traffic, wiring

if TYPE_CHECKING:
    from iterapp_nats.delivery.result import DeliveryResult
    from tests.support.servers import RunningServer

SENT = 120
SETS = st.frozensets(st.integers(1, SENT), max_size=40)


@st.composite
def orders(draw: st.DrawFn, most_held: int = 10) -> Orders:
    """Sets that do not overlap, and messages that are let go behind one that comes later"""
    drop = draw(SETS)
    held = draw(st.dictionaries(st.integers(1, SENT - 1), st.integers(1, 30), max_size=most_held))
    hold = {
        number: min(SENT, number + behind) for number, behind in held.items() if number not in drop
    }
    # Something that is held back does not free what waits for it.
    hold = {number: until for number, until in hold.items() if until not in hold}
    return Orders(drop, draw(SETS) - drop - hold.keys(), hold)


def probe(server: RunningServer, to_server: Orders, to_client: Orders) -> DeliveryResult:
    async def through_proxies() -> DeliveryResult:
        async with (
            run_message_proxy(server.port, to_server=to_server) as inwards,
            run_message_proxy(server.port, to_client=to_client) as outwards,
        ):
            wires = wiring(server.url, publisher=line(inwards), subscriber=line(outwards))
            patience = Patience(quiet_s=0.1, settle_s=5.0)
            return await probe_delivery(wires, traffic(SENT, 4000.0), patience)

    return asyncio.run(through_proxies())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders(), orders(most_held=0))
def test_exactly_what_was_thrown_away_is_lost(
    server: RunningServer, to_server: Orders, to_client: Orders
) -> None:
    result = probe(server, to_server, to_client)
    lost_out = to_client.drop - to_server.drop
    assert numbers(result, "lost on the way in") == to_server.drop
    assert numbers(result, "lost on the way out") == lost_out
    assert result.tally.unknown == 0
    assert result.tally.received == SENT - len(to_server.drop) - len(lost_out)


def expected_order(to_client: Orders) -> list[int]:
    """Return the order of first arrivals behind a proxy with these orders"""
    order: list[int] = []
    for number in range(1, SENT + 1):
        if number not in to_client.hold and number not in to_client.drop:
            order.append(number)
        order += sorted(held for held, until in to_client.hold.items() if until == number)
    return order


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders())
def test_exactly_what_was_repeated_or_held_back_is_told(
    server: RunningServer, to_client: Orders
) -> None:
    result = probe(server, Orders(), to_client)
    order = expected_order(to_client)
    behind = sum(number < max(order[:place], default=0) for place, number in enumerate(order))
    receiver: Any = result.receivers[0]
    assert numbers(result, "lost on the way out") == to_client.drop
    assert receiver.tally.duplicates == len(to_client.repeat)
    assert receiver.reordered == behind


def test_nothing_is_lost_without_a_fault(server: RunningServer) -> None:
    for _ in range(20):
        result = run(wiring(server.url), traffic(200, 4000.0))
        assert (result.tally.received, result.gaps) == (200, ())
