"""What a container engine says, and what a person is told for it"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.engines import facts
from iterapp_nats.dev.engines.engine import Engine
from iterapp_nats.dev.engines.trouble import engine_trouble, last_line
from iterapp_nats.errors import InputError, LocalServerError
from tests.dev import strangers
from tests.dev.dev_project import PROCESS_ONLY, DevProject, is_alive, wait_until
from tests.support.engine import require_engine
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

# As Docker 20.10, 28.2 and 29, and Podman 4 write them.
SAYINGS = {
    "docker-not-running": """\
Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
failed to connect to the docker API at unix:///s; check if the path is correct and if the daemon is\
 running: dial unix /s: connect: no such file or directory
Cannot connect to Podman. Please verify your connection to the Linux system""",
    "docker-permission": """\
permission denied while trying to connect to the Docker daemon socket at unix:///s: Get "http://%2Fs\
/v1.50/images/nats:latest/json": dial unix /s: connect: permission denied""",
    "docker-context": """\
Failed to initialize: unable to resolve docker endpoint: context "x": context not found: open /meta
Current context "x" is not found on the file system, please check your config file at /config""",
    "docker-failed": "Error response from daemon: the moon is full.",
}


@pytest.mark.parametrize(
    ("code", "said"), [(code, line) for code, text in SAYINGS.items() for line in text.splitlines()]
)
def test_words_of_the_engine_are_told_apart(code: str, said: str) -> None:
    trouble = engine_trouble(
        "docker", f"[]\nWARNING: something else\n{said}\nSee 'docker run --help'.\n"
    )
    assert trouble.code == code
    assert trouble.hints[-1] == "or use --backend binary, which needs no Docker"
    assert "%2F" not in trouble.message
    assert "Error response" not in trouble.message


def test_reason_is_the_last_line_that_is_no_remark() -> None:
    said = "docker: Error response from daemon: no such thing.\n\nRun 'docker run --help' for more"
    assert last_line(said) == "no such thing"
    assert last_line("") == "it gave no reason"


def test_command_is_read_as_a_shell_would() -> None:
    assert Engine.of(None, {}).prefix == ("docker",)
    assert Engine.of("sudo -n 'my docker'", {}).prefix == ("sudo", "-n", "my docker")
    for command in ("it's", " "):
        with pytest.raises(InputError, match="cannot read --docker-command"):
            Engine.of(command, {})


def test_variables_of_the_engine_are_part_of_its_command() -> None:
    engine = Engine.of(None, {"DOCKER_HOST": "unix:///s", "DOCKER_CONTEXT": "", "HOME": "/h"})
    assert engine.prefix == ("env", "DOCKER_HOST=unix:///s", "docker")
    assert engine.tool == "docker"
    for name in ("DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "CONTAINER_HOST"):
        engine = Engine.of("podman", {name: "/x"})
        assert engine.prefix == ("env", f"{name}=/x", "podman")
        assert engine.tool == "podman"


def test_facts_of_an_engine_are_asked_for_once(tmp_path: Path) -> None:
    script = f"#!/bin/sh\necho $1 >>'{tmp_path}/asked'\necho '{{}}'\n"
    prefix = (str(strangers.write_program(tmp_path, script)),)
    for _ in range(2):
        assert not facts.is_podman(Engine(prefix))
        assert not facts.is_rootless(Engine(prefix))
    assert (tmp_path / "asked").read_text().split() == ["--version", "info"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"SecurityOptions": ["name=seccomp,profile=default"]}', False),
        ('{"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]}', True),
        ('{"host": {"security": {"rootless": false}}, "store": {}}', False),
        ('{"host": {"security": {"rootless": true}}, "store": {}}', True),
    ],
)
def test_engine_of_a_user_is_told_apart(answer: str, *, expected: bool, tmp_path: Path) -> None:
    tool = strangers.write_program(tmp_path, f"#!/bin/sh\necho '{answer}'\n")
    assert facts.is_rootless(Engine((str(tool),))) == expected


def fail(project: DevProject, code: str, *argv: str, **environ: str) -> str:
    """Start with a broken engine, and return what a person is told"""
    ended = project.dev("up", "--port", "0", "--backend", "docker", *argv, environ=environ)
    assert ended.code == 7, ended.stderr
    assert f"error[{code}]" in ended.stderr
    assert "or use --backend binary" in ended.stderr
    assert project.dev("status").text == "not running\n"
    return ended.stderr


@PROCESS_ONLY
def test_engine_that_is_not_installed(project: DevProject) -> None:
    for given in ({}, {"DOCKER_HOST": "unix:///gone.sock"}):
        said = fail(project, "docker-missing", "--docker-command", "no-such-docker", **given)
        assert "cannot run no-such-docker: there is no such command" in said


@PROCESS_ONLY
def test_engine_that_is_not_running(project: DevProject) -> None:
    require_tool("docker")
    said = fail(project, "docker-not-running", DOCKER_HOST="unix:///gone.sock")
    assert "unix:///gone.sock" in said
    assert "systemctl start docker" in said


@PROCESS_ONLY
def test_engine_that_we_may_not_use(project: DevProject) -> None:
    host = require_engine()
    stranger = "setpriv --reuid 65534 --clear-groups docker"
    said = fail(project, "docker-permission", "--docker-command", stranger, DOCKER_HOST=host)
    assert "usermod -aG docker" in said


@PROCESS_ONLY
def test_context_that_does_not_exist(project: DevProject) -> None:
    require_tool("docker")
    said = fail(project, "docker-context", DOCKER_CONTEXT="nowhere")
    assert "docker context use" in said


@PROCESS_ONLY
def test_engine_that_hangs_is_given_up(project: DevProject, mute_engine: str) -> None:
    require_tool("docker")
    said = fail(project, "docker-hung", DOCKER_HOST=mute_engine)
    assert "does not answer within 5 s" in said


@pytest.mark.parametrize("is_holding", [True, False])
def test_tool_that_hangs_is_ended_with_all_that_it_started(
    *, is_holding: bool, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    script = f"#!/bin/sh\nsleep 60 &\necho $$ $! > '{pids}'\nwait\n"
    engine = Engine((str(strangers.write_program(tmp_path, script)),))
    with (tmp_path / "lease").open("w") as lease, pytest.raises(LocalServerError) as caught:
        # The engine itself gets ten seconds more than the program in the container.
        engine.stop("name", grace_s=-9, lease=lease.fileno() if is_holding else None)
    assert caught.value.code == "docker-hung"
    started = [int(pid) for pid in pids.read_text().split()]
    wait_until(lambda: not any(is_alive(pid) for pid in started))


@PROCESS_ONLY
def test_image_that_is_missing_while_offline(project: DevProject) -> None:
    host = require_engine()
    said = fail(project, "docker-image-missing", "--image", "127.0.0.1:1/gone:1", DOCKER_HOST=host)
    assert said.startswith("pulling image 127.0.0.1:1/gone:1 with docker, which takes a while\n")
    assert "try docker pull 127.0.0.1:1/gone:1" in said


@PROCESS_ONLY
def test_wishes_of_both_kinds_are_refused(project: DevProject) -> None:
    for argv in (
        ("--backend", "binary", "--image", "nats"),
        ("--backend", "docker", "--server-binary", "/bin/true"),
        ("--docker-command", "podman", "--server-binary", "/bin/true"),
    ):
        ended = project.dev("up", *argv)
        assert ended.code == 2
        assert "error[backend-unclear]" in ended.stderr
    assert "one of auto, binary, docker" in project.dev("up", "--backend", "moon").stderr
