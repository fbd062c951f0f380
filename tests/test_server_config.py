"""The configuration text, as the real server reads it"""

from __future__ import annotations

import codecs
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iterapp_nats.dev.accounts.vault import secure_plan
from iterapp_nats.secret import Secret
from iterapp_nats.security.issuing import new_realm
from iterapp_nats.server_config import ServerPlan, quote, render_server_config
from tests.support.secure_server import ENTROPY, write_realm
from tests.support.servers import server_binary

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text())
@example('a "b" \\ $HOME %s \n\t\0 ö 漢 \U0001f40b')
@example("not UTF-8: \udcff")
def test_quoted_text_reads_back(text: str) -> None:
    quoted = quote(text)
    assert quoted.isascii()
    assert quoted[0] == quoted[-1] == '"'
    content, _ = codecs.escape_decode(quoted[1:-1].encode())
    assert content == text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("jetstream", [False, True])
@pytest.mark.parametrize("secure", [False, True])
def test_server_accepts_any_folder_name(tmp_path: Path, *, jetstream: bool, secure: bool) -> None:
    folder = tmp_path / "größe 'a' \"b\" $HOME %s \\u00f6 \udcff #; {c}"
    folder.mkdir()
    realm = new_realm(ENTROPY, int(time.time()))
    write_realm(realm, folder)
    plan = ServerPlan(
        generation="iterapp-nats-größe-0a0b",
        host="127.0.0.1",
        port=4222,
        log_file=str(folder / "nats.log"),
        pid_file=str(folder / "nats.pid"),
        store_folder=str(folder / "data") if jetstream else None,
        secure=secure_plan(realm, folder) if secure else None,
        system_password=None if secure else Secret('"quoted" password'),
    )
    config = tmp_path / "nats.conf"
    config.write_text(render_server_config(plan))
    binary = server_binary()
    tested = subprocess.run([binary, "-t", "-c", config], capture_output=True, check=False)
    assert tested.returncode == 0, tested.stderr
