"""The delivery probe: publish numbered messages, and find out what became of each

What is told at the end rests on what was proven: the subscriptions work before counting starts,
and at the end every connection is asked whether something is still under way.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.conclude import conclude
from iterapp_nats.errors import NoAnswer
from iterapp_nats.probes.conditions import conditions_of
from iterapp_nats.probes.crew import gather_crew
from iterapp_nats.probes.evidence import Evidence
from iterapp_nats.probes.fault import run_with_fault
from iterapp_nats.probes.machine import watching_machine
from iterapp_nats.probes.settling import settle

if TYPE_CHECKING:
    import asyncio

    from iterapp_nats.delivery.result import DeliveryResult
    from iterapp_nats.probes.crew import Crew
    from iterapp_nats.probes.fault import Fault
    from iterapp_nats.probes.plan import Patience, Traffic, Wiring

_WARM_UP_STEP_S: Final = 0.01


async def probe_delivery(
    wiring: Wiring,
    traffic: Traffic,
    patience: Patience,
    *,
    fault: Fault | None = None,
    stop: asyncio.Event | None = None,
) -> DeliveryResult:
    """Run the whole probe and return what became of the messages; `stop` ends it early

    Raises:
        NoAnswer: `probe-unanswered`, when no message comes before counting starts
        Refused: the subject or an own inbox is not allowed
        Unreachable: no connection

    """
    async with gather_crew(wiring, traffic) as crew:
        await _warm_up(crew, traffic, patience.warm_up_s, stop)
        evidence = Evidence(crew, traffic, patience)
        await evidence.begin()
        async with watching_machine() as machine:
            faults = await run_with_fault(crew.publisher.run(stop), fault)
            is_hurried = stop is not None and stop.is_set()
            confirmation = await settle(crew, traffic, patience, is_hurried=is_hurried)
            records = await evidence.collect(confirmation, faults, machine)
        return conclude(
            records, conditions_of(crew.publishing.connection, wiring, traffic, patience)
        )


async def _warm_up(
    crew: Crew, traffic: Traffic, timeout_s: float, stop: asyncio.Event | None
) -> None:
    """Publish until everybody has received a message: only then silence means something"""
    import asyncio

    connection = crew.publishing.connection
    deadline_s = time.monotonic() + timeout_s
    with connection.attending(traffic.subject) as attention:
        while waiting := [each.name for each in crew.receivers if not each.warm_up.received]:
            if time.monotonic() > deadline_s:
                raise NoAnswer(
                    "probe-unanswered",
                    f"nothing came to {' and '.join(waiting)} within {timeout_s:g} s",
                    hints=("see whether the server is reachable with iterapp-nats rtt",),
                )
            if stop and stop.is_set():
                raise KeyboardInterrupt
            await crew.publisher.warm_up()
            await connection.wait(asyncio.sleep(_WARM_UP_STEP_S), None, attention)
        await connection.confirm()
        attention.require_allowed()
