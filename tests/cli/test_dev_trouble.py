"""The local server in trouble that has a reason: the commands say which"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.dev import strangers
from tests.dev.dev_project import PROCESS_ONLY, DevProject

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
