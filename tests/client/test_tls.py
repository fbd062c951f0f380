"""Plaintext is never a fallback, and what is wrong with a certificate is said at once"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.errors import InputError, Unreachable
from iterapp_nats.security.certificates.authority import (
    generate_authority,
    issue_server_certificate,
)
from tests.client.connecting import QUICK, HeardEvents, connect_only, connected, run, until
from tests.support.operator_mode import OperatorMode, build_operator_mode, entropy_of
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def mode(tmp_path_factory: pytest.TempPathFactory) -> OperatorMode:
    return build_operator_mode(tmp_path_factory.mktemp("mode"), tls=True)


@pytest.fixture(scope="module")
def secure(mode: OperatorMode) -> Iterator[RunningServer]:
    with run_server(mode.folder, config_path=mode.config_path) as running:
        yield running


def test_the_ca_alone_makes_the_connection_encrypted(
    secure: RunningServer, mode: OperatorMode
) -> None:
    async def work() -> None:
        async with connected(secure.url, creds=mode.creds_path, ca=mode.ca_path) as connection:
            await connection.confirm()
            assert connection.server.tls_required
            assert connection.identity is not None
            assert connection.identity.user_public_key == mode.user.public_key

    run(work())


def test_another_ca_is_untrusted_at_once(
    secure: RunningServer, mode: OperatorMode, tmp_path: Path
) -> None:
    other = _write_authority(tmp_path, "another authority")
    began = time.monotonic()
    with pytest.raises(Unreachable, match="not signed by CN=another authority") as raised:
        run(connect_only(secure.url, creds=mode.creds_path, ca=other))
    assert raised.value.code == "tls-untrusted"
    assert time.monotonic() - began < 1


def test_without_a_ca_a_private_one_is_untrusted(secure: RunningServer, mode: OperatorMode) -> None:
    with pytest.raises(Unreachable) as raised:
        run(connect_only(secure.url, creds=mode.creds_path))
    assert raised.value.code == "tls-ca-missing"
    assert "NATS_CA_FILE" in raised.value.hints[0]


def test_an_app_does_not_hang_on_an_untrusted_certificate(
    secure: RunningServer, mode: OperatorMode, tmp_path: Path
) -> None:
    other = _write_authority(tmp_path, "another authority")
    with pytest.raises(Unreachable) as raised:
        run(connect_only(secure.url, ConnectPolicy.for_app(), creds=mode.creds_path, ca=other))
    assert raised.value.code == "tls-untrusted"


def test_a_host_that_the_certificate_does_not_name(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)
    _replace_server_certificate(tmp_path, ("nats.example",), int(time.time()))
    with (
        run_server(tmp_path, config_path=mode.config_path) as running,
        pytest.raises(Unreachable) as raised,
    ):
        run(connect_only(running.url, creds=mode.creds_path, ca=mode.ca_path))
    assert raised.value.code == "tls-hostname"
    assert HOST in raised.value.message


def test_an_expired_certificate(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)
    _replace_server_certificate(tmp_path, ("localhost", HOST), int(time.time()) - 60 * 86400)
    with (
        run_server(tmp_path, config_path=mode.config_path) as running,
        pytest.raises(Unreachable) as raised,
    ):
        run(connect_only(running.url, creds=mode.creds_path, ca=mode.ca_path))
    assert raised.value.code == "tls-expired"


@pytest.mark.parametrize("scheme", ["nats", "tls"])
def test_a_plaintext_server_gets_no_login(mode: OperatorMode, scheme: str) -> None:
    def greet(wire: Wire) -> None:
        wire.greet(nonce="abc", auth_required=True)
        wire.read_to_end()

    with run_peer(greet) as peer:
        url = f"{scheme}://{HOST}:{peer.port}"
        with pytest.raises(Unreachable, match="offers none") as raised:
            run(connect_only(url, creds=mode.creds_path, ca=mode.ca_path))
        assert raised.value.code == "tls-not-offered"
    assert peer.received == b""
    assert len(peer.wires) == 1, "nats-py was let loose on it"


def test_a_server_that_withdraws_tls_gets_no_login(mode: OperatorMode) -> None:
    def offer(wire: Wire) -> None:
        wire.greet(nonce="abc", auth_required=True, tls_required=True)
        wire.read_to_end()

    def withdraw(wire: Wire) -> None:
        wire.greet(nonce="abc", auth_required=True)
        wire.read_to_end()

    with run_peer(offer, withdraw) as peer:
        with pytest.raises(Unreachable) as raised:
            run(connect_only(peer.url, creds=mode.creds_path, ca=mode.ca_path))
        assert raised.value.code == "tls-not-offered"
    assert b"CONNECT" not in peer.received


def test_optional_tls_is_used_when_it_is_wanted(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)
    config = mode.config_path.read_text() + "allow_non_tls: true\n"
    mode.config_path.write_text(config)

    async def work(url: str) -> None:
        from iterapp_nats.client.nats_py.strict_client import is_encrypted

        async with connected(url, creds=mode.creds_path, ca=mode.ca_path) as connection:
            assert not connection.server.tls_available or connection.server.tls_required
            assert is_encrypted(connection.client)
            await connection.confirm()

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running.url))


def test_a_reconnect_to_plaintext_sends_no_login(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)

    async def work(running: RunningServer, stage: ExitStack) -> None:
        events = HeardEvents()
        async with connected(
            running.url, QUICK, creds=mode.creds_path, ca=mode.ca_path, events=events
        ):
            running.stop()
            peer = stage.enter_context(run_peer(plaintext, port=running.port))
            await until(lambda: len(peer.wires) > 2)
            assert {error.code for error in events.failures} >= {"tls-not-offered"}
            assert b"CONNECT" not in peer.received

    def plaintext(wire: Wire) -> None:
        wire.greet(nonce="abc", auth_required=True)
        wire.read_to_end()

    with run_server(tmp_path, config_path=mode.config_path) as running, ExitStack() as stage:
        run(work(running, stage))


def test_a_restarted_tls_server_is_found_again(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)

    async def work(running: RunningServer) -> None:
        async with connected(
            running.url, QUICK, creds=mode.creds_path, ca=mode.ca_path
        ) as connection:
            running.stop()
            running.start_again()
            await until(lambda: connection.gaps)
            await connection.confirm()

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running))


def test_leaving_a_stalled_tls_server_takes_a_second_at_most(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)

    async def work(running: RunningServer) -> None:
        async with connected(running.url, creds=mode.creds_path, ca=mode.ca_path):
            running.pause()

    with run_server(tmp_path, config_path=mode.config_path) as running:
        began = time.monotonic()
        run(work(running))
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nx\n"])
def test_a_ca_file_without_a_certificate(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ca.pem"
    path.write_text(content)
    with pytest.raises(InputError, match=r"ca\.pem") as raised:
        run(connect_only("nats://127.0.0.1:1", ca=path))
    assert raised.value.code == "ca-invalid"


def test_a_ca_file_that_is_a_folder_or_missing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.pem"):
        with pytest.raises(InputError, match="the CA") as raised:
            run(connect_only("nats://127.0.0.1:1", ca=path))
        assert raised.value.code == "file-unreadable"
        assert str(path) in raised.value.message


def _write_authority(folder: Path, name: str) -> Path:
    path = folder / "other-ca.pem"
    authority = generate_authority(entropy_of(name), int(time.time()), name)
    path.write_text(authority.certificate_pem)
    return path


def _replace_server_certificate(folder: Path, names: tuple[str, ...], now: int) -> None:
    authority = generate_authority(entropy_of("authority"), int(time.time()), "test authority")
    server = issue_server_certificate(authority, entropy_of("server"), now, names, days=30)
    (folder / "server.pem").write_text(server.certificate_pem)
    (folder / "server.key").write_text(server.key_pem.reveal())
