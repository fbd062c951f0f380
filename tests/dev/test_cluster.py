"""A cluster of real servers: started, shown, healed, replaced in turn, and ended as one"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import contextlib
import os
import shutil
import signal
import time

import pytest

import iterapp_nats
from iterapp_nats.client.opening.greeting import read_greeting
from iterapp_nats.dev import server
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import LocalServerError, NoAnswer, Unreachable
from tests.dev.cluster_clients import (
    COMMAND,
    THREE,
    ask,
    connect,
    create_stream,
    environ,
    node_conditions,
    stream_names,
)
from tests.dev.dev_project import (
    PROCESS_ONLY,
    DevProject,
    condition,
    envelope,
    finish,
    start,
    wait_until,
)
from tests.support.cli import Ended, run_cli
from tests.support.sockets import listening_addresses

LOOPBACK = "0100007F"


@pytest.mark.parametrize("secure", [False, True], ids=["open", "secure"])
@pytest.mark.parametrize("jetstream", [False, True], ids=["core", "jetstream"])
def test_message_finds_its_way_between_nodes(
    project: DevProject, *, secure: bool, jetstream: bool
) -> None:
    options = ServerOptions(port=0, nodes=3, secure=secure, jetstream=jetstream)
    urls = start(project, options).state.url.split(",")
    assert len(urls) == 3
    assert node_conditions(project) == [Condition.RUNNING] * 3

    async def work() -> None:
        async with connect(project, urls[0]) as near, connect(project, urls[2]) as far:
            messages = far.messages("orders")
            waiting = asyncio.ensure_future(anext(messages))
            # Interest needs a moment to spread.
            for _ in range(100):
                await near.publish("orders", b"one")
                await near.confirm()
                if (await asyncio.wait([waiting], timeout=0.05))[0]:
                    break
            assert (await waiting).payload == b"one"
            await messages.aclose()
            if jetstream:
                stream = '{"name": "ORDERS", "subjects": ["kept"], "num_replicas": 3}'
                assert (await ask(near, "$JS.API.STREAM.CREATE.ORDERS", stream))["did_create"]

    asyncio.run(work())
    assert server.stop(project.state_folder).condition is Condition.RUNNING
    assert (project.servers(), project.containers()) == ([], [])
    assert condition(project) is Condition.STOPPED


@PROCESS_ONLY
def test_routes_of_a_secure_cluster_are_encrypted(project: DevProject) -> None:
    start(project, ServerOptions(port=0, nodes=3, secure=True))
    for port in project.state.routes:
        with pytest.raises(Unreachable, match="expects TLS before its greeting"):
            read_greeting("127.0.0.1", port, 5)


def test_nothing_listens_beyond_the_loopback(project: DevProject) -> None:
    start(project, ServerOptions(port=0, nodes=3, websocket=True))
    ports = {node.state.port for node in inspect(project.state_folder).nodes if node.state}
    routes = set(project.state.routes) if project.engine_host is None else set()
    for port in ports | routes:
        assert listening_addresses(port) == {LOOPBACK}


def test_status_shows_each_node(project: DevProject) -> None:
    project.up("--port", "0", "--nodes", "3")
    status = project.dev("status")
    assert status.code == 0
    first, *rows = status.text.splitlines()
    assert "3 of 3 nodes" in first
    assert [row.split()[:2] for row in rows] == [["node", "1"], ["node", "2"], ["node", "3"]]
    view = envelope(project.dev("status", "--format", "json"))
    assert view["url"] == ",".join(node["url"] for node in view["nodes"])
    assert {node["pid"] for node in view["nodes"]} == set(project.servers())
    env_file = project.state_folder.env_file.read_text()
    assert env_file == f"NATS_URL='{view['url']}'\n"


@pytest.mark.parametrize("secure", [False, True], ids=["open", "secure"])
def test_who_sees_the_clients_of_every_node(project: DevProject, *, secure: bool) -> None:
    urls = start(project, ServerOptions(port=0, nodes=3, secure=secure)).state.url.split(",")

    async def work() -> Ended:
        async with contextlib.AsyncExitStack() as clients:
            for number, url in enumerate(urls, start=1):
                given = environ(project, url)
                client = iterapp_nats.connect(
                    environ=given, policy=COMMAND, name=f"client-{number}"
                )
                await clients.enter_async_context(client)
            return await asyncio.to_thread(
                run_cli, "who", cwd=project.folder, environ=project.environ
            )

    ended = asyncio.run(work())
    assert ended.code == 0, ended.stderr
    assert [name for name in ("client-1", "client-2", "client-3") if name not in ended.text] == []


@pytest.mark.parametrize("number", [1, 2])
def test_killed_node_is_shown_and_comes_back_with_up(number: int, project: DevProject) -> None:
    url = start(project, THREE).state.url
    node = inspect(project.state_folder).nodes[number - 1]
    assert node.pid
    os.kill(node.pid, signal.SIGKILL)
    wait_until(lambda: Condition.STALE in node_conditions(project))
    status = project.dev("status")
    assert (status.code, "2 of 3 nodes" in status.text) == (0, True)
    assert f"node {number}  {url.split(',')[number - 1]}  stale" in status.text
    again = start(project, ServerOptions())
    assert again.notes == (f"node {number} had ended; it is back",)
    assert again.state.url == url
    assert node_conditions(project) == [Condition.RUNNING] * 3


@PROCESS_ONLY
def test_node_that_was_never_started_is_missed(project: DevProject) -> None:
    start(project, THREE)
    _, *others = inspect(project.state_folder).nodes
    for node in others:
        assert node.pid
        os.kill(node.pid, signal.SIGKILL)
    wait_until(lambda: len(project.servers()) == 1)
    for number in (2, 3):
        shutil.rmtree(project.state_folder.node(number).path)
    assert node_conditions(project) == [Condition.RUNNING, Condition.STOPPED, Condition.STOPPED]
    assert "1 of 3 nodes" in project.dev("status").text
    start(project, ServerOptions())
    assert node_conditions(project) == [Condition.RUNNING] * 3


def test_streams_addresses_and_names_stay_over_restarts(project: DevProject) -> None:
    url = start(project, ServerOptions(port=0, nodes=3, jetstream=True)).state.url
    stream = '{"name": "ORDERS", "subjects": ["orders"], "num_replicas": 3}'

    async def store() -> None:
        async with connect(project) as connection:
            await ask(connection, "$JS.API.STREAM.CREATE.ORDERS", stream)
            await ask(connection, "orders", "one")

    async def count() -> None:
        async with connect(project) as connection:
            # The stream's own leader is chosen after that of all, and answers nothing before.
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                with contextlib.suppress(NoAnswer):
                    info = await ask(connection, "$JS.API.STREAM.INFO.ORDERS", timeout_s=0.5)
                    state = info["state"]
                    assert isinstance(state, dict)
                    if state["messages"] == 1:
                        return
            raise AssertionError

    asyncio.run(store())
    after = server.restart(project.state_folder, ServerOptions(), project.backend).state
    assert after.url == url
    asyncio.run(count())
    server.stop(project.state_folder)
    assert start(project, ServerOptions()).state.url == url
    asyncio.run(count())


def test_number_of_nodes_is_compared_and_changed_by_restart(project: DevProject) -> None:
    port = start(project).state.port
    with pytest.raises(LocalServerError, match="but with one node"):
        start(project, ServerOptions(nodes=3))
    after = server.restart(project.state_folder, ServerOptions(nodes=3), project.backend).state
    assert (after.nodes, after.port) == (3, port)
    alone = server.restart(project.state_folder, ServerOptions(nodes=1), project.backend).state
    assert alone.url == f"nats://127.0.0.1:{port}"
    assert inspect(project.state_folder).nodes == ()
    assert len(project.servers()) == 1


@PROCESS_ONLY
def test_each_number_of_nodes_has_its_own_streams(project: DevProject) -> None:
    folder = project.state_folder
    start(project, ServerOptions(port=0, nodes=3, jetstream=True))
    for nodes, before, note in [
        (1, 3, "the streams of 3 nodes are kept apart: --nodes 3 has them again"),
        (5, 1, "the streams of one node are kept apart: --nodes 1 has them again"),
        (3, 5, "the streams of 5 nodes are kept apart: --nodes 5 has them again"),
    ]:
        create_stream(project, f"OF_{before}", replicas=min(before, 3))
        after = server.restart(folder, ServerOptions(nodes=nodes), project.backend)
        assert after.notes == (note,)
    assert stream_names(project) == ["OF_3"]
    server.stop(folder)
    assert start(project, ServerOptions(nodes=1)).notes == (
        "the streams of 3 nodes are kept apart: --nodes 3 has them again",
    )
    assert stream_names(project) == ["OF_1"]


def test_even_numbers_cannot_agree(project: DevProject) -> None:
    ended = project.dev("up", "--nodes", "2")
    assert (ended.code, "error[nodes-invalid]" in ended.stderr) == (2, True)


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.1, 0.2])
@PROCESS_ONLY
def test_killed_start_of_a_cluster_is_finished_or_undone(
    delay_s: float, project: DevProject
) -> None:
    up = project.start("up", "--port", "0", "--nodes", "3", "--jetstream")
    wait_until(project.state_folder.lease_file.exists)
    time.sleep(delay_s)
    up.kill()
    finish(up)
    state = start(project, ServerOptions(nodes=3)).state
    assert len(state.url.split(",")) == 3
    assert len(project.servers()) == 3
    server.stop(project.state_folder)
    assert project.servers() == []
