"""On SIGTERM handle what has arrived, take nothing new, and then end"""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import iterapp_nats


async def serve(
    connection: iterapp_nats.Connection,
    subject: str,
    handle: Callable[[iterapp_nats.Message], Awaitable[None]],
) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await connection.subscribe(subject, handle, queue="workers")
    await stop.wait()
    await connection.drain(timeout_s=20)  # Kubernetes waits for 30 seconds.
