"""What everybody has noted about a run, and what the server tells of the connections"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from iterapp_nats.delivery.judgement import Passage, Witness
from iterapp_nats.delivery.records import DeliveryRecords, MachineRecord, ReceiverRecord
from iterapp_nats.delivery.sequences import HELD
from iterapp_nats.probes.server_account import fetch_records

if TYPE_CHECKING:
    from iterapp_nats.delivery.causes import Event
    from iterapp_nats.probes.chronicle import Chronicle
    from iterapp_nats.probes.crew import Crew
    from iterapp_nats.probes.machine import MachineWatch
    from iterapp_nats.probes.plan import Patience, Traffic
    from iterapp_nats.probes.receiver import Receiver
    from iterapp_nats.probes.server_account import ConnectionRecord
    from iterapp_nats.probes.settling import PublisherConfirmation


class Evidence:
    """Collects it; the witness asks the server, behind whatever else the server has sent to it"""

    def __init__(self, crew: Crew, traffic: Traffic, patience: Patience) -> None:
        self._crew = crew
        self._traffic = traffic
        self._patience = patience
        self._began_ns = 0
        self._first_session = 0
        self._counted_before: int | None = None

    async def begin(self) -> None:
        """Note what the server had counted before the counted messages"""
        publishing = self._crew.publishing
        self._first_session = publishing.session
        record = (await self._ask(publishing)).get(self._first_session)
        self._counted_before = record.messages_in if record else None
        self._began_ns = time.monotonic_ns()

    async def collect(
        self,
        confirmation: PublisherConfirmation,
        faults: list[Event],
        machine: MachineWatch,
    ) -> DeliveryRecords:
        """Put everything together"""
        crew, ended_ns = self._crew, time.monotonic_ns()
        machine_record = MachineRecord(
            tuple(machine.stalls), crew.publisher.slip_ns, machine.processor_share
        )
        passages = self._passages(await self._explain(crew.publishing), confirmation)
        for each in crew.receivers:
            if len(each.chronicle.known_as) > 1:
                await self._explain(each.chronicle)
        chronicles = [crew.publishing, *(each.chronicle for each in crew.receivers)]
        return DeliveryRecords(
            sent=crew.publisher.sent,
            receivers=tuple(_receiver_record(each) for each in crew.subscribers),
            witness=_witness(crew.witness),
            passages=passages,
            events=(*faults, *(event for each in chronicles for event in each.events)),
            refusals=crew.publisher.refusals,
            machine=machine_record,
            began_ns=self._began_ns,
            ended_ns=ended_ns,
            late_ns=int(self._patience.late_s * 1e9),
            is_queue=bool(self._traffic.queue),
            publisher=crew.publishing.who,
        )

    async def _explain(self, chronicle: Chronicle) -> dict[int, ConnectionRecord]:
        known = await self._ask(chronicle)
        chronicle.explain({session: record.reason for session, record in known.items()})
        return known

    async def _ask(self, chronicle: Chronicle) -> dict[int, ConnectionRecord]:
        asking = self._crew.witness.chronicle
        if not asking.is_connected:
            return {}
        return await fetch_records(asking.connection, chronicle.known_as)

    def _passages(
        self, known: dict[int, ConnectionRecord], confirmation: PublisherConfirmation
    ) -> dict[int, Passage]:
        passages = {}
        for session, record in known.items():
            is_over = session == confirmation.session or not record.is_open
            passages[session] = Passage(self._counted(session, record, confirmation), is_over)
        if confirmation.session is not None and confirmation.session not in known:
            passages[confirmation.session] = Passage(is_over=True)
        if self._crew.publishing.connection.ended:
            # The buffer of a client that has given up is thrown away.
            passages[HELD] = Passage(counted=0, is_over=True)
        return passages

    def _counted(
        self, session: int, record: ConnectionRecord, confirmation: PublisherConfirmation
    ) -> int | None:
        if record.messages_in is None or session in confirmation.unsure:
            return None
        echoes = confirmation.echoes if session == confirmation.session else 0
        if session != self._first_session:
            return record.messages_in - echoes
        if self._counted_before is None:
            return None
        return record.messages_in - self._counted_before - echoes


def _receiver_record(receiver: Receiver) -> ReceiverRecord:
    is_settled = receiver.settled_session is not None
    return ReceiverRecord(
        receiver.name, receiver.log, is_settled, receiver.warm_up, receiver.queued
    )


def _witness(receiver: Receiver) -> Witness:
    is_the_same = receiver.settled_session == receiver.chronicle.session
    warm_up = receiver.warm_up
    since_ns: dict[int, int] = {}
    for session, at_ns in zip(warm_up.sessions, warm_up.first_ns, strict=True):
        if at_ns:
            since_ns[session] = min(since_ns.get(session, at_ns), at_ns)
    return Witness(receiver.log, receiver.settled_session if is_the_same else None, since_ns)
