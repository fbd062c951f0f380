"""The library beside a server of `dev up --secure`: by content, by file, after a rotation"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import iterapp_nats
from iterapp_nats import ConnectPolicy, InputError, Refused
from iterapp_nats.security.creds import render_creds
from iterapp_nats.security.issuing import Issuer
from iterapp_nats.security.realm import AppEnvironment
from tests.client.connecting import COMMAND, QUICK, run, until
from tests.support.secure_server import SHOP, SecureServer, run_secure_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from iterapp_nats.security.identity import CredsIdentity

PROD = AppEnvironment("shop", "prod")
CONTENT = ("NATS_URL", "NATS_CREDENTIALS", "NATS_CA_FILE")
FILE = ("NATS_URL", "NATS_CREDENTIALS_FILE", "NATS_CA_FILE")


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[SecureServer]:
    with run_secure_server(tmp_path, SHOP, PROD) as server:
        yield server


def picked(secure: SecureServer, names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in secure.environ().items() if name in names}


def identity_of(environ: Mapping[str, str], policy: ConnectPolicy = COMMAND) -> CredsIdentity:
    async def work() -> CredsIdentity:
        async with iterapp_nats.connect(environ=environ, policy=policy) as connection:
            await connection.confirm()
            assert connection.identity
            return connection.identity

    return run(work())


def rotate(secure: SecureServer, owner: AppEnvironment = SHOP, *, age_s: int = 60) -> int:
    """Replace the creds file of the shop by creds of `owner` issued later; return when"""
    account = secure.realm.find(owner)
    assert account
    renewed = replace(account, creds_issued_at=account.creds_issued_at + age_s)
    creds = Issuer.of(secure.realm).creds(renewed)
    secure.creds_path().write_text(render_creds(creds))
    return renewed.creds_issued_at


@pytest.mark.parametrize(
    "names", [CONTENT, FILE, (*CONTENT, *FILE)], ids=["content", "file", "both"]
)
def test_an_app_logs_in_by_content_and_by_file(
    names: tuple[str, ...], secure: SecureServer
) -> None:
    assert identity_of(picked(secure, names)).tags == SHOP.tags


def test_an_app_may_pass_what_the_platform_gives(secure: SecureServer) -> None:
    async def work(**given: str) -> None:
        async with iterapp_nats.connect(
            secure.url, ca_file=str(secure.ca_path), environ={}, policy=COMMAND, **given
        ) as connection:
            await connection.confirm()

    run(work(credentials=secure.creds_path(PROD).read_text()))
    run(work(credentials_file=str(secure.creds_path(PROD))))


def test_rotated_file_is_picked_up_by_the_next_connect(secure: SecureServer) -> None:
    environ = picked(secure, FILE)
    before = identity_of(environ)
    issued_at = rotate(secure)
    after = identity_of(environ)
    assert before.issued_at < after.issued_at == issued_at
    assert before.user_public_key == after.user_public_key
    rotate(secure, PROD)
    assert identity_of(environ).tags == PROD.tags


def test_rotated_file_is_picked_up_by_the_next_reconnect(secure: SecureServer) -> None:
    async def work() -> None:
        environ = picked(secure, FILE)
        async with iterapp_nats.connect(environ=environ, policy=QUICK) as connection:
            issued_at = rotate(secure)
            secure.running.stop()
            secure.running.start_again()
            await until(lambda: connection.gaps)
            await connection.confirm()
            assert connection.identity
            assert connection.identity.issued_at == issued_at

    run(work())


def test_content_that_the_rotated_file_has_left_behind_is_an_error(secure: SecureServer) -> None:
    environ = secure.environ()
    rotate(secure)
    with pytest.raises(InputError) as raised:
        identity_of(environ)
    assert raised.value.code == "credentials-differ"


def test_unknown_account_is_refused_before_clients_lose_patience(secure: SecureServer) -> None:
    account = secure.realm.find(PROD)
    assert account
    (secure.folder / account.jwt_name).unlink()
    with pytest.raises(Refused) as raised:
        identity_of(secure.environ(PROD), ConnectPolicy(timeout_s=1.5))
    assert raised.value.code == "login-refused"


def test_end_of_a_tls_connection_is_no_news(
    secure: SecureServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        identity_of(secure.environ())
    assert caplog.messages == []
