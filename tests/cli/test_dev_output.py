"""What the commands of the local server print, ask and keep"""

from __future__ import annotations

import os
import pty
import signal
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import DevProject, envelope, finish, wait_until
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path


def test_address_block_is_talk_of_at_most_six_lines(shop: DevProject) -> None:
    ended = shop.dev("up", "--port", "0")
    assert ended.stdout == b""
    lines = ended.stderr.splitlines()
    assert len(lines) <= 6
    assert lines[0] == f"nats-server is running at {shop.state.url} (for shop)"
    assert f"already running at {shop.state.url}" in shop.dev("up").stderr


def test_json_of_up_status_and_restart_is_one_envelope_alone(shop: DevProject) -> None:
    up = shop.dev("up", "--port", "0", "--format", "json")
    status = shop.dev("status", "--format", "json")
    restart = shop.dev("restart", "--format", "json")
    assert {up.stderr, status.stderr, restart.stderr} == {""}
    view = envelope(up)
    assert view == envelope(status) | {"was_running": False}
    assert (view["state"], view["url"], view["jetstream"]) == ("running", shop.state.url, False)
    assert view["env_file"] == str(shop.state_folder.env_file)
    assert view["version"].startswith("2.")
    assert envelope(restart)["url"] == view["url"]
    assert envelope(restart)["pid"] != view["pid"]


def test_status_of_every_condition(shop: DevProject) -> None:
    assert (shop.dev("status").code, shop.dev("status").text) == (1, "not running\n")
    url = shop.up()
    running = shop.dev("status")
    assert running.code == 0
    assert running.text.startswith(f"running at {url} (nats-server 2.")
    assert f"pid {shop.pid}" in running.text
    os.kill(shop.pid, signal.SIGSTOP)
    wait_until(lambda: "silent" in shop.dev("status").text)
    silent = shop.dev("status")
    assert (silent.code, silent.text) == (1, f"alive, but silent at {url}\n")
    os.kill(shop.pid, signal.SIGKILL)
    wait_until(lambda: "silent" not in shop.dev("status").text)
    stale = shop.dev("status", "--format", "json")
    assert (stale.code, stale.json["exit_code"], envelope(stale)["state"]) == (1, 1, "stale")


def test_variables_are_in_a_private_file_and_git_sees_nothing(shop: DevProject) -> None:
    url = shop.up()
    env_file = shop.state_folder.env_file
    assert env_file.read_text() == f"NATS_URL='{url}'\n"
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(env_file.parent.stat().st_mode) == 0o700
    assert _untracked(shop.folder) == ["iterapp.toml"]


def _untracked(folder: Path) -> list[str]:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
        ).stdout

    git("init", "-q")
    status = git("status", "--porcelain", "--untracked-files=all")
    return [line.removeprefix("?? ") for line in status.splitlines()]


def test_nothing_is_written_outside_the_project(shop: DevProject, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    environ = {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
    up = shop.start("up", "--port", "0", "--jetstream", environ=environ)
    assert finish(up).code == 0
    shop.dev("down")
    assert list(home.iterdir()) == list(temporary.iterdir()) == []
    assert sorted(path.name for path in shop.folder.iterdir()) == [".iterapp-nats", "iterapp.toml"]


def test_options_that_differ_from_the_running_server_exit_7(shop: DevProject) -> None:
    shop.up()
    ended = shop.dev("up", "--jetstream")
    assert ended.code == 7
    assert "error[server-differs]" in ended.stderr
    assert "iterapp-nats dev restart" in ended.stderr
    assert shop.dev("restart", "--jetstream").code == 0
    assert "JetStream" in shop.dev("status").text


def test_failed_env_file_leaves_no_server(shop: DevProject) -> None:
    shop.state_folder.create()
    shop.state_folder.env_file.mkdir()
    ended = shop.dev("up", "--port", "0")
    assert ended.code == 7
    assert "error[state-unwritable]" in ended.stderr
    assert shop.servers() == []


def test_down_of_nothing_says_so(shop: DevProject) -> None:
    ended = shop.dev("down")
    assert (ended.code, ended.stderr) == (0, "the local server was not running\n")
    assert not shop.state_folder.path.exists()


def test_logs_show_the_last_lines_also_after_the_end(shop: DevProject) -> None:
    assert shop.dev("logs").code == 1
    shop.up()
    assert "Server is ready" in shop.dev("logs").text
    shop.dev("down")
    last = shop.dev("logs", "-n", "1")
    assert last.code == 0
    assert last.text.count("\n") == 1
    assert "Server Exiting" in last.text


def test_followed_logs_go_on_over_a_restart(shop: DevProject) -> None:
    shop.up()
    logs = shop.start("logs", "--follow", "-n", "1")
    assert logs.stdout
    assert b"Server is ready" in logs.stdout.readline()
    shop.dev("restart")
    lines = []
    while b"Server is ready" not in (line := logs.stdout.readline()):
        lines.append(line)
    assert b"Server Exiting" in b"".join(lines)
    assert shop.state.generation.encode() in b"".join(lines)
    logs.send_signal(signal.SIGINT)
    assert finish(logs).code == 130


def test_reset_without_anybody_to_ask_is_refused(shop: DevProject) -> None:
    shop.up()
    ended = shop.dev("reset")
    assert ended.code == 2
    assert "--yes" in ended.stderr
    assert len(shop.servers()) == 1


def test_reset_of_nothing_says_so(shop: DevProject) -> None:
    ended = shop.dev("reset")
    assert (ended.code, ended.stderr) == (0, "there is nothing to remove\n")


@pytest.mark.parametrize(("answer", "code", "is_left"), [(b"n\n", 1, True), (b"y\n", 0, False)])
def test_reset_on_a_terminal_asks(
    answer: bytes, code: int, shop: DevProject, *, is_left: bool
) -> None:
    shop.up()
    terminal, inner = pty.openpty()
    reset = shop.start("reset", stdin=inner)
    os.close(inner)
    os.write(terminal, answer)
    ended = finish(reset)
    os.close(terminal)
    assert ended.code == code, ended.stderr
    assert "with all its data?" in ended.stderr
    assert shop.state_folder.path.exists() == is_left
    assert (shop.folder / "iterapp.toml").exists()


def test_stream_survives_down_and_up(shop: DevProject) -> None:
    shop.up("--port", "0", "--jetstream")
    stream = '{"name": "ORDERS", "subjects": ["orders"]}'
    created = _ask(shop, "$JS.API.STREAM.CREATE.ORDERS", stream)
    assert '"error"' not in created
    assert '"seq":1' in _ask(shop, "orders", "one")
    shop.dev("down")
    shop.dev("up")
    assert '"messages":1' in _ask(shop, "$JS.API.STREAM.INFO.ORDERS", "")


def _ask(shop: DevProject, subject: str, payload: str) -> str:
    ended = run_cli("request", subject, payload, cwd=shop.folder)
    assert ended.code == 0, ended.stderr
    return ended.text.replace(": ", ":")
