"""The acks probe: each message is a request, sent again until somebody acknowledges it"""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.acks_result import AcksRecords, conclude_acks
from iterapp_nats.delivery.records import MachineRecord
from iterapp_nats.errors import NoAnswer
from iterapp_nats.probes.conditions import conditions_of
from iterapp_nats.probes.crew import join
from iterapp_nats.probes.fault import run_with_fault
from iterapp_nats.probes.machine import watching_machine
from iterapp_nats.probes.requester import NumberedRequester
from iterapp_nats.probes.responder import AckingResponder

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

    from iterapp_nats.delivery.acks_result import AcksResult, RetryPolicy
    from iterapp_nats.delivery.causes import Event
    from iterapp_nats.probes.chronicle import Chronicle
    from iterapp_nats.probes.fault import Fault
    from iterapp_nats.probes.machine import MachineWatch
    from iterapp_nats.probes.plan import Patience, Traffic, Wiring

_QUEUE: Final = "responders"
_REQUESTER_NAME: Final = "the requester"
_POLL_S: Final = 0.02
_CONFIRM_S: Final = 1.0
_HURRIED_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class AcksPlan:
    """What is sent, how stubbornly, and how long is waited"""

    traffic: Traffic
    policy: RetryPolicy
    patience: Patience


async def probe_acks(
    wiring: Wiring,
    plan: AcksPlan,
    *,
    fault: Fault | None = None,
    stop: asyncio.Event | None = None,
) -> AcksResult:
    """Run the whole probe and return what became of the messages; `stop` ends it early

    Raises:
        NoAnswer: `probe-unanswered`, when nobody answers before counting starts
        Refused: the subject or an own inbox is not allowed
        Unreachable: no connection

    """
    async with _pair(wiring, plan) as (requester, responders, asking):
        await _warm_up(requester, responders, plan.patience.warm_up_s)
        began_ns = time.monotonic_ns()
        async with watching_machine() as machine:
            faults = await run_with_fault(requester.run(stop), fault)
            is_hurried = stop is not None and stop.is_set()
            await _settle(responders, _HURRIED_S if is_hurried else plan.patience.settle_s)
            records = _records(requester, responders, [*faults, *asking.events], machine, began_ns)
        conditions = conditions_of(asking.connection, wiring, plan.traffic, plan.patience)
        return conclude_acks(records, conditions, plan.policy)


@asynccontextmanager
async def _pair(
    wiring: Wiring, plan: AcksPlan
) -> AsyncIterator[tuple[NumberedRequester, list[AckingResponder], Chronicle]]:
    async with AsyncExitStack() as stack:
        asking = await join(stack, wiring.publisher, _REQUESTER_NAME)
        responders = []
        for number in range(1, plan.traffic.subscribers + 1):
            chronicle = await join(stack, wiring.subscriber, f"responder {number}")
            responder = AckingResponder(chronicle)
            await responder.subscribe(plan.traffic.subject, _QUEUE)
            responders.append(responder)
        yield NumberedRequester(plan.traffic, plan.policy, asking), responders, asking


async def _warm_up(
    requester: NumberedRequester, responders: list[AckingResponder], timeout_s: float
) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not all(responder.warm_ups for responder in responders):
        if time.monotonic() > deadline_s:
            raise NoAnswer(
                "probe-unanswered",
                f"not every responder was reached within {timeout_s:g} s",
                hints=("see whether the server is reachable with iterapp-nats rtt",),
            )
        await requester.warm_up()


async def _settle(responders: list[AckingResponder], timeout_s: float) -> None:
    import asyncio

    deadline_s = time.monotonic() + timeout_s
    while not all([await each.settle(min(_CONFIRM_S, timeout_s)) for each in responders]):
        if time.monotonic() > deadline_s:
            return
        await asyncio.sleep(_POLL_S)


def _records(
    requester: NumberedRequester,
    responders: list[AckingResponder],
    events: list[Event],
    machine: MachineWatch,
    began_ns: int,
) -> AcksRecords:
    handled = [sequence for each in responders for sequence in each.handled]
    return AcksRecords(
        tries=requester.tries,
        arrivals=[arrival for each in responders for arrival in each.arrivals],
        processed_twice=len(handled) - len(set(handled)),
        is_settled=all(each.is_settled for each in responders),
        events=[*events, *(event for each in responders for event in each.chronicle.events)],
        machine=MachineRecord(tuple(machine.stalls), requester.slip_ns, machine.processor_share),
        began_ns=began_ns,
        ended_ns=time.monotonic_ns(),
    )
