"""Credentials: checked before they are used, read again when the server no longer takes them"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.connection import open_connection
from iterapp_nats.errors import InputError, Refused
from iterapp_nats.secret import Secret
from iterapp_nats.security.claims import (
    AccountClaims,
    Permissions,
    Revocation,
    SubjectPermission,
    UserClaims,
    UserLimits,
    UserRights,
)
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import KeyPair, Role
from iterapp_nats.settings import Flags, Origin, Source, layer_of, resolve_settings
from tests.client.connecting import (
    COMMAND,
    QUICK,
    HeardEvents,
    connect_only,
    connected,
    run,
    settings_of,
    until,
)
from tests.support.operator_mode import (
    ACCOUNT_NAME,
    OperatorMode,
    build_operator_mode,
    derive_key,
    issue_creds,
)
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from iterapp_nats.client.message import Message
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.settings import Settings

ROTATED = derive_key(Role.USER, "rotated")


def settings_from(environ: Mapping[str, str]) -> Settings:
    return resolve_settings(Flags(), [layer_of(Source(Origin.ENVIRON), environ)])


def creds_of(mode: OperatorMode, user: KeyPair, **rights: object) -> str:
    claims = UserClaims(public_key=user.public_key, name="rotated", **rights)  # type: ignore[arg-type]
    return issue_creds(claims, user, mode.account)


def write_revocation(mode: OperatorMode, user: KeyPair) -> None:
    """Write the account again with a user revoked, for a server to read"""
    revocation = Revocation(user.public_key, int(time.time()) + 1)
    claims = AccountClaims(
        public_key=mode.account.public_key, name=ACCOUNT_NAME, revocations=(revocation,)
    )
    line = f'  {mode.account.public_key}: "{encode_jwt(claims, mode.operator, int(time.time()))}"'
    config = mode.config_path.read_text().splitlines()
    account = next(n for n, text in enumerate(config) if mode.account.public_key in text)
    mode.config_path.write_text("\n".join([*config[:account], line, *config[account + 1 :]]))


def test_content_in_any_form_logs_in(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    text = mode.creds_text

    async def work(settings: Settings) -> None:
        async with open_connection(settings, COMMAND) as connection:
            await connection.confirm()

    with run_server(tmp_path, config_path=mode.config_path) as running:
        for form in (text, text.replace("\n", "\r\n"), text.replace("\n", "\\n"), text.strip()):
            run(work(settings_from({"NATS_URL": running.url, "NATS_CREDENTIALS": form})))
        run(connect_only(running.url, creds=mode.creds_path))


def test_the_same_credentials_twice_are_one(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)

    async def work(settings: Settings) -> None:
        async with open_connection(settings, COMMAND) as connection:
            assert connection.identity is not None

    with run_server(tmp_path, config_path=mode.config_path) as running:
        environ = {
            "NATS_URL": running.url,
            "NATS_CREDENTIALS": mode.creds_text.replace("\n", "\r\n"),
            "NATS_CREDENTIALS_FILE": str(mode.creds_path),
        }
        run(work(settings_from(environ)))


def test_different_credentials_are_an_error_without_a_secret(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    environ = {
        "NATS_URL": "nats://127.0.0.1:1",
        "NATS_CREDENTIALS": creds_of(mode, ROTATED),
        "NATS_CREDENTIALS_FILE": str(mode.creds_path),
    }
    with pytest.raises(InputError) as raised:
        run(open_and_close(settings_from(environ)))
    assert raised.value.code == "credentials-differ"
    assert str(mode.creds_path) in raised.value.message
    assert mode.user.seed.reveal() not in str(raised.value.__dict__)


def test_a_creds_file_that_cannot_be_read_names_its_variable(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.creds"):
        environ = {"NATS_URL": "nats://127.0.0.1:1", "NATS_CREDENTIALS_FILE": str(path)}
        with pytest.raises(InputError, match="NATS_CREDENTIALS_FILE") as raised:
            run(open_and_close(settings_from(environ)))
        assert str(path) in raised.value.message


def test_a_seed_without_a_jwt_does_not_hang(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    seed_only = mode.creds_text[mode.creds_text.index("-----BEGIN USER NKEY SEED") :]
    began = time.monotonic()
    with pytest.raises(InputError) as raised:
        run(open_and_close(settings_from({"NATS_URL": "nats://h", "NATS_CREDENTIALS": seed_only})))
    assert time.monotonic() - began < 1
    assert mode.user.seed.reveal() not in str(raised.value.__dict__)


def test_expired_credentials_are_refused_before_dialling(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, expires_at=int(time.time()) - 10)
    with pytest.raises(InputError) as raised:
        run(connect_only("nats://127.0.0.1:1", creds=mode.creds_path))
    assert raised.value.code == "creds-expired"


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    stranger = derive_key(Role.ACCOUNT, "stranger")
    claims = UserClaims(public_key=ROTATED.public_key, name="stranger")
    mode.creds_path.write_text(issue_creds(claims, ROTATED, stranger))
    with run_server(tmp_path, config_path=mode.config_path) as running:
        with pytest.raises(Refused) as raised:
            run(connect_only(running.url, creds=mode.creds_path))
        assert raised.value.code == "login-refused"


@pytest.mark.parametrize("tls", [False, True], ids=["plaintext", "tls"])
@pytest.mark.parametrize("policy", [COMMAND, QUICK], ids=["command", "reconnecting"])
def test_a_revoked_user_is_cut_off_with_the_reason(
    tmp_path: Path,
    policy: ConnectPolicy,
    tls: bool,
) -> None:
    mode = build_operator_mode(tmp_path, tls=tls)

    async def work(running: RunningServer) -> None:
        async with connected(
            running.url, policy, creds=mode.creds_path, ca=mode.ca_path
        ) as connection:
            await connection.confirm()
            write_revocation(mode, mode.user)
            running.reload()
            with pytest.raises(Refused) as raised:
                await connection.wait(asyncio.sleep(10), None)
            assert raised.value.code == "credentials-revoked"
            with pytest.raises(Refused):
                await connection.publish("orders.new")

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running))


def test_rotated_credentials_bring_a_revoked_user_back(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)

    async def work(running: RunningServer) -> None:
        heard: asyncio.Queue[Message] = asyncio.Queue()
        events = HeardEvents()
        async with connected(
            running.url, QUICK, creds=mode.creds_path, events=events
        ) as connection:
            await connection.subscribe("news", heard.put)
            mode.creds_path.write_text(creds_of(mode, ROTATED))
            write_revocation(mode, mode.user)
            running.reload()
            await until(lambda: connection.gaps)
            assert connection.identity is not None
            assert connection.identity.user_public_key == ROTATED.public_key
            await connection.publish("news", b"still here")
            assert (await asyncio.wait_for(heard.get(), 5)).payload == b"still here"
            await connection.confirm()
        assert events.losses == 1

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running))


def test_credentials_rotated_during_an_outage_are_used(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)

    async def work(running: RunningServer) -> None:
        async with connected(running.url, QUICK, creds=mode.creds_path) as connection:
            running.stop()
            write_revocation(mode, mode.user)
            mode.creds_path.write_text(creds_of(mode, ROTATED))
            running.start_again()
            await until(lambda: connection.gaps)
            await connection.confirm()
            assert connection.identity is not None
            assert connection.identity.user_public_key == ROTATED.public_key

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running))


def test_a_user_that_expires_is_cut_off_with_the_reason(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, expires_at=int(time.time()) + 2)

    async def work(url: str) -> None:
        async with connected(url, QUICK, creds=mode.creds_path) as connection:
            with pytest.raises(Refused) as raised:
                await connection.wait(asyncio.sleep(10), None)
            assert raised.value.code == "credentials-expired"

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running.url))


def test_a_payload_over_the_limit_of_the_user_is_told(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    limits = UserLimits(payload_bytes=100)
    mode.creds_path.write_text(creds_of(mode, ROTATED, rights=UserRights(limits=limits)))

    async def work(url: str) -> None:
        async with connected(url, QUICK, creds=mode.creds_path) as connection:
            await connection.publish("orders.new", b"x" * 101)
            with pytest.raises(Refused) as raised:
                await connection.confirm()
            assert raised.value.code == "payload-limit"

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running.url))


def test_a_user_without_room_for_subscriptions_is_told(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    limits = UserLimits(subscriptions=1)
    mode.creds_path.write_text(creds_of(mode, ROTATED, rights=UserRights(limits=limits)))

    async def ignore(_message: Message) -> None:
        return None

    async def work(url: str) -> None:
        async with connected(url, QUICK, creds=mode.creds_path) as connection:
            with pytest.raises(Refused) as raised:
                await asyncio.gather(*(connection.subscribe(s, ignore) for s in ("one", "two")))
            assert raised.value.code == "subscription-limit"

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running.url))


def test_permissions_of_the_jwt_are_named(tmp_path: Path) -> None:
    only_orders = SubjectPermission(allow=("orders.>", "_INBOX.>"))
    mode = build_operator_mode(tmp_path, permissions=Permissions(publish=only_orders))

    async def work(url: str) -> None:
        async with connected(url, creds=mode.creds_path) as connection:
            with pytest.raises(Refused, match=r"Invoices\.Get"):
                await connection.request("Invoices.Get")

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work(running.url))


def test_no_secret_is_in_a_traceback(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    settings = replace(settings_of("nats://h"), credentials=Secret(mode.creds_text))
    assert mode.user.seed.reveal() not in repr(settings)


async def open_and_close(settings: Settings) -> None:
    async with open_connection(settings, COMMAND):
        pass
