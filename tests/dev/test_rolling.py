"""The nodes of a real cluster are restarted in turn, while others speak, listen and store"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import contextlib
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

import iterapp_nats
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.dev import server
from iterapp_nats.dev.clusters.joining import Gathering
from iterapp_nats.dev.inspection import Condition
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import InputError, NoAnswer, Unreachable
from tests.dev.cluster_clients import THREE, ask, environ
from tests.dev.dev_project import PROCESS_ONLY, DevProject, condition, start

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from iterapp_nats.client.connection import Connection

# As recommended: who listens is back sooner than who speaks.
SUBSCRIBER, APP = ConnectPolicy.for_subscriber(), ConnectPolicy.for_app()
# Of 7,100 messages at 1,000 a second, over a rolling restart by TERM.
MOST_LOST = 26
# Where others keep the machine busy, a client alone needs 50 ms to connect, and as many are lost.
TRIALS = 3
# Who is cut off a second after the other is sent away in turn, and a kill comes after five.
MANY_CLIENTS = 8
STREAM = '{"name": "ORDERS", "subjects": ["orders"], "num_replicas": 3}'
# nats-server waits from 4 to 9 s before it elects a leader that nobody handed over to.
LONGEST_ELECTION_S = 9


async def roll(project: DevProject, tell: Callable[[int], None]) -> None:
    options = ServerOptions()
    await asyncio.to_thread(
        server.restart_in_turn, project.state_folder, options, project.backend, tell
    )


def find_ailments(project: DevProject) -> list[str]:
    """Ask each node whether it holds the streams that it should hold"""
    gathering = Gathering.of(project.state_folder)
    inquirer = gathering.inquirer
    assert inquirer
    return [ailment.text for node in gathering.nodes for ailment in inquirer.list_ailments(node)]


@contextlib.asynccontextmanager
async def beside(work: AsyncIterator[None]) -> AsyncIterator[None]:
    """Let work go on within the block, from its first result on"""
    await anext(work)

    async def go_on() -> None:
        async for _ in work:
            pass

    task = asyncio.ensure_future(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def count_lost(project: DevProject) -> tuple[int, list[int]]:
    """Restart in turn while one speaks and one listens; return what is lost, and the turns"""
    received: set[bytes] = set()
    sent: set[bytes] = set()
    told: list[int] = []

    async def listen(connection: Connection) -> None:
        async for message in connection.messages("traffic"):
            received.add(message.payload)

    async def speak(connection: Connection) -> AsyncIterator[None]:
        while True:
            payload = str(len(sent)).encode()
            # What is refused is known to the app, and not lost.
            with contextlib.suppress(Unreachable):
                await connection.publish("traffic", payload)
                sent.add(payload)
            await asyncio.sleep(0.001)
            yield

    given = environ(project)
    async with (
        iterapp_nats.connect(environ=given, policy=SUBSCRIBER) as hearing,
        iterapp_nats.connect(environ=given, policy=APP) as speaking,
    ):
        listener = asyncio.ensure_future(listen(hearing))
        await hearing.confirm()
        await asyncio.sleep(0.3)
        async with beside(speak(speaking)):
            await roll(project, told.append)
            await asyncio.sleep(0.3)
        await asyncio.sleep(0.5)
        listener.cancel()
        await asyncio.wait([listener])
    assert len(sent) > MOST_LOST
    return len(sent - received), told


def test_rolling_restart_under_traffic_loses_no_more_than_known(project: DevProject) -> None:
    start(project, THREE)
    before = project.servers()
    counts = []
    for _ in range(TRIALS):
        lost, told = asyncio.run(count_lost(project))
        # Both are on the first node, which is the last to go: they move once.
        assert told == [2, 3, 1]
        assert not set(before) & set(project.servers())
        counts.append(lost)
        if lost <= MOST_LOST:
            return
    pytest.fail(f"every time more was lost than {MOST_LOST}: {counts}")


@PROCESS_ONLY
def test_node_with_many_clients_is_given_time_to_send_them_away(project: DevProject) -> None:
    start(project, THREE)

    async def work() -> None:
        given = environ(project)
        async with contextlib.AsyncExitStack() as clients:
            for _ in range(MANY_CLIENTS):
                await clients.enter_async_context(
                    iterapp_nats.connect(environ=given, policy=SUBSCRIBER)
                )
            await roll(project, lambda _: None)

    asyncio.run(work())
    log = project.state_folder.previous_log_file.read_text()
    # A server that is killed says nothing more.
    assert "Server Exiting.." in log.splitlines()[-1]


def test_stream_loses_nothing_that_it_acknowledged(project: DevProject) -> None:
    start(project, ServerOptions(port=0, nodes=3, jetstream=True))
    ailments = find_ailments(project)
    acked: list[int] = []
    answered_at = [time.monotonic()]

    async def store(connection: Connection) -> AsyncIterator[None]:
        while True:
            # No responders, or no answer: an app tries again.
            with contextlib.suppress(Unreachable, NoAnswer):
                answer = await ask(connection, "orders", "one", timeout_s=1)
                acked.append(answer["seq"])
                answered_at.append(time.monotonic())
            await asyncio.sleep(0.002)
            yield

    async def work() -> dict[str, Any]:
        async with iterapp_nats.connect(environ=environ(project), policy=APP) as connection:
            await ask(connection, "$JS.API.STREAM.CREATE.ORDERS", STREAM)
            async with beside(store(connection)):
                await roll(project, lambda _: ailments.extend(find_ailments(project)))
            state: dict[str, Any] = (await ask(connection, "$JS.API.STREAM.INFO.ORDERS"))["state"]
            return state

    state = asyncio.run(work())
    assert ailments == []
    # A message that took the place of a lost one would have its number.
    assert sorted(set(acked)) == acked
    assert state["last_seq"] >= acked[-1]
    assert (state["first_seq"], state["messages"]) == (1, state["last_seq"])
    longest_s = max(later - earlier for earlier, later in pairwise(answered_at))
    assert longest_s < LONGEST_ELECTION_S


def test_rolling_without_a_cluster_is_refused(project: DevProject) -> None:
    start(project)
    with pytest.raises(InputError) as caught:
        server.restart_in_turn(
            project.state_folder, ServerOptions(), project.backend, lambda _: None
        )
    assert caught.value.code == "nothing-to-roll"
    assert condition(project) is Condition.RUNNING
