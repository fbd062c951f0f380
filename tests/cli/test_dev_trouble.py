"""The local server in trouble that has a reason: the commands say which"""

from __future__ import annotations

import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from iterapp_nats.dev.lease import hold_shared
from tests.dev import strangers
from tests.dev.dev_project import PROCESS_ONLY, DevProject
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path


FAILING = """#!/bin/sh
case "$1" in
--version) echo "nats-server: v2.15.1" ;;
*) echo "[1] 2026/01/01 [FTL] the moon is full" >&2; exit 1 ;;
esac
"""


@PROCESS_ONLY
def test_logs_of_a_failed_first_start_are_what_the_server_said(
    shop: DevProject, tmp_path: Path
) -> None:
    assert "has not run yet" in shop.dev("logs").stderr
    program = str(strangers.write_program(tmp_path, FAILING))
    assert shop.dev("up", "--port", "0", "--server-binary", program).code == 7
    ended = shop.dev("logs")
    assert (ended.code, ended.stderr) == (0, "")
    assert ended.text == "[1] 2026/01/01 [FTL] the moon is full\n"


def test_state_folder_behind_a_link_is_not_removed(shop: DevProject, tmp_path: Path) -> None:
    target = tmp_path / "disk"
    target.mkdir()
    shop.state_folder.path.symlink_to(target)
    shop.up()
    ended = shop.dev("reset", "--yes")
    assert ended.code == 7
    assert f".iterapp-nats: it is a symbolic link to {target}; no server runs" in ended.stderr
    assert "remove that folder and the link yourself" in ended.stderr
    assert (target / ".gitignore").exists()
    assert shop.servers() == []


@PROCESS_ONLY
def test_reset_is_undisturbed_by_commands_that_begin(shop: DevProject) -> None:
    folder, is_over = shop.state_folder, threading.Event()

    def begin() -> None:
        while not is_over.is_set():
            folder.create()
            with hold_shared(folder.users_file):
                pass

    with ThreadPoolExecutor(2) as pool:
        beginning = [pool.submit(begin) for _ in range(2)]
        try:
            codes = {shop.dev("reset", "--yes").code for _ in range(20)}
        finally:
            is_over.set()
        assert codes == {0}
        assert [each.result() for each in beginning] == [None, None]


@PROCESS_ONLY
def test_down_in_a_folder_that_may_not_be_written_forgets_the_server(shop: DevProject) -> None:
    shop.up()
    folder = shop.state_folder.path
    folder.chmod(0o500)
    ended = as_an_ordinary_user(shop, "down")
    status = shop.dev("status")
    folder.chmod(0o700)
    assert ended.returncode == 0, ended.stderr
    assert "stopped the local server at" in ended.stderr
    assert status.text == "not running\n"


@PROCESS_ONLY
def test_down_says_what_could_not_be_removed_of_an_ended_server(shop: DevProject) -> None:
    shop.up()
    folder = shop.state_folder.path
    (folder / "state.json").chmod(0o400)
    folder.chmod(0o500)
    ended = as_an_ordinary_user(shop, "down")
    folder.chmod(0o700)
    assert ended.returncode == 7
    assert "the server has ended, but" in ended.stderr
    assert "state.json cannot be removed: permission denied" in ended.stderr
    assert shop.servers() == []


def as_an_ordinary_user(shop: DevProject, *argv: str) -> subprocess.CompletedProcess[str]:
    command = shop.command(*argv)
    if os.geteuid() == 0:
        # Without these capabilities root obeys the mode of a file like everybody else.
        powers = "-dac_override,-dac_read_search"
        command = [require_tool("setpriv"), f"--bounding-set={powers}", *command]
    return subprocess.run(command, cwd=shop.folder, capture_output=True, text=True, check=False)
