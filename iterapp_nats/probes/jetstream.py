"""The probe of a stream: every message is stored and acked, and delivered until it is acked

The subscribers' consumers outlive their connections, so that nothing passes while one is away.
"""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.requests import measure_round_trip
from iterapp_nats.delivery.acknowledgements import TryOutcome
from iterapp_nats.delivery.records import MachineRecord
from iterapp_nats.delivery.sequences import merge_logs
from iterapp_nats.delivery.stream_result import ConsumerRecord, StreamRecords, conclude_stream
from iterapp_nats.probes.conditions import conditions_of
from iterapp_nats.probes.consumer import AckingConsumer
from iterapp_nats.probes.crew import join
from iterapp_nats.probes.fault import run_with_fault
from iterapp_nats.probes.machine import watching_machine
from iterapp_nats.probes.plan import SUBJECT_PREFIX
from iterapp_nats.probes.requester import NumberedRequester
from iterapp_nats.probes.streams import open_stream, parse_ack

if TYPE_CHECKING:
    import asyncio

    from iterapp_nats.delivery.stream_result import StreamResult
    from iterapp_nats.probes.acks import AcksPlan
    from iterapp_nats.probes.chronicle import Chronicle
    from iterapp_nats.probes.fault import Fault
    from iterapp_nats.probes.plan import Traffic, Wiring
    from iterapp_nats.probes.streams import ProbeStream

_PUBLISHER_NAME: Final = "the publisher"
_WITNESS_NAME: Final = "the witness"
_ACK_WAIT_S: Final = 1.0
_QUIET_S: Final = 3 * _ACK_WAIT_S
_ROUND_TRIPS: Final = 20
_POLL_S: Final = 0.02
_CONFIRM_S: Final = 1.0
_HURRIED_S: Final = 0.5


class _StreamAcks:
    """Knows the acks of a stream, and counts those of messages that it had before"""

    def __init__(self) -> None:
        self.rejected = 0

    def __call__(self, payload: bytes) -> bool:
        ack = parse_ack(payload)
        self.rejected += ack is not None and ack.is_duplicate
        return ack is not None


async def probe_stream(
    wiring: Wiring,
    plan: AcksPlan,
    *,
    fault: Fault | None = None,
    stop: asyncio.Event | None = None,
) -> StreamResult:
    """Run the whole probe and return what became of the messages; `stop` ends it early

    Raises:
        NoAnswer: `jetstream-missing`
        Refused: `jetstream-refused`, or a subject is not allowed
        Unreachable: no connection

    """
    traffic = plan.traffic
    async with AsyncExitStack() as stack:
        publishing = await join(stack, wiring.publisher, _PUBLISHER_NAME)
        # The witness's connection is back before all others: it makes and removes the stream.
        witness = await join(stack, wiring.witness, _WITNESS_NAME)
        name = f"ITERAPP_PROBE_{traffic.run_id}"
        stream = await stack.enter_async_context(
            open_stream(witness.connection, name, traffic.subject)
        )
        consumers = await _consumers(stack, wiring, traffic, stream)
        run = _Run(plan, publishing, consumers, stream)
        records = await run.records(fault, stop)
        conditions = conditions_of(publishing.connection, wiring, traffic, plan.patience)
    left = replace(records, is_left_behind=stream.is_left_behind)
    return conclude_stream(left, conditions, plan.policy)


async def _consumers(
    stack: AsyncExitStack, wiring: Wiring, traffic: Traffic, stream: ProbeStream
) -> list[AckingConsumer]:
    """Connect the subscribers; each has a consumer of its own, or all share one"""
    consumers = []
    for number in range(1, traffic.subscribers + 1):
        chronicle = await join(stack, wiring.subscriber, f"subscriber {number}")
        consumer = AckingConsumer(chronicle, most=traffic.messages)
        name = "shared" if traffic.queue else f"subscriber-{number}"
        subject = f"{SUBJECT_PREFIX}.{traffic.run_id}.deliver.{name}"
        await consumer.subscribe(subject, traffic.queue)
        if number == 1 or not traffic.queue:
            await stream.add_consumer(name, subject, traffic.queue, _ACK_WAIT_S)
        consumers.append(consumer)
    return consumers


class _Run:
    """The counted part of a probe"""

    def __init__(
        self,
        plan: AcksPlan,
        publishing: Chronicle,
        consumers: list[AckingConsumer],
        stream: ProbeStream,
    ) -> None:
        self._plan = plan
        self._acks = _StreamAcks()
        self._publishing = publishing
        self._consumers = consumers
        self._stream = stream
        self._requester = NumberedRequester(
            plan.traffic, plan.policy, publishing, is_ack=self._acks
        )

    async def records(self, fault: Fault | None, stop: asyncio.Event | None) -> StreamRecords:
        """Send everything, wait for it, and put together what was noted"""
        round_trips = sorted(await measure_round_trip(self._publishing.connection, _ROUND_TRIPS))
        began_ns = time.monotonic_ns()
        async with watching_machine() as machine:
            faults = await run_with_fault(self._requester.run(stop), fault)
            is_hurried = stop is not None and stop.is_set()
            await self._settle(_HURRIED_S if is_hurried else self._plan.patience.settle_s)
            chronicles = [self._publishing, *(each.chronicle for each in self._consumers)]
            return StreamRecords(
                tries=self._requester.tries,
                sent_ns=self._requester.sent_ns,
                consumers=self._consumer_records(),
                rejected=self._acks.rejected,
                stored=await self._stream.count_stored(),
                round_trip_ns=int(round_trips[len(round_trips) // 2] * 1e9),
                events=[*faults, *(event for each in chronicles for event in each.events)],
                machine=MachineRecord(
                    tuple(machine.stalls), self._requester.slip_ns, machine.processor_share
                ),
                began_ns=began_ns,
                ended_ns=time.monotonic_ns(),
            )

    def _consumer_records(self) -> list[ConsumerRecord]:
        records = [
            ConsumerRecord(each.chronicle.who, each.log, each.redelivered, each.is_settled)
            for each in self._consumers
        ]
        if not self._plan.traffic.queue:
            return records
        return [
            ConsumerRecord(
                "the queue group",
                merge_logs([record.log for record in records]),
                sum(record.redelivered for record in records),
                all(record.is_settled for record in records),
            )
        ]

    async def _settle(self, timeout_s: float) -> None:
        """Wait until everything acked has come, or nothing came for longer than a redelivery"""
        import asyncio

        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s:
            if self._is_complete() or self._is_quiet():
                left_s = max(_POLL_S, deadline_s - time.monotonic())
                settled = [await each.settle(min(_CONFIRM_S, left_s)) for each in self._consumers]
                if all(settled):
                    return
            await asyncio.sleep(_POLL_S)

    def _is_complete(self) -> bool:
        tries = self._requester.tries.values()
        acked = sum(bool(own) and own[-1].outcome is TryOutcome.ACKED for own in tries)
        return all(record.log.received >= acked for record in self._consumer_records())

    def _is_quiet(self) -> bool:
        last_ns = max(each.last_arrival_ns for each in self._consumers)
        return time.monotonic_ns() - last_ns > _QUIET_S * 1e9
