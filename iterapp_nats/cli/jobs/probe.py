"""What one `probe` does: connect, let it run until its end or Ctrl-C, return the result"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.probes.acks import probe_acks
from iterapp_nats.probes.delivery import probe_delivery
from iterapp_nats.probes.jetstream import probe_stream
from iterapp_nats.probes.plan import Line, Wiring

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.delivery.acks_result import AcksResult
    from iterapp_nats.delivery.result import DeliveryResult
    from iterapp_nats.delivery.stream_result import StreamResult
    from iterapp_nats.probes.acks import AcksPlan
    from iterapp_nats.probes.plan import Patience, Traffic

_RUN_ID_BYTES: Final = 5


def new_run_id() -> str:
    """Return a name for one run that no other run has"""
    return os.urandom(_RUN_ID_BYTES).hex()


def run_delivery(context: Context, traffic: Traffic, patience: Patience) -> DeliveryResult:
    """Probe the server of the context, with the app's own credentials"""
    import asyncio

    wiring = _straight(context, traffic)

    async def probe() -> DeliveryResult:
        with stopped_by_interrupt() as stop:
            return await probe_delivery(wiring, traffic, patience, stop=stop)

    return asyncio.run(probe())


def run_acks(context: Context, plan: AcksPlan) -> AcksResult:
    """Do the same with messages that are acknowledged"""
    import asyncio

    wiring = _straight(context, plan.traffic)

    async def probe() -> AcksResult:
        with stopped_by_interrupt() as stop:
            return await probe_acks(wiring, plan, stop=stop)

    return asyncio.run(probe())


def run_stream(context: Context, plan: AcksPlan) -> StreamResult:
    """Do the same with messages that are stored by a stream"""
    import asyncio

    wiring = _straight(context, plan.traffic)

    async def probe() -> StreamResult:
        with stopped_by_interrupt() as stop:
            return await probe_stream(wiring, plan, stop=stop)

    return asyncio.run(probe())


def _straight(context: Context, traffic: Traffic) -> Wiring:
    line = Line(context.settings(), ConnectPolicy.for_subscriber(context.flags.connect_timeout))
    context.output.say(
        f"probing {line.settings.url}: {traffic.messages:,} messages"
        f" of {traffic.size_bytes} bytes, {traffic.rate_per_s:g} per second"
    )
    return Wiring(line, line, line)


@contextlib.contextmanager
def stopped_by_interrupt() -> Iterator[asyncio.Event]:
    """Yield what the first Ctrl-C sets, so that a run ends early and tells what it has seen

    The second one ends everything at once.
    """
    import asyncio

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)

    def interrupted() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)

    try:
        loop.add_signal_handler(signal.SIGINT, interrupted)
    except (NotImplementedError, RuntimeError, ValueError):
        # Windows, or a thread: there Ctrl-C ends the run without a result.
        yield stop
        return
    try:
        yield stop
    finally:
        if not stop.is_set():
            interrupted()
