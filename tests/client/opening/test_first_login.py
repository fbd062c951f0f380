"""The login that proves a started server: what it accepts, and the reason for everything else"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.opening.first_login import prove_login
from iterapp_nats.errors import IterappNatsError, Refused, Unreachable
from iterapp_nats.security.issuing import Issuer, add_accounts, new_realm
from iterapp_nats.security.realm import CA_NAME, Realm
from iterapp_nats.server_url import ServerUrl
from tests.support.peers import Wire, run_peer
from tests.support.secure_server import SHOP, SecureServer, run_secure_server, write_realm
from tests.support.servers import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = int(time.time())


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureServer]:
    with run_secure_server(tmp_path_factory.mktemp("secure")) as server:
        yield server


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> tuple[Realm, Path]:
    """A realm of another operator, and where its CA is"""
    realm = add_accounts(new_realm(b"\1" * 32, NOW), (SHOP,), NOW)
    folder = tmp_path_factory.mktemp("foreign")
    write_realm(realm, folder)
    return realm, folder / CA_NAME


def log_in(secure: SecureServer, *, realm: Realm | None = None, ca: Path | None = None) -> None:
    chosen = realm or secure.realm
    creds = Issuer.of(chosen).creds(chosen.accounts[0])
    url = ServerUrl("tls", HOST, secure.running.port)
    prove_login(url, creds, ca or secure.ca_path, 5)


def test_login_of_an_account_is_taken(secure: SecureServer) -> None:
    log_in(secure)


def test_login_of_another_operator_is_refused(
    secure: SecureServer, foreign: tuple[Realm, Path]
) -> None:
    with pytest.raises(Refused) as raised:
        log_in(secure, realm=foreign[0])
    assert raised.value.code == "login-refused"


def test_expired_login_is_refused(secure: SecureServer) -> None:
    account = replace(secure.realm.accounts[0], creds_issued_at=0)
    with pytest.raises(Refused):
        log_in(secure, realm=replace(secure.realm, accounts=(account,)))


def test_certificate_of_another_ca_gets_no_login(
    secure: SecureServer, foreign: tuple[Realm, Path]
) -> None:
    with pytest.raises(Unreachable) as raised:
        log_in(secure, ca=foreign[1])
    assert raised.value.code == "tls-untrusted"


def hang_up(wire: Wire) -> None:
    wire.greet(tls_required=True)


def stall(wire: Wire) -> None:
    wire.greet(tls_required=True)
    wire.read_to_end()


def speak_http(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 400 Bad Request\r\n")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (hang_up, {"server-unreachable", "tls-failed"}),
        (stall, {"connect-timeout"}),
        (speak_http, {"not-a-nats-server"}),
        (lambda _: None, {"server-unreachable"}),
    ],
    ids=["hangs up", "stalls", "http", "silent"],
)
def test_peer_that_is_no_secure_server_is_named(
    script: Callable[[Wire], None], code: set[str], secure: SecureServer
) -> None:
    creds = Issuer.of(secure.realm).creds(secure.realm.accounts[0])
    with run_peer(script) as peer:
        with pytest.raises(IterappNatsError) as raised:
            prove_login(ServerUrl("tls", HOST, peer.port), creds, secure.ca_path, 0.3)
        assert raised.value.code in code
    assert creds.user_jwt.reveal().encode() not in peer.received


def test_nobody_there_is_unreachable(secure: SecureServer) -> None:
    creds = Issuer.of(secure.realm).creds(secure.realm.accounts[0])
    with pytest.raises(Unreachable) as raised:
        prove_login(ServerUrl("tls", HOST, free_port()), creds, secure.ca_path, 1)
    assert raised.value.code == "server-unreachable"
