"""Which process is our server"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.process import ServerMark, end_process, find_pid
from tests.dev.dev_project import is_alive

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = "/home/anna/my shop/.iterapp-nats/nats.conf"
ONE = ServerMark(CONFIG, "iterapp-nats-shop-0a0b0c0d0e0f")
ANY = ServerMark(CONFIG)


@pytest.mark.parametrize("mark", [ONE, ANY])
def test_own_command_line_carries_the_mark(mark: ServerMark) -> None:
    assert mark.is_on(f"/bin/nats-server {' '.join(ONE.arguments())}")


@pytest.mark.parametrize(
    "line",
    [
        "",
        f"vim {CONFIG}",
        f"vim -c {CONFIG}",
        f"nats-server -c {CONFIG}",
        f"nats-server --name mine -c {CONFIG}",
        f"nats-server --name iterapp-nats-blog-0a0b0c0d0e0f -c /home/anna/blog{CONFIG}.old",
        "nats-server --name iterapp-nats-shop-0a0b0c0d0e0f0 -c /other.conf",
    ],
)
@pytest.mark.parametrize("mark", [ONE, ANY])
def test_command_line_of_a_stranger_does_not(mark: ServerMark, line: str) -> None:
    assert not mark.is_on(line)


def test_marked_process_is_ended_and_another_is_not(tmp_path: Path) -> None:
    mark = ServerMark("x.conf", "iterapp-nats-shop-1")
    pid_file = tmp_path / "nats.pid"
    with (
        subprocess.Popen(["sh", "-c", "read _", *mark.arguments()], stdin=subprocess.PIPE) as ours,
        subprocess.Popen(["sleep", "60"]) as stranger,
    ):
        for content in (str(ours.pid), str(stranger.pid), "no number", ""):
            pid_file.write_text(content)
            assert find_pid(pid_file, mark) == ours.pid
        assert not end_process(stranger.pid, mark, is_gone=lambda: False, grace_s=0.05)
        assert stranger.poll() is None
        assert end_process(ours.pid, mark, is_gone=lambda: not is_alive(ours.pid), grace_s=5)
        stranger.kill()
    assert find_pid(pid_file, mark) is None
