"""The local server through whole processes: many at once, signals, and folders that refuse"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import DevProject, envelope, finish
from tests.support.cli import Ended, run_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def all_at_once(shop: DevProject, count: int, *argv: str) -> list[Ended]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: shop.call(*argv), range(count)))


def is_running(shop: DevProject) -> bool:
    return shop.dev("status").code == 0


def wait_for(condition: object, *, timeout_s: float = 10) -> None:
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_twelve_ups_at_once_are_one_server(shop: DevProject) -> None:
    ended = all_at_once(shop, 12, "up", "--port", "0", "--format", "json")
    assert [each.code for each in ended] == [0] * 12, [each.stderr for each in ended]
    assert len({each.json["data"]["url"] for each in ended}) == 1
    assert len({each.json["data"]["pid"] for each in ended}) == 1
    assert sum(not each.json["data"]["was_running"] for each in ended) == 1
    assert len(shop.servers()) == 1
    assert len(shop.containers()) == (shop.engine_host is not None)


def test_six_runs_at_once_leave_nothing(shop: DevProject) -> None:
    ended = all_at_once(shop, 6, "run", "--port", "0", "--", "true")
    assert [each.code for each in ended] == [0] * 6, [each.stderr for each in ended]
    assert not is_running(shop)


def test_server_of_two_runs_lives_until_the_last_has_ended(shop: DevProject) -> None:
    long = shop.start("run", "--port", "0", "--", "cat", stdin=subprocess.PIPE)
    wait_for(lambda: is_running(shop))
    assert shop.call("run", "--", "true").code == 0
    assert is_running(shop)
    long.communicate(b"")
    assert long.returncode == 0
    assert not is_running(shop)


def test_run_beside_up_keeps_the_server(shop: DevProject) -> None:
    shop.dev("up", "--port", "0")
    assert shop.call("run", "--", "true").code == 0
    assert is_running(shop)


def test_up_during_a_run_keeps_the_server(shop: DevProject) -> None:
    run = shop.start("run", "--port", "0", "--", "sleep", "1", stderr=subprocess.PIPE)
    wait_for(lambda: is_running(shop))
    assert shop.dev("up").code == 0
    assert finish(run).code == 0
    assert is_running(shop)


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
def test_run_ends_with_the_code_of_its_command(
    command: list[str], code: int, shop: DevProject
) -> None:
    assert shop.call("run", "--port", "0", "--", *command).code == code
    assert not is_running(shop)


def test_run_ends_with_the_code_of_its_command_also_when_its_server_cannot_be_ended(
    shop: DevProject,
) -> None:
    path = shop.state_folder.path / "state.json"
    command = f"cp '{path}' '{path}.old'; echo '{{\"schema\": 99}}' > '{path}'; exit 3"
    ended = shop.call("run", "--port", "0", "--", "sh", "-c", command)
    path.with_name("state.json.old").replace(path)
    assert (ended.code, "error[state-schema]" in ended.stderr) == (3, True)
    assert is_running(shop)


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_up_that_nobody_reads_leaves_its_server_running(
    output_format: str, shop: DevProject
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    up = shop.start("up", "--port", "0", "--format", output_format, stdout=writer)
    os.close(writer)
    assert finish(up).code == 0
    assert is_running(shop)


def test_run_gives_the_variables_of_its_server_and_no_others(shop: DevProject) -> None:
    stale = {"NATS_URL": "nats://gone:1", "NATS_CREDENTIALS": "stale", "NATS_CA_FILE": "/gone"}
    ended = shop.call("run", "--port", "0", "--", "env", environ=stale)
    lines = [line for line in ended.text.splitlines() if line.startswith("NATS_")]
    assert len(lines) == 1
    assert lines[0].startswith("NATS_URL=nats://127.0.0.1:")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_ends_the_run_its_command_and_its_server(
    number: int, code: int, shop: DevProject
) -> None:
    run = shop.start(
        "run", "--port", "0", "--", "sleep", "60", stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    wait_for(lambda: is_running(shop))
    time.sleep(0.1)
    began = time.monotonic()
    run.send_signal(number)
    assert finish(run).code == code
    assert time.monotonic() - began < 1.5
    assert not is_running(shop)


def test_killed_run_is_cleaned_up_by_the_next(shop: DevProject) -> None:
    run = shop.start("run", "--port", "0", "--", "sleep", "2", stdout=None, stderr=None)
    wait_for(lambda: is_running(shop))
    run.kill()
    run.wait()
    assert shop.call("run", "--", "true").code == 0
    assert not is_running(shop)


def test_ctrl_c_ends_the_foreground_with_0(shop: DevProject) -> None:
    up = shop.start("up", "--port", "0", "--foreground", stderr=subprocess.PIPE)
    assert up.stderr
    while b"Server is ready" not in up.stderr.readline():
        assert up.poll() is None
    up.send_signal(signal.SIGINT)
    assert finish(up).code == 0
    assert not is_running(shop)


def test_ctrl_c_ends_following_logs(shop: DevProject) -> None:
    shop.dev("up", "--port", "0")
    logs = shop.start("logs", "--follow", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert logs.stdout
    assert b"Starting nats-server" in logs.stdout.readline()
    logs.send_signal(signal.SIGINT)
    assert finish(logs).code == 130
    assert is_running(shop)


def test_killed_server_is_said_to_be_stale_and_comes_back(shop: DevProject) -> None:
    first = shop.dev("up", "--port", "0", "--format", "json").json["data"]
    os.kill(first["pid"], signal.SIGKILL)
    wait_for(lambda: "ended without dev down" in shop.dev("status").text)
    second = shop.dev("up", "--format", "json")
    assert second.json["data"]["url"] == first["url"]
    assert "ended without dev down" in second.stderr


def test_two_projects_have_servers_of_their_own(tmp_path: Path, engine_host: str | None) -> None:
    shops = [DevProject(tmp_path / name, engine_host) for name in ("one app", "zwei 'ü'")]
    urls = set()
    for shop in shops:
        shop.folder.mkdir()
        ended = shop.dev("up", "--format", "json")
        assert ended.code == 0, ended.stderr
        urls.add(envelope(ended)["url"])
    for shop in shops:
        shop.clean()
    assert len(urls) == 2


def test_without_a_manifest_it_works_and_says_so(shop: DevProject) -> None:
    (shop.folder / "iterapp.toml").unlink()
    ended = shop.dev("up", "--port", "0")
    assert ended.code == 0
    assert "without an iterapp.toml" in ended.stderr


def test_appling_uses_the_server_of_its_app(shop: DevProject) -> None:
    folder = shop.folder
    (folder / "iterapp.toml").write_text('applings = ["api"]\n[nats]\n')
    (folder / "api").mkdir()
    (folder / "api" / "iterapp.toml").write_text("")
    shop.up()
    assert run_cli("dev", "status", cwd=folder / "api").code == 0
    assert not (folder / "api" / ".iterapp-nats").exists()


@pytest.fixture
def disk(project: Path, engine_host: str | None) -> Iterator[DevProject]:
    """A project on a disk of 64 KiB of its own"""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = project / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=True)
    (folder / "iterapp.toml").touch()
    disk = DevProject(folder, engine_host)
    yield disk
    disk.clean()
    subprocess.run(["umount", folder], check=True)


def test_read_only_disk_is_named(disk: DevProject) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk.folder], check=True)
    ended = disk.call("up", "--port", "0")
    subprocess.run(["mount", "-o", "remount,rw", disk.folder], check=True)
    assert ended.code == 7, ended.stderr
    assert "read-only file system" in ended.stderr


def test_full_disk_leaves_no_server(disk: DevProject) -> None:
    filler = disk.folder / "filler"
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}"], check=False, capture_output=True)
    ended = disk.call("up", "--port", "0")
    assert ended.code == 7, ended.stderr
    assert "no space left on device" in ended.stderr
    assert not is_running(disk)
    filler.unlink()
    assert disk.call("up", "--port", "0").code == 0
