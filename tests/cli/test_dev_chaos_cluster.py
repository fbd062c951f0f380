"""`dev chaos` against one node of a cluster, while clients are connected to each"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest

import iterapp_nats
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.errors import ExitCode
from tests.dev.cluster_clients import environ, node_conditions
from tests.dev.dev_project import DevProject, envelope, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.cli import Ended

CLIENTS = ("client-1", "client-2", "client-3")


@pytest.fixture
def home(project: Path) -> Iterator[DevProject]:
    home = DevProject(project)
    home.up("--port", "0", "--nodes", "3")
    yield home
    home.clean()


def pids(home: DevProject) -> list[int | None]:
    return [node.pid for node in inspect(home.state_folder).nodes]


def strike(home: DevProject, *argv: str) -> Ended:
    """Run `dev chaos` while a client is connected to each node"""

    async def work() -> Ended:
        async with contextlib.AsyncExitStack() as clients:
            for name, url in zip(CLIENTS, home.state.url.split(","), strict=True):
                await clients.enter_async_context(
                    iterapp_nats.connect(
                        environ=environ(home, url), policy=ConnectPolicy.for_subscriber(), name=name
                    )
                )
            return await asyncio.to_thread(home.dev, "chaos", *argv, "--format", "json")

    return asyncio.run(work())


@pytest.mark.parametrize(
    ("argv", "is_replaced", "outcome"),
    [
        (("restart",), True, "back"),
        (("outage", "--for", "200ms", "--kill"), True, "back"),
        (("lame-duck",), True, "back"),
        (("stall", "--for", "200ms"), False, "stayed"),
        (("kick",), False, "back"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_node_of_choice_is_struck_and_no_other(
    home: DevProject, argv: tuple[str, ...], outcome: str, *, is_replaced: bool
) -> None:
    before = pids(home)
    ended = strike(home, *argv, "--node", "2")
    assert ended.code == ExitCode.OK, ended.stderr
    found = {client["label"]: client["outcome"] for client in envelope(ended)["clients"]}
    assert found == {"client-1": "stayed", "client-2": outcome, "client-3": "stayed"}
    assert envelope(ended)["url"] == home.state.url.split(",")[1]
    after = pids(home)
    assert [one != other for one, other in zip(before, after, strict=True)] == [
        False, is_replaced, False,
    ]  # fmt: skip
    assert node_conditions(home) == [Condition.RUNNING] * 3


def test_first_node_is_struck_without_a_choice(home: DevProject) -> None:
    ended = strike(home, "restart")
    found = {client["label"]: client["outcome"] for client in envelope(ended)["clients"]}
    assert found == {"client-1": "back", "client-2": "stayed", "client-3": "stayed"}
    assert node_conditions(home) == [Condition.RUNNING] * 3


def test_node_that_is_not_there_is_refused(home: DevProject) -> None:
    ended = home.dev("chaos", "restart", "--node", "4")
    assert ended.code == ExitCode.INPUT
    assert "error[node-missing]" in ended.stderr
    assert "there is no node 4: the cluster has 3 nodes" in ended.stderr


@pytest.mark.parametrize("argv", [("restart",), ("kick", "--node", "2")], ids=lambda argv: argv[0])
def test_node_that_does_not_run_is_named(home: DevProject, argv: tuple[str, ...]) -> None:
    pid = pids(home)[1]
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: node_conditions(home)[1] is Condition.STALE)
    ended = home.dev("chaos", *argv)
    assert ended.code == ExitCode.LOCAL_SERVER
    assert "error[node-not-running]: node 2 of the cluster does not run: it is" in ended.stderr
    assert node_conditions(home).count(Condition.RUNNING) == 2
