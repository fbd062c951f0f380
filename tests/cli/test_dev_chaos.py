"""`dev chaos` against an app: here a `sub`, which comes back after a tenth of a second"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.inspection import Condition, find_info
from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.errors import ExitCode
from tests.dev.dev_project import DevProject, condition, envelope, is_alive, wait_until
from tests.support.cli import run_cli, start_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "iterapp-nats sub"


@pytest.fixture
def home(project: Path, engine_host: str | None) -> Iterator[DevProject]:
    """A project whose server runs behind a proxy"""
    home = DevProject(project, engine_host)
    home.up("--port", "0", "--proxy")
    yield home
    home.clean()


@pytest.fixture
def app(home: DevProject) -> Iterator[subprocess.Popen[bytes]]:
    """Something that is subscribed through the proxy"""
    ready = home.folder / "ready"
    process = start_cli(
        "sub", "orders.>", "--ready-file", str(ready), cwd=home.folder, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 20
    while not ready.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield process
    process.terminate()
    process.wait(10)


def is_silent(home: DevProject) -> bool:
    """Tell whether the proxy lets nothing through"""
    proxy = ProxyFiles(home.state_folder).find_running()
    assert proxy
    return find_info("127.0.0.1", proxy.port, timeout_s=0.3) is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("scenario", "options", "outcome"),
    [
        ("restart", (), "back"),
        ("outage", ("--for", "300ms", "--kill"), "back"),
        ("kick", ("--client", "*sub"), "back"),
        ("stall", ("--for", "300ms"), "stayed"),
        ("latency", ("--for", "300ms"), "stayed"),
        ("throttle", ("--for", "300ms"), "stayed"),
        ("drop", ("--for", "300ms"), "stayed"),
        ("partition", ("--for", "300ms"), "stayed"),
        ("slow-consumer", ("--for", "300ms"), "back"),
        ("reset", (), "back"),
    ],
)
def test_app_is_there_again_after_the_fault(
    home: DevProject, scenario: str, options: tuple[str, ...], outcome: str
) -> None:
    ended = home.dev("chaos", scenario, *options, "--format", "json")
    assert ended.code == ExitCode.OK, ended.stderr
    assert [(one["label"], one["outcome"]) for one in envelope(ended)["clients"]] == [
        (NAME, outcome)
    ]
    assert home.dev("status").code == ExitCode.OK


@pytest.mark.usefixtures("app")
def test_lame_duck_says_goodbye_and_is_replaced(home: DevProject) -> None:
    ended = home.dev("chaos", "lame-duck")
    assert ended.code == ExitCode.OK
    assert ended.text.startswith(f"{NAME}  back ")
    assert "lame duck" in home.state_folder.previous_log_file.read_text()


def test_app_that_stays_away_is_a_finding(home: DevProject, app: subprocess.Popen[bytes]) -> None:
    process = home.start("chaos", "outage", "--for", "1s", "--wait", "200ms")
    wait_until(lambda: condition(home) is not Condition.RUNNING)
    app.terminate()
    stdout, _ = process.communicate(timeout=20)
    assert process.returncode == ExitCode.FINDINGS
    assert f"{NAME}  gone" in stdout.decode()


def test_nobody_there_is_told(home: DevProject) -> None:
    ended = home.dev("chaos", "restart")
    assert ended.code == ExitCode.OK
    assert "no client was connected" in ended.stderr
    assert "nobody-to-kick" in home.dev("chaos", "kick").stderr


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("scenario", ["outage", "stall", "partition"])
def test_interrupt_makes_everything_whole_within_a_moment(home: DevProject, scenario: str) -> None:
    pid = home.pid
    process = home.start("chaos", scenario, "--for", "60s")
    wait_until(lambda: is_silent(home) or condition(home) is not Condition.RUNNING)
    began = time.monotonic()
    process.send_signal(2)
    process.wait(10)
    assert time.monotonic() - began < 5
    assert process.returncode == ExitCode.INTERRUPTED
    assert home.dev("status").code == ExitCode.OK
    assert (home.pid == pid) == (scenario != "outage")
    assert home.dev("run", "--", "true").code == ExitCode.OK
    process.communicate()


def test_killed_chaos_leaves_no_link_fault_behind(home: DevProject) -> None:
    process = home.start("chaos", "partition", "--for", "60s")
    wait_until(lambda: is_silent(home))
    process.kill()
    process.communicate()
    ended = home.dev("chaos", "reset", "--format", "json")
    assert ended.code == ExitCode.OK, ended.stderr


def test_two_faults_at_once_are_refused(home: DevProject) -> None:
    process = home.start("chaos", "partition", "--for", "60s")
    wait_until(lambda: is_silent(home))
    assert "error[fault-busy]" in home.dev("chaos", "drop", "--for", "0").stderr
    process.terminate()
    process.communicate()


@pytest.mark.parametrize(
    "option", [("--trials", "3"), ("--rate", "5"), ("--size", "9"), ("--report", "x.html")]
)
def test_options_of_a_proof_need_one(option: tuple[str, str], project: Path) -> None:
    ended = run_cli("dev", "chaos", "restart", *option, cwd=project)
    assert ended.code == 2
    assert f"{option[0]} needs --prove" in ended.stderr


def test_network_fault_needs_a_proxy(project: Path) -> None:
    home = DevProject(project)
    assert "error[server-not-running]" in home.dev("chaos", "latency").stderr
    home.up()
    ended = home.dev("chaos", "latency")
    assert ended.code == ExitCode.INPUT
    assert "error[proxy-missing]" in ended.stderr
    home.clean()


def test_proxy_comes_and_goes_with_the_server(project: Path) -> None:
    home = DevProject(project)
    home.up("--port", "0", "--proxy")
    first = envelope(home.dev("status", "--format", "json"))
    assert first["proxy_url"] != first["url"]
    assert first["proxy_url"] in home.state_folder.env_file.read_text()
    proxy_pid = int((home.state_folder.path / "proxy.pid").read_text())
    home.dev("restart")
    assert envelope(home.dev("status", "--format", "json"))["proxy_url"] == first["proxy_url"]
    home.dev("down")
    assert not is_alive(proxy_pid)
    home.up("--port", "0")
    again = envelope(home.dev("status", "--format", "json"))
    assert again["proxy_url"] == first["proxy_url"]
    home.dev("up", "--no-proxy")
    assert envelope(home.dev("status", "--format", "json"))["proxy_url"] is None
    home.clean()


def test_secrets_of_the_proxy_and_the_system_user_are_private(home: DevProject) -> None:
    for name in ("proxy.json", "system.password", "nats.conf"):
        assert (home.state_folder.path / name).stat().st_mode & 0o777 == 0o600


def test_node_of_a_cluster_is_away_and_clients_go_to_the_others(project: Path) -> None:
    home = DevProject(project)
    home.up("--port", "0", "--nodes", "3")
    ended = home.dev("chaos", "outage", "--for", "200ms", "--format", "json")
    assert ended.code == ExitCode.OK, ended.stderr
    assert home.dev("status").code == ExitCode.OK
    assert "3 of 3 nodes" in home.dev("status").text
    ended = home.dev("up", "--proxy")
    assert ended.code == ExitCode.INPUT
    assert "error[proxy-in-cluster]" in ended.stderr
    home.clean()


def test_settings_without_a_system_user_are_named(project: Path) -> None:
    home = DevProject(project)
    (project / "own.conf").write_text("max_connections: 100\n")
    home.up("--port", "0", "--config-snippet", "own.conf")
    ended = home.dev("chaos", "restart")
    assert (ended.code, "error[system-user-missing]" in ended.stderr) == (ExitCode.INPUT, True)
    home.clean()
