"""What the next start is like: as the last one that the user got"""

from __future__ import annotations

import signal

import pytest

from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.dev.server_state import Preferences
from tests.dev.dev_project import DevProject, finish, wait_until


def test_cluster_that_was_interrupted_is_not_remembered(project: DevProject) -> None:
    second = project.state_folder.node(2)
    up = project.start("up", "--port", "0", "--nodes", "3", "--jetstream")
    wait_until(lambda: second.path.is_dir() and second.load_state())
    up.send_signal(signal.SIGTERM)
    assert finish(up).code == 143
    assert project.state_folder.load_preferences() == Preferences()


def test_start_whose_variables_cannot_be_written_is_not_remembered(project: DevProject) -> None:
    project.up("--port", "0", "--jetstream")
    project.dev("down")
    before = project.state_folder.load_preferences()
    project.state_folder.env_file.unlink()
    project.state_folder.env_file.mkdir()
    ended = project.dev("up", "--port", "0", "--no-jetstream", "--websocket")
    assert (ended.code, "nats.env" in ended.stderr) == (7, True)
    assert project.state_folder.load_preferences() == before
    assert project.servers() == []


def test_server_whose_start_was_killed_at_its_end_is_remembered_by_the_next_up(
    project: DevProject,
) -> None:
    url = project.up("--port", "0", "--jetstream")
    (project.state_folder.path / "instance.json").unlink()
    assert project.dev("up").code == 0
    project.dev("down")
    assert project.dev("up").code == 0
    assert project.state.url == url
    assert project.state.jetstream


@pytest.mark.parametrize(
    ("has_proxy", "wish", "words"),
    [(True, "--no-proxy", "but with a proxy"), (False, "--proxy", "but with no proxy")],
)
def test_run_does_not_change_the_proxy_of_a_server_that_stays(
    wish: str, words: str, project: DevProject, *, has_proxy: bool
) -> None:
    project.up("--port", "0", "--proxy" if has_proxy else "--no-proxy")
    before = ProxyFiles(project.state_folder).find_running()
    memory = project.state_folder.load_preferences()
    ended = project.dev("run", wish, "--", "true")
    assert (ended.code, words in ended.stderr) == (7, True)
    assert ProxyFiles(project.state_folder).find_running() == before
    assert project.state_folder.load_preferences() == memory
    same = "--proxy" if has_proxy else "--no-proxy"
    assert project.call("run", same, "--", "true").code == 0
