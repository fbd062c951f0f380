"""The event loop of a command: one connection, from the first try to the last word"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.events import ConnectionEvents
from iterapp_nats.client.verdicts import LOGIN_REFUSED
from iterapp_nats.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.events import Gap
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.errors import IterappNatsError
    from iterapp_nats.output import Output
    from iterapp_nats.settings import Settings

Result = TypeVar("Result")


def run_connected(
    context: Context,
    policy: ConnectPolicy,
    work: Callable[[Connection], Awaitable[Result]],
    *,
    name: str,
) -> Result:
    """Connect as the context says, do `work`, close the connection, and return the result"""
    # What is loaded to connect is no garbage, and looking for some takes 10 ms of a short command.
    gc.disable()
    import asyncio

    settings = context.settings()

    async def connect_and_work() -> Result:
        events = TalkingEvents(context.output)
        async with open_connection(settings, policy, name=name, events=events) as connection:
            gc.enable()
            context.output.detail(f"connected to {connection.url}")
            return await work(connection)

    try:
        with local_evidence(context, settings):
            return asyncio.run(connect_and_work())
    finally:
        gc.enable()


@contextmanager
def local_evidence(context: Context, settings: Settings) -> Iterator[None]:
    """Within the `with`, a login that the project's own server refused gets its cause"""
    try:
        yield
    except Refused as error:
        if error.code != LOGIN_REFUSED.code:
            raise
        from iterapp_nats.dev.evidence import find_local_refusal

        found = find_local_refusal(context.state_folder, settings, int(context.now()))
        raise found or error from error.__cause__


@dataclass(frozen=True, slots=True)
class TalkingEvents(ConnectionEvents):
    """Tells a person what happens to the connection"""

    output: Output

    def disconnected(self) -> None:
        """Say that the server is away"""
        self.output.warning("disconnected, reconnecting")

    def reconnected(self, gap: Gap) -> None:
        """Say for how long messages may have been missed"""
        if gap.was_behind:
            self.output.warning(
                f"reconnected; of the last {gap.length_s:.3f} s what was not received is missed"
            )
            return
        self.output.warning(
            f"reconnected after {gap.length_s:.3f} s; what was published meanwhile is missed"
        )

    def failed(self, error: IterappNatsError) -> None:
        """Say what the server refused"""
        self.output.warning(error.message)
