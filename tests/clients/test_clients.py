"""Clients of other languages log in with our credentials and trust our certificates, unchanged"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.security.certificates.key_type import KeyType
from tests.support.operator_mode import OperatorMode, build_operator_mode
from tests.support.refusals import replace_ca, user_creds
from tests.support.servers import HOST, RunningServer, run_server
from tests.support.tools import require_file, require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator


ROOT = Path(__file__).parent.parent.parent
KITS = ROOT / ".cache" / "ci" / "clients"
CLIENTS = ("nats", "@nats-io/transport-node", "go", "c")
HOSTS = ("localhost", HOST)
STRICT_PYTHON = (3, 13)
# What Python 3.13 sets by itself is set by hand for an older one.
HANDSHAKE = """
import socket, ssl, sys
host, port, ca = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
if sys.version_info < (3, 13):
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
assert context.verify_flags & ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", int(port)), 10) as plain:
    while not plain.recv(4096).endswith(b"\\r\\n"):
        pass
    with context.wrap_socket(plain, server_hostname=host) as secure:
        print(secure.version())
"""


def command_of(client: str) -> list[str]:
    """Return the start of a client's command line"""
    made_by = "what .ci/run clients makes"
    if client in ("go", "c"):
        return [require_file(str(KITS / f"login-{client}"), of=made_by)]
    require_file(str(KITS / "node" / "node_modules"), of=made_by)
    return [require_tool("node"), str(KITS / "node" / "login.mjs"), client]


def log_in(client: str, url: str, mode: OperatorMode) -> subprocess.CompletedProcess[str]:
    command = [*command_of(client), url, str(mode.creds_path), str(mode.ca_path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@pytest.fixture(scope="module", params=KeyType)
def mode(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OperatorMode:
    folder = tmp_path_factory.mktemp("mode")
    return build_operator_mode(folder, tls=True, key_type=request.param)


@pytest.fixture(scope="module")
def secure(mode: OperatorMode) -> Iterator[RunningServer]:
    with run_server(mode.folder, config_path=mode.config_path) as running:
        yield running


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("host", HOSTS)
def test_client_logs_in_and_gets_its_message(
    client: str, host: str, secure: RunningServer, mode: OperatorMode
) -> None:
    ended = log_in(client, f"tls://{host}:{secure.port}", mode)
    assert (ended.stdout, ended.returncode) == ("hello\n", 0), ended.stderr


@pytest.mark.parametrize("client", CLIENTS)
def test_client_refuses_another_authority(client: str, tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)
    with run_server(tmp_path, config_path=mode.config_path) as running:
        replace_ca(tmp_path)
        ended = log_in(client, f"tls://{HOST}:{running.port}", mode)
    assert ended.returncode != 0
    assert ended.stdout == ""


@pytest.mark.parametrize("client", CLIENTS)
def test_server_refuses_a_client_with_expired_creds(client: str, tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)
    mode.creds_path.write_text(user_creds(mode, expires_at=1))
    with run_server(tmp_path, config_path=mode.config_path) as running:
        ended = log_in(client, f"tls://{HOST}:{running.port}", mode)
    assert ended.returncode != 0
    assert ended.stdout == ""


def find_strict_python() -> str:
    """Return a Python that checks X.509 strictly by itself where one is installed, else this one"""
    if sys.version_info >= STRICT_PYTHON:
        return sys.executable
    homes = [*os.environ["PATH"].split(os.pathsep)]
    homes += [str(path) for path in Path.home().glob(".pyenv/versions/3.1[3-9]*/bin")]
    candidates = (Path(home) / name for home in homes for name in ("python3.13", "python3.14"))
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and is_working(candidate):
            return str(candidate)
    return sys.executable


def is_working(python: Path) -> bool:
    # A shim stands for a version that may not be chosen in this folder.
    tried = subprocess.run([python, "-c", "import ssl"], capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "host.docker.internal"])
def test_python_with_strict_checks_shakes_hands(
    host: str, secure: RunningServer, mode: OperatorMode
) -> None:
    command = [find_strict_python(), "-c", HANDSHAKE, host, str(secure.port), str(mode.ca_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert ended.stdout == "TLSv1.3\n", ended.stderr
