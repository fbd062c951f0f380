"""The tool is killed or interrupted while it changes a cluster, and the next command heals it

Commands have some 200 steps here, so that each test strikes a part of them.
"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import contextlib
import signal
import time
from typing import TYPE_CHECKING

import pytest

import iterapp_nats
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.dev import server
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions
from tests.dev.cluster_clients import THREE, environ, node_conditions
from tests.dev.dev_project import PROCESS_ONLY, DevProject, start, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dev.striking import Driver

pytestmark = PROCESS_ONLY
STRIDE = 23
CLIENTS = 2
SUBSCRIBER = ConnectPolicy.for_subscriber()
SILENT = Condition.SILENT
MAX_STEPS = 400
UP = ("up", "--port", "0", "--nodes", "3")
ROLL = ("restart", "--rolling")
SIGNALS = pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])


def strikes(
    project: DevProject, driver: Driver, argv: tuple[str, ...], number: signal.Signals
) -> Iterator[int]:
    """Yield the exit code behind each strike, until the command comes to its end before one"""
    struck = {signal.SIGKILL: -signal.SIGKILL, signal.SIGINT: 130}
    for step in range(5, MAX_STEPS, STRIDE):
        if argv != UP:
            start(project, THREE)
        code = driver.strike(project, argv, step, number)
        assert code in {0, struck[number]}, f"step {step}"
        yield code
        if code == 0:
            assert step > 3 * STRIDE
            return
    pytest.fail("the command was never allowed to end")


def look(project: DevProject) -> tuple[tuple[Condition, ...], int]:
    return tuple(node_conditions(project)), len(project.servers())


def assert_shown_rightly(project: DevProject) -> None:
    """As many nodes are said to run as there are servers, and none to be silent"""

    def is_settled() -> bool:
        first = look(project)
        time.sleep(0.05)
        conditions, count = first
        alone = inspect(project.state_folder).condition
        shown = conditions or (alone,)
        is_right = shown.count(Condition.RUNNING) == count and Condition.SILENT not in shown
        return is_right and look(project) == first

    wait_until(is_settled)


def assert_healed(project: DevProject) -> None:
    start(project, ServerOptions(nodes=3))
    assert node_conditions(project) == [Condition.RUNNING] * 3
    assert len(project.servers()) == 3


def assert_ended(project: DevProject) -> None:
    server.stop(project.state_folder)
    assert project.servers() == []
    assert inspect(project.state_folder).condition is Condition.STOPPED


@SIGNALS
def test_start_is_finished_or_undone(
    number: signal.Signals, project: DevProject, driver: Driver
) -> None:
    for _ in strikes(project, driver, UP, number):
        assert_shown_rightly(project)
        assert_healed(project)
        assert_ended(project)


@SIGNALS
@pytest.mark.parametrize(
    "argv", [("down",), ("restart",), ROLL], ids=["down", "restart", "rolling"]
)
def test_change_leaves_a_cluster_that_heals(
    argv: tuple[str, ...], number: signal.Signals, project: DevProject, driver: Driver
) -> None:
    for _ in strikes(project, driver, argv, number):
        assert_shown_rightly(project)
        assert_healed(project)


@SIGNALS
@pytest.mark.parametrize("argv", [UP, ROLL], ids=lambda argv: argv[0])
def test_what_is_left_can_be_ended(
    argv: tuple[str, ...], number: signal.Signals, project: DevProject, driver: Driver
) -> None:
    for _ in strikes(project, driver, argv, number):
        assert_ended(project)


def test_interrupted_start_leaves_nothing(project: DevProject, driver: Driver) -> None:
    for code in strikes(project, driver, UP, signal.SIGINT):
        if code == 0:
            return
        assert project.servers() == []
        assert inspect(project.state_folder).condition is Condition.STOPPED


@pytest.mark.parametrize(
    ("number", "command"), [(signal.SIGINT, "up"), (signal.SIGKILL, "down")], ids=["up", "down"]
)
def test_roll_that_ends_while_clients_are_sent_away_is_healed(
    number: signal.Signals, command: str, project: DevProject
) -> None:
    start(project, THREE)

    async def work() -> None:
        given = environ(project)
        async with contextlib.AsyncExitStack() as clients:
            for _ in range(CLIENTS):
                client = iterapp_nats.connect(environ=given, policy=SUBSCRIBER)
                await clients.enter_async_context(client)
            rolling = project.start("restart", "--rolling")
            await asyncio.to_thread(wait_until, lambda: node_conditions(project)[0] is SILENT)
            rolling.send_signal(number)
            code = await asyncio.to_thread(rolling.wait, 2)
            stderr = rolling.communicate()[1].decode()
            assert code == (130 if number == signal.SIGINT else -number)
            hint = "a node may be away: bring it back with iterapp-nats dev up"
            assert (hint in stderr) == (number == signal.SIGINT)

    asyncio.run(work())
    assert node_conditions(project)[1:] == [Condition.RUNNING] * 2
    if command == "up":
        assert_healed(project)
    else:
        assert_ended(project)
