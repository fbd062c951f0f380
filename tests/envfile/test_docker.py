from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from iterapp_nats.envfile.container import container_url
from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from tests.envfile.docker_engine import open_engine
from tests.envfile.samples import CREDS
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

GATEWAY = "host.docker.internal:host-gateway"
SECURE = Variables(
    url="tls://localhost:4222",
    credentials=Secret(CREDS),
    credentials_file="/srv/app/nats.creds",
    ca_file="/srv/app/ca.pem",
)


def test_files_are_mounted_and_the_host_is_reached_by_name(tmp_path: Path) -> None:
    arguments = render_variables(Consumer.DOCKER, SECURE)
    body = _create(f"docker create {arguments.text.strip()} app", tmp_path)
    assert _environ(body) == {
        "NATS_URL": "tls://host.docker.internal:4222",
        "NATS_CREDENTIALS_FILE": "/run/iterapp-nats/nats.creds",
        "NATS_CA_FILE": "/run/iterapp-nats/ca.pem",
    }
    assert _mounts(body) == {
        "/run/iterapp-nats/nats.creds": "/srv/app/nats.creds",
        "/run/iterapp-nats/ca.pem": "/srv/app/ca.pem",
    }
    assert body["HostConfig"]["ExtraHosts"] == [GATEWAY]
    assert arguments.notes == ()


@pytest.mark.parametrize("path", ["/a, b/ca.pem", '/say "hi"/ca.pem', "/it's $HOME/ä:b=c.pem"])
def test_awkward_path_is_mounted_exactly_by_eval(path: str, tmp_path: Path) -> None:
    arguments = render_variables(Consumer.DOCKER, Variables("nats://nats:4222", ca_file=path))
    (tmp_path / "arguments").write_text(arguments.text)
    body = _create('eval "docker create $(cat arguments) app"', tmp_path)
    assert _mounts(body) == {"/run/iterapp-nats/ca.pem": path}
    assert "eval" in arguments.notes[0]


def test_content_of_credentials_is_inherited_and_stands_on_no_command_line(tmp_path: Path) -> None:
    variables = Variables("nats://nats:4222", credentials=Secret(CREDS))
    arguments = render_variables(Consumer.DOCKER, variables)
    body = _create(
        f"docker create {arguments.text.strip()} app", tmp_path, {"NATS_CREDENTIALS": CREDS}
    )
    assert _environ(body) == {"NATS_URL": "nats://nats:4222", "NATS_CREDENTIALS": CREDS}
    assert arguments.text == "-e NATS_CREDENTIALS -e NATS_URL=nats://nats:4222\n"
    assert "NATS_CREDENTIALS must be set in the shell" in arguments.notes[0]


def test_address_with_a_login_is_inherited_too() -> None:
    arguments = render_variables(Consumer.DOCKER, Variables("nats://user:hush@localhost:4222"))
    assert arguments.text == f"-e NATS_URL --add-host={GATEWAY}\n"
    assert "hush" not in "".join(arguments.notes)
    assert "127.0.0.1 must read host.docker.internal" in arguments.notes[1]


def test_path_with_a_newline_is_refused() -> None:
    with pytest.raises(InputError, match="NATS_CA_FILE cannot be written for docker"):
        render_variables(Consumer.DOCKER, Variables("nats://nats:4222", ca_file="/a\nb"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("nats://127.0.0.1:4222", "nats://host.docker.internal:4222"),
        ("127.0.0.5", "host.docker.internal"),
        ("LOCALHOST:4222", "host.docker.internal:4222"),
        ("tls://[::1]:4222", "tls://host.docker.internal:4222"),
        ("nats://localhost:hush@localhost", "nats://localhost:hush@host.docker.internal"),
        ("nats://a:1, nats://localhost:2", "nats://a:1,nats://host.docker.internal:2"),
        ("nats://localhost.example:4222", "nats://localhost.example:4222"),
        ("nats://127.0.0.1.example", "nats://127.0.0.1.example"),
    ],
)
def test_only_the_loopback_host_is_rewritten(url: str, expected: str) -> None:
    assert container_url(url) == expected


def _create(script: str, folder: Path, environ: dict[str, str] | None = None) -> dict[str, Any]:
    require_tool("docker")
    with open_engine() as engine:
        base = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env={**base, "DOCKER_HOST": engine.host, **(environ or {})},
            capture_output=True,
            check=False,
            timeout=30,
        )
    assert done.returncode == 0, done.stderr
    return engine.created[0]


def _environ(body: dict[str, Any]) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in body["Env"])


def _mounts(body: dict[str, Any]) -> dict[str, str]:
    mounts = body["HostConfig"]["Mounts"]
    assert all(mount["Type"] == "bind" and mount["ReadOnly"] for mount in mounts)
    return {mount["Target"]: mount["Source"] for mount in mounts}
