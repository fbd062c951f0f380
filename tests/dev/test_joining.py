"""How long the nodes of a cluster are waited for, and what is said of those that are not ready"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.clusters.joining import Gathering
from iterapp_nats.dev.clusters.report import Ailment, Inquirer, list_stream_ailments
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import LocalServerError
from tests.dev.cluster_clients import THREE, create_stream
from tests.dev.dev_project import PROCESS_ONLY, DevProject, start, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.server_state import ServerState

pytestmark = PROCESS_ONLY


@dataclass(frozen=True, slots=True)
class Doctor(Inquirer):
    """Finds the same for so many seconds, or something new each time"""

    finding: str
    is_of_stream: bool
    until_s: float
    is_changing: bool = False

    def list_ailments(self, state: ServerState) -> Iterator[Ailment]:
        if time.monotonic() < self.until_s:
            word = f" {time.monotonic()}" if self.is_changing else ""
            yield Ailment(self.finding + word, self.is_of_stream)


def gather(project: DevProject, finding: str, lasts_s: float, **wishes: bool) -> Gathering:
    start(project, THREE)
    gathering = Gathering.of(project.state_folder)
    assert gathering.inquirer
    wish = {"is_of_stream": False, **wishes}
    doctor = Doctor(
        gathering.inquirer.identity, finding, until_s=time.monotonic() + lasts_s, **wish
    )
    return replace(gathering, state=replace(gathering.state, jetstream=True), inquirer=doctor)


def test_hung_node_is_named(project: DevProject) -> None:
    start(project, THREE)
    hung = inspect(project.state_folder).nodes[2].pid
    assert hung
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(LocalServerError, match=r"within \d s: node 3 does not answer"):
        Gathering.of(project.state_folder).wait_until_joined(quiet_timeout_s=0.1)


def test_node_that_has_ended_is_not_waited_for(project: DevProject) -> None:
    start(project, THREE)
    ended = inspect(project.state_folder).nodes[1].pid
    assert ended
    os.kill(ended, signal.SIGKILL)
    wait_until(lambda: inspect(project.state_folder).nodes[1].condition is Condition.STALE)
    with pytest.raises(LocalServerError, match="did not agree: node 2 has ended: "):
        Gathering.of(project.state_folder).wait_until_joined()


def test_node_that_was_not_started_is_named(project: DevProject) -> None:
    start(project, THREE)
    (project.state_folder.node(2).path / "state.json").unlink()
    with pytest.raises(LocalServerError, match="node 2 was not started"):
        Gathering.of(project.state_folder)


def test_nodes_that_get_on_are_waited_for(project: DevProject) -> None:
    gathering = gather(project, "recovering", 0.6, is_changing=True)
    assert gathering.wait_until_joined(quiet_timeout_s=0.3) == ()


def test_nodes_that_get_on_are_not_waited_for_without_end(project: DevProject) -> None:
    gathering = gather(project, "recovering", 5, is_changing=True)
    with pytest.raises(LocalServerError, match="node 3: recovering"):
        gathering.wait_until_joined(timeout_s=0.3)


def test_nodes_that_stand_still_are_given_up_early(project: DevProject) -> None:
    gathering = gather(project, "no contact with a leader", 5)
    with pytest.raises(LocalServerError, match="node 1: no contact with a leader; node 2: "):
        gathering.wait_until_joined(quiet_timeout_s=0.1)


def test_single_stream_that_is_not_whole_hinders_nobody(project: DevProject) -> None:
    gathering = gather(project, "stream ORDERS is not current", 5, is_of_stream=True)
    assert gathering.wait_until_joined(quiet_timeout_s=0.1) == tuple(
        f"node {number}: stream ORDERS is not current" for number in (1, 2, 3)
    )


def test_streams_beside_settings_of_the_users_own_are_looked_at(project: DevProject) -> None:
    snippet = project.folder / "own.conf"
    snippet.write_text("max_connections: 100\n")
    options = ServerOptions(port=0, nodes=3, jetstream=True, snippet=str(snippet))
    state = start(project, options).state
    create_stream(project, "ORDERS", replicas=3)
    assert Gathering.of(project.state_folder).wait_until_joined() == ()
    lost = inspect(project.state_folder).nodes[2]
    assert lost.pid
    assert lost.state
    os.kill(lost.pid, signal.SIGTERM)
    behind = f"stream ORDERS is not current on {lost.state.generation}"
    wait_until(lambda: Ailment(behind, is_of_stream=True) in list(list_stream_ailments(state)))
