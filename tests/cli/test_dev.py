"""The local server through whole processes: many at once, signals, and folders that refuse"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.support.cli import Ended, run_cli, start_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def app(project: Path) -> Iterator[Path]:
    """A project whose server is ended whatever happens"""
    yield project
    run_cli("dev", "down", cwd=project)


def end(process: subprocess.Popen[bytes]) -> Ended:
    stdout, stderr = process.communicate(timeout=20)
    return Ended(process.returncode, stdout, stderr.decode())


def call(*argv: str, cwd: Path, environ: dict[str, str] | None = None) -> Ended:
    process = start_cli(
        *argv, cwd=cwd, environ=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    return end(process)


def all_at_once(count: int, *argv: str, cwd: Path) -> list[Ended]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: call(*argv, cwd=cwd), range(count)))


def is_running(folder: Path) -> bool:
    return run_cli("dev", "status", cwd=folder).code == 0


def wait_for(condition: object, *, timeout_s: float = 10) -> None:
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_twelve_ups_at_once_are_one_server(app: Path) -> None:
    ended = all_at_once(12, "dev", "up", "--port", "0", "--format", "json", cwd=app)
    assert [each.code for each in ended] == [0] * 12, [each.stderr for each in ended]
    assert len({each.json["data"]["url"] for each in ended}) == 1
    assert len({each.json["data"]["pid"] for each in ended}) == 1
    assert sum(not each.json["data"]["was_running"] for each in ended) == 1


def test_six_runs_at_once_leave_nothing(app: Path) -> None:
    ended = all_at_once(6, "dev", "run", "--port", "0", "--", "true", cwd=app)
    assert [each.code for each in ended] == [0] * 6, [each.stderr for each in ended]
    assert not is_running(app)


def test_server_of_two_runs_lives_until_the_last_has_ended(app: Path) -> None:
    long = start_cli("dev", "run", "--port", "0", "--", "cat", cwd=app, stdin=subprocess.PIPE)
    wait_for(lambda: is_running(app))
    assert call("dev", "run", "--", "true", cwd=app).code == 0
    assert is_running(app)
    long.communicate(b"")
    assert long.returncode == 0
    assert not is_running(app)


def test_run_beside_up_keeps_the_server(app: Path) -> None:
    run_cli("dev", "up", "--port", "0", cwd=app)
    assert call("dev", "run", "--", "true", cwd=app).code == 0
    assert is_running(app)


def test_up_during_a_run_keeps_the_server(app: Path) -> None:
    run = start_cli(
        "dev", "run", "--port", "0", "--", "sleep", "1", cwd=app, stderr=subprocess.PIPE
    )
    wait_for(lambda: is_running(app))
    assert run_cli("dev", "up", cwd=app).code == 0
    assert end(run).code == 0
    assert is_running(app)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["sh", "-c", "exit 3"], 3),
        (["sh", "-c", "kill -TERM $$"], 143),
        (["no-such-command"], 127),
        (["/"], 126),
    ],
    ids=["code", "signal", "missing", "folder"],
)
def test_run_ends_with_the_code_of_its_command(command: list[str], code: int, app: Path) -> None:
    assert call("dev", "run", "--port", "0", "--", *command, cwd=app).code == code
    assert not is_running(app)


def test_run_gives_the_variables_of_its_server_and_no_others(app: Path) -> None:
    stale = {"NATS_URL": "nats://gone:1", "NATS_CREDENTIALS": "stale", "NATS_CA_FILE": "/gone"}
    ended = call("dev", "run", "--port", "0", "--", "env", cwd=app, environ=stale)
    lines = [line for line in ended.text.splitlines() if line.startswith("NATS_")]
    assert len(lines) == 1
    assert lines[0].startswith("NATS_URL=nats://127.0.0.1:")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_ends_the_run_its_command_and_its_server(number: int, code: int, app: Path) -> None:
    run = start_cli(
        "dev", "run", "--port", "0", "--", "sleep", "60",
        cwd=app, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    wait_for(lambda: is_running(app))
    time.sleep(0.1)
    began = time.monotonic()
    run.send_signal(number)
    assert end(run).code == code
    assert time.monotonic() - began < 1.5
    assert not is_running(app)


def test_killed_run_is_cleaned_up_by_the_next(app: Path) -> None:
    run = start_cli("dev", "run", "--port", "0", "--", "sleep", "2", cwd=app)
    wait_for(lambda: is_running(app))
    run.kill()
    run.wait()
    assert call("dev", "run", "--", "true", cwd=app).code == 0
    assert not is_running(app)


def test_ctrl_c_ends_the_foreground_with_0(app: Path) -> None:
    up = start_cli("dev", "up", "--port", "0", "--foreground", cwd=app, stderr=subprocess.PIPE)
    assert up.stderr
    while b"Server is ready" not in up.stderr.readline():
        assert up.poll() is None
    up.send_signal(signal.SIGINT)
    assert end(up).code == 0
    assert not is_running(app)


def test_ctrl_c_ends_following_logs(app: Path) -> None:
    run_cli("dev", "up", "--port", "0", cwd=app)
    logs = start_cli(
        "dev", "logs", "--follow", cwd=app, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert logs.stdout
    assert b"Starting nats-server" in logs.stdout.readline()
    logs.send_signal(signal.SIGINT)
    assert end(logs).code == 130
    assert is_running(app)


def test_killed_server_is_said_to_be_stale_and_comes_back(app: Path) -> None:
    first = run_cli("dev", "up", "--port", "0", "--format", "json", cwd=app).json["data"]
    os.kill(first["pid"], signal.SIGKILL)
    wait_for(lambda: not is_running(app))
    assert "ended without dev down" in run_cli("dev", "status", cwd=app).text
    second = run_cli("dev", "up", "--format", "json", cwd=app)
    assert second.json["data"]["url"] == first["url"]
    assert "ended without dev down" in second.stderr


def test_two_projects_have_servers_of_their_own(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one app", "zwei 'ü'")]
    urls = set()
    for folder in folders:
        folder.mkdir()
        ended = run_cli("dev", "up", "--format", "json", cwd=folder)
        assert ended.code == 0, ended.stderr
        urls.add(ended.json["data"]["url"])
    for folder in folders:
        run_cli("dev", "down", cwd=folder)
    assert len(urls) == 2


def test_without_a_manifest_it_works_and_says_so(tmp_path: Path) -> None:
    ended = run_cli("dev", "up", "--port", "0", cwd=tmp_path)
    assert ended.code == 0
    assert "without an iterapp.toml" in ended.stderr
    run_cli("dev", "down", cwd=tmp_path)


def test_appling_uses_the_server_of_its_app(app: Path) -> None:
    (app / "iterapp.toml").write_text('applings = ["api"]\n[nats]\n')
    (app / "api").mkdir()
    (app / "api" / "iterapp.toml").write_text("")
    run_cli("dev", "up", "--port", "0", cwd=app)
    assert is_running(app / "api")
    assert not (app / "api" / ".iterapp-nats").exists()


@pytest.fixture
def disk(app: Path) -> Iterator[Path]:
    """A disk of 64 KiB of its own"""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = app / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=True)
    (folder / "iterapp.toml").touch()
    yield folder
    run_cli("dev", "down", cwd=folder)
    subprocess.run(["umount", folder], check=True)


def test_read_only_disk_is_named(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    ended = call("dev", "up", "--port", "0", cwd=disk)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert ended.code == 7, ended.stderr
    assert "read-only file system" in ended.stderr


def test_full_disk_leaves_no_server(disk: Path) -> None:
    filler = disk / "filler"
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}"], check=False, capture_output=True)
    ended = call("dev", "up", "--port", "0", cwd=disk)
    assert ended.code == 7, ended.stderr
    assert "no space left on device" in ended.stderr
    assert not is_running(disk)
    filler.unlink()
    assert call("dev", "up", "--port", "0", cwd=disk).code == 0
