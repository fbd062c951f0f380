"""What the next start is like: as the last one that the user got"""

from __future__ import annotations

import signal

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
