"""Scenarios as deeds: what is done to the local server, its clients or the network"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, TypeVar

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.delivery.scenario import FACTS, Scenario
from iterapp_nats.dev.accounts.system_requests import kick, list_guests
from iterapp_nats.dev.accounts.system_user import system_settings
from iterapp_nats.dev.faults import impatient, pausing, replacing, require_nodes
from iterapp_nats.dev.proxy.link_fault import Direction, LinkFault, LinkTrouble
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.dev.accounts.system_requests import Guest
    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.state import StateFolder

    Linking = Callable[[LinkFault], AbstractAsyncContextManager[object]]

T = TypeVar("T")

_POLL_S: Final = 0.02
_GOODBYE_POLLS: Final = 3000
_NAME: Final = "iterapp-nats dev chaos"


@dataclass(frozen=True, slots=True)
class Ordeal:
    """One scenario with its strength

    `clients` is a pattern of the names of those who are kicked. With `is_killed` the server gets
    no chance of a last word. A client that reads nothing for `write_deadline_s` is a slow consumer.
    """

    scenario: Scenario
    lasts_s: float
    clients: str = "*"
    direction: Direction = Direction.BOTH
    delay_s: float = 0.1
    jitter_s: float = 0.1
    bytes_per_s: int = 16 << 10
    is_killed: bool = False
    write_deadline_s: float = 1.0

    @property
    def link_fault(self) -> LinkFault | None:
        """What the network does, None when it is not the network"""
        if self.scenario is Scenario.SLOW_CONSUMER:
            return LinkFault(
                LinkTrouble.THROTTLE, Direction.TO_CLIENT, bytes_per_s=self.bytes_per_s
            )
        if not FACTS[self.scenario].needs_proxy:
            return None
        return LinkFault(
            LinkTrouble(self.scenario.value),
            self.direction,
            self.delay_s,
            self.jitter_s,
            self.bytes_per_s,
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """Where it happens: the project's server, and how it is started again

    `node` is that of a cluster which is struck; without one it is the first, and kicks strike all.
    """

    folder: StateFolder
    backend: Backend
    node: int | None = None


async def inject(stage: Stage, ordeal: Ordeal, linking: Linking) -> None:
    """Do it, and undo it at its end, also when it is interrupted

    `linking` yields what lets a link fault be on as long as its block lasts.

    Raises:
        InputError: `server-not-running`, `node-missing`
        LocalServerError: `state-locked`, and what a start may raise

    """
    match ordeal.scenario:
        case Scenario.RESTART | Scenario.OUTAGE:
            await _be_away(stage, ordeal)
        case Scenario.LAME_DUCK:
            await _say_goodbye(stage)
        case Scenario.STALL:
            async with _in_thread(pausing(stage.folder, stage.node or 1)):
                await asyncio.sleep(ordeal.lasts_s)
        case Scenario.KICK:
            await _kick_all(stage, ordeal.clients)
        case Scenario.SLOW_CONSUMER:
            async with impatience(stage.folder, ordeal):
                # The server takes a deadline with a connection, and keeps it for its life.
                await _kick_all(stage, ordeal.clients)
                await _be_linked(ordeal, linking)
        case _:
            await _be_linked(ordeal, linking)


def impatience(folder: StateFolder, ordeal: Ordeal) -> AbstractAsyncContextManager[object]:
    """Let new connections be cut off that do not read, as long as the block lasts"""
    return _in_thread(impatient(folder, ordeal.write_deadline_s))


async def find_guests(folder: StateFolder) -> tuple[Guest, ...]:
    """Return who is connected to the local server; raises as `inject` and `open_connection`"""
    found: list[Guest] = []
    async for connection in _as_system(folder):
        found += await list_guests(connection)
    return tuple(found)


async def _be_away(stage: Stage, ordeal: Ordeal) -> None:
    async with _in_thread(replacing(stage.folder, stage.backend, stage.node or 1)) as running:
        await _done(running.kill if ordeal.is_killed else running.end)
        await asyncio.sleep(ordeal.lasts_s)


async def _say_goodbye(stage: Stage) -> None:
    async with _in_thread(replacing(stage.folder, stage.backend, stage.node or 1)) as running:
        running.say_goodbye()
        # Whoever takes longer is ended by the end of the block.
        for _ in range(_GOODBYE_POLLS):
            if running.has_ended:
                return
            await asyncio.sleep(_POLL_S)


async def _kick_all(stage: Stage, pattern: str) -> None:
    kicked = 0
    async for connection in _as_system(stage.folder, stage.node):
        for guest in await list_guests(connection):
            if fnmatchcase(guest.name, pattern):
                await kick(connection, guest)
                kicked += 1
    if not kicked:
        raise LocalServerError(
            "nobody-to-kick",
            f"no client whose name matches {pattern} is connected to the local server",
            hints=("start your app with the variables of the local server",),
            context={"pattern": pattern},
        )


async def _as_system(folder: StateFolder, node: int | None = None) -> AsyncIterator[Connection]:
    """Yield a connection of the system user to one node, or to each of them in turn"""
    for state in require_nodes(folder, node):
        settings = system_settings(folder, state)
        async with open_connection(settings, ConnectPolicy.for_command(), name=_NAME) as connection:
            yield connection


async def _be_linked(ordeal: Ordeal, linking: Linking) -> None:
    fault = ordeal.link_fault
    if fault is None:
        raise ValueError(ordeal.scenario)
    async with linking(fault):
        await asyncio.sleep(ordeal.lasts_s)


async def _done(deed: Callable[[], None]) -> None:
    """Do what takes a while; whoever is cancelled meanwhile goes on when it is done

    Two who end one container at once are in each other's way.
    """
    doing = asyncio.ensure_future(asyncio.to_thread(deed))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.gather(doing, return_exceptions=True)
        raise


@asynccontextmanager
async def _in_thread(block: AbstractContextManager[T]) -> AsyncIterator[T]:
    """Enter and leave a block that waits for processes, without keeping the loop waiting

    Whoever is cancelled while it is entered leaves it all the same.
    """
    entering = asyncio.ensure_future(asyncio.to_thread(block.__enter__))
    try:
        entered = await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.wait({entering})
        if not entering.exception():
            await asyncio.to_thread(block.__exit__, None, None, None)
        raise
    try:
        yield entered
    finally:
        await asyncio.to_thread(block.__exit__, None, None, None)
