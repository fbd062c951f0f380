"""Connecting from a test in one line"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from iterapp_nats.client.connection import Connection, open_connection
from iterapp_nats.client.events import ConnectionEvents
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.settings import Flags, resolve_settings
from tests.support.servers import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from iterapp_nats.client.events import Gap
    from iterapp_nats.errors import IterappNatsError
    from iterapp_nats.settings import Settings
    from tests.support.servers import RunningServer

T = TypeVar("T")

COMMAND = ConnectPolicy.for_command()
SUBSCRIBER = ConnectPolicy.for_subscriber()
QUICK = ConnectPolicy(timeout_s=2, reconnects=True, reconnect_wait_s=0.02)

LIMITED = """
authorization {
  users: [
    {user: app, password: pw, permissions: {publish: ["orders.>", "_INBOX.>"], subscribe: [">"]}}
    {user: deaf, password: pw, permissions: {publish: ">", subscribe: "orders.>"}}
  ]
}
"""


class HeardEvents(ConnectionEvents):
    """Keeps what it is told"""

    def __init__(self) -> None:
        self.retries: list[IterappNatsError] = []
        self.failures: list[IterappNatsError] = []
        self.gaps: list[Gap] = []
        self.losses = 0

    def retrying(self, error: IterappNatsError, attempt: int) -> None:
        self.retries.append(error)

    def disconnected(self) -> None:
        self.losses += 1

    def reconnected(self, gap: Gap) -> None:
        self.gaps.append(gap)

    def failed(self, error: IterappNatsError) -> None:
        self.failures.append(error)


def settings_of(url: str, *, creds: Path | None = None, ca: Path | None = None) -> Settings:
    flags = Flags(server=url, creds=str(creds) if creds else None, ca=str(ca) if ca else None)
    return resolve_settings(flags, [])


@asynccontextmanager
async def connected(
    url: str,
    policy: ConnectPolicy = COMMAND,
    *,
    creds: Path | None = None,
    ca: Path | None = None,
    events: ConnectionEvents | None = None,
) -> AsyncIterator[Connection]:
    settings = settings_of(url, creds=creds, ca=ca)
    async with open_connection(settings, policy, events=events) as connection:
        yield connection


def run(work: Coroutine[object, object, T]) -> T:
    """Run a test's work, and fail when a task of the connection outlives it"""

    async def work_alone() -> T:
        result = await work
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks left behind: {left}"
        return result

    return asyncio.run(work_alone())


async def connect_only(
    url: str,
    policy: ConnectPolicy = COMMAND,
    *,
    creds: Path | None = None,
    ca: Path | None = None,
) -> None:
    async with connected(url, policy, creds=creds, ca=ca):
        pass


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so that nobody announces"""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.005)


def login(running: RunningServer, user: str) -> str:
    """Return the address with the login of a user of `LIMITED`"""
    return f"nats://{user}:pw@{HOST}:{running.port}"
