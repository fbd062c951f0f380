"""Everybody who takes part in a delivery probe, each with a connection of its own"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.connection import open_connection
from iterapp_nats.probes.chronicle import Chronicle
from iterapp_nats.probes.publisher import NumberedPublisher
from iterapp_nats.probes.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.probes.plan import Line, Traffic, Wiring

PUBLISHER_NAME: Final = "the publisher"
WITNESS_NAME: Final = "the witness"


@dataclass(frozen=True, slots=True)
class Crew:
    """A publisher, its subscribers and a witness, all connected and subscribed"""

    publisher: NumberedPublisher
    publishing: Chronicle
    subscribers: tuple[Receiver, ...]
    witness: Receiver

    @property
    def receivers(self) -> tuple[Receiver, ...]:
        """The subscribers and the witness"""
        return (*self.subscribers, self.witness)


@asynccontextmanager
async def gather_crew(wiring: Wiring, traffic: Traffic) -> AsyncIterator[Crew]:
    """Connect and subscribe everybody; raises what `open_connection` and `subscribe` raise"""
    async with AsyncExitStack() as stack:
        publishing = await join(stack, wiring.publisher, PUBLISHER_NAME)
        subscribers = []
        for number in range(1, traffic.subscribers + 1):
            chronicle = await join(stack, wiring.subscriber, f"subscriber {number}")
            receiver = Receiver(chronicle, most=traffic.messages, delay_s=traffic.handler_delay_s)
            await receiver.subscribe(traffic.subject, traffic.queue)
            subscribers.append(receiver)
        witness = Receiver(await join(stack, wiring.witness, WITNESS_NAME), most=traffic.messages)
        await witness.subscribe(traffic.subject, "")
        publisher = NumberedPublisher(traffic, publishing)
        yield Crew(publisher, publishing, tuple(subscribers), witness)


async def join(stack: AsyncExitStack, line: Line, who: str) -> Chronicle:
    """Connect one that takes part, until the end of `stack`; raises as `open_connection`"""
    chronicle = Chronicle(who)
    connection = await stack.enter_async_context(
        open_connection(
            line.settings,
            line.policy,
            name=f"iterapp-nats probe: {who.removeprefix('the ')}",
            events=chronicle,
        )
    )
    chronicle.attach(connection)
    return chronicle
