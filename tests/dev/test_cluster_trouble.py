"""Strangers on the ports of a cluster, and nodes that hang"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.engines.containers import project_label
from iterapp_nats.dev.inspection import Condition, find_info, inspect
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import LocalServerError
from tests.dev.cluster_clients import THREE, node_conditions
from tests.dev.dev_project import (
    CONTAINER_ONLY,
    PROCESS_ONLY,
    DevProject,
    condition,
    finish,
    start,
    wait_until,
)
from tests.dev.strangers import listening
from tests.support.engine import ask_engine
from tests.support.servers import run_server

if TYPE_CHECKING:
    from pathlib import Path

RUNNING, SILENT, STALE = Condition.RUNNING, Condition.SILENT, Condition.STALE


def signal_node(project: DevProject, number: int, what: signal.Signals) -> None:
    pid = inspect(project.state_folder).nodes[number - 1].pid
    assert pid
    os.kill(pid, what)


def lose_node(project: DevProject, number: int) -> None:
    signal_node(project, number, signal.SIGKILL)
    wait_until(lambda: node_conditions(project)[number - 1] is STALE)


@PROCESS_ONLY
@pytest.mark.parametrize("number", [1, 3])
def test_port_of_a_lost_node_that_a_stranger_took_is_named(
    number: int, project: DevProject
) -> None:
    url = start(project, THREE).state.url
    port = int(url.split(",")[number - 1].rpartition(":")[2])
    lose_node(project, number)
    with listening(port=port), pytest.raises(LocalServerError) as caught:
        start(project, ServerOptions())
    assert caught.value.code == "port-taken"
    holder = f"port {port} is taken by another program that does not speak NATS"
    assert caught.value.message == f"node {number} cannot come back: {holder}"
    assert node_conditions(project).count(RUNNING) == 2
    assert start(project, ServerOptions()).state.url == url
    assert node_conditions(project) == [RUNNING] * 3


@PROCESS_ONLY
def test_port_between_nodes_that_another_cluster_took_is_named(
    project: DevProject, tmp_path: Path
) -> None:
    start(project, THREE)
    route = project.state.routes[1]
    lose_node(project, 2)
    config = f'server_name: foreign\ncluster {{ name: other, listen: "127.0.0.1:{route}" }}\n'
    with run_server(tmp_path, config) as foreign:
        with pytest.raises(LocalServerError, match=rf"node 2 .*port {route} .*\(foreign\)"):
            start(project, ServerOptions())
        # The nodes that are left look for the lost one at that port, and do not let this one in.
        time.sleep(1.5)
        info = find_info("127.0.0.1", foreign.port)
        assert info
        assert not set(info.connect_urls) & {
            f"127.0.0.1:{port}" for port in (project.state.port, *project.state.other_ports)
        }
        after = server.restart(project.state_folder, ServerOptions(), project.backend).state
        assert route not in after.routes
    assert node_conditions(project) == [RUNNING] * 3


@PROCESS_ONLY
@pytest.mark.parametrize("number", [1, 2])
def test_hung_node_is_shown_and_healed(number: int, project: DevProject) -> None:
    url = start(project, THREE).state.url
    signal_node(project, number, signal.SIGSTOP)
    wait_until(lambda: node_conditions(project)[number - 1] is SILENT)
    status = project.dev("status")
    assert (status.code, "2 of 3 nodes" in status.text) == (0, True)
    assert f"node {number}  {url.split(',')[number - 1]}  silent" in status.text
    assert start(project, ServerOptions()).notes == (
        f"node {number} did not answer; it was replaced",
    )
    assert node_conditions(project) == [RUNNING] * 3
    assert len(project.servers()) == 3


def test_hung_nodes_are_ended(project: DevProject) -> None:
    start(project, THREE)
    for number in (1, 3):
        signal_node(project, number, signal.SIGSTOP)
    server.stop(project.state_folder)
    assert (project.servers(), project.containers()) == ([], [])
    assert condition(project) is Condition.STOPPED


def networks(project: DevProject) -> str:
    label = project_label(project.state_folder)
    return ask_engine("network", "ls", "--quiet", "--filter", f"label={label}")


@CONTAINER_ONLY
def test_network_goes_with_the_first_node_and_with_the_last(project: DevProject) -> None:
    up = project.start("up", "--port", "0", "--nodes", "3")
    wait_until(lambda: networks(project))
    up.send_signal(signal.SIGINT)
    finish(up)
    assert networks(project) == ""
    start(project, THREE)
    _, *others = project.containers()
    ask_engine("rm", "--force", *others)
    for number in (2, 3):
        project.state_folder.node(number).clear_state()
    server.stop(project.state_folder)
    assert networks(project) == ""


@CONTAINER_ONLY
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_tool_that_ends_between_containers_leaves_what_the_next_command_heals(
    number: signal.Signals, project: DevProject
) -> None:
    second = project.state_folder.node(2)
    up = project.start("up", "--port", "0", "--nodes", "3")
    wait_until(lambda: second.path.is_dir() and second.load_state())
    up.send_signal(number)
    finish(up)
    if number == signal.SIGINT:
        assert (project.servers(), project.containers()) == ([], [])
    start(project, ServerOptions(port=0, nodes=3))
    rolling = project.start("restart", "--rolling")
    wait_until(lambda: node_conditions(project) != [RUNNING] * 3)
    rolling.send_signal(number)
    finish(rolling)
    assert node_conditions(project).count(RUNNING) >= 2
    start(project, ServerOptions())
    assert node_conditions(project) == [RUNNING] * 3
    assert len(project.containers()) == 3
    server.stop(project.state_folder)
    assert (project.servers(), project.containers()) == ([], [])


def test_logs_of_all_nodes_are_one(project: DevProject) -> None:
    start(project, THREE)
    ended = project.dev("logs")
    assert ended.code == 0
    ready = [line[:6] for line in ended.text.splitlines() if line.endswith("Server is ready")]
    assert sorted(ready) == ["node 1", "node 2", "node 3"]
    alone = project.dev("logs", "--node", "2", "--lines", "1").text
    assert alone.startswith("[")
    project.dev("down")
    assert project.dev("logs").text.count("Server Exiting..") == 3
