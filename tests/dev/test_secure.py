"""A secure server with real clients: accounts, creds and TLS as on the platform"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import os
import signal
from typing import TYPE_CHECKING

import pytest

import iterapp_nats
from iterapp_nats.client.opening.first_login import prove_login
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.dev import server
from iterapp_nats.dev.accounts.variables import load_variables
from iterapp_nats.dev.accounts.vault import load_creds, load_realm
from iterapp_nats.dev.inspection import Condition
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import InputError, LocalServerError, Refused, Unreachable
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.realm import CA_NAME, SYSTEM_CREDS_NAME, AppEnvironment
from iterapp_nats.server_url import ServerUrl
from tests.dev.dev_project import DevProject, condition, start, wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from iterapp_nats.client.connection import Connection

SECURE = ServerOptions(port=0, secure=True)
COMMAND = ConnectPolicy.for_command()


def environ(project: DevProject, environment: str | None = None) -> dict[str, str]:
    variables = load_variables(project.state_folder, project.state, environment=environment)
    return {name: value.reveal() for name, value in variables.items()}


def connected(
    project: DevProject,
    work: Callable[[Connection], Awaitable[None]],
    environment: str | None = None,
) -> None:
    async def run() -> None:
        given = environ(project, environment)
        async with iterapp_nats.connect(environ=given, policy=COMMAND) as connection:
            await work(connection)

    asyncio.run(run())


async def confirm(connection: Connection) -> None:
    await connection.confirm()


def test_app_logs_in_with_the_variables_of_the_server(project: DevProject) -> None:
    result = start(project, SECURE)
    assert result.state.url.startswith("tls://127.0.0.1:")
    realm = load_realm(project.state_folder)
    assert realm

    async def work(connection: Connection) -> None:
        await connection.confirm()
        assert connection.identity
        assert connection.identity.account_public_key == realm.accounts[0].public_key

    connected(project, work)


@pytest.mark.parametrize("missing", ["NATS_CREDENTIALS", "NATS_CA_FILE"])
def test_without_creds_or_ca_nobody_gets_in(missing: str, project: DevProject) -> None:
    start(project, SECURE)
    given = {name: value for name, value in environ(project).items() if missing not in name}

    async def work() -> None:
        async with iterapp_nats.connect(environ=given, policy=COMMAND):
            raise AssertionError

    with pytest.raises((Refused, Unreachable)) as raised:
        asyncio.run(work())
    assert raised.value.code in {"login-missing", "tls-ca-missing"}


def test_environment_is_added_while_a_client_stays_connected(project: DevProject) -> None:
    before = start(project, SECURE).state

    async def work(connection: Connection) -> None:
        result = await asyncio.to_thread(start, project, ServerOptions(environments=("prod",)))
        assert result.was_running
        assert result.notes == ("added the account shop-prod; the server goes on",)
        async with iterapp_nats.connect(environ=environ(project, "prod"), policy=COMMAND) as other:
            await other.confirm()
        await connection.confirm()

    connected(project, work)
    assert project.state.generation == before.generation
    assert project.state.default_account == AppEnvironment("shop", "prod")


def test_accounts_do_not_hear_each_other(project: DevProject) -> None:
    start(project, ServerOptions(port=0, environments=("test", "prod")))

    async def work(connection: Connection) -> None:
        messages = connection.messages("hello")
        waiting = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0.05)
        async with iterapp_nats.connect(environ=environ(project, "prod"), policy=COMMAND) as other:
            await other.publish("hello", b"from prod")
            await other.confirm()
        await connection.publish("hello", b"from test")
        assert (await waiting).payload == b"from test"
        await messages.aclose()

    connected(project, work, "test")


def test_mode_and_accounts_are_remembered_over_down_and_up(project: DevProject) -> None:
    start(project, ServerOptions(port=0, environments=("test", "prod")))
    keys = load_realm(project.state_folder)
    server.stop(project.state_folder)
    state = start(project, ServerOptions()).state
    assert state.default_account == AppEnvironment("shop", "test")
    assert load_realm(project.state_folder) == keys
    connected(project, confirm, "prod")


def test_crashed_server_comes_back_secure(project: DevProject) -> None:
    start(project, SECURE)
    os.kill(project.pid, signal.SIGKILL)
    wait_until(lambda: condition(project) is Condition.STALE)
    assert start(project, ServerOptions()).state.default_account
    connected(project, confirm)


def test_restart_changes_mode_jetstream_and_names(project: DevProject) -> None:
    url = start(project, ServerOptions(port=0)).state.url
    options = ServerOptions(secure=True, jetstream=True, names=("nats.local",))
    secure = server.restart(project.state_folder, options, project.backend).state
    assert secure.url == url.replace("nats://", "tls://")

    async def store(connection: Connection) -> None:
        stream = b'{"name": "ORDERS", "subjects": ["orders"]}'
        reply = await connection.request("$JS.API.STREAM.CREATE.ORDERS", stream, timeout_s=5)
        assert b'"error"' not in reply.payload

    connected(project, store)
    realm = load_realm(project.state_folder)
    assert realm
    assert "nats.local" in realm.server_names
    plain = server.restart(project.state_folder, ServerOptions(secure=False), project.backend).state
    assert plain.url == url
    assert environ(project) == {"NATS_URL": url}


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (ServerOptions(port=0), ServerOptions(secure=True), "no accounts and no TLS"),
        (ServerOptions(port=0), ServerOptions(environments=("test",)), "no accounts and no TLS"),
        (SECURE, ServerOptions(secure=False), "accounts and TLS"),
        (SECURE, ServerOptions(names=("localhost", "nats.local")), "that lacks nats.local"),
        (SECURE, ServerOptions(key_type=KeyType.ECDSA), "that is ed25519, not ecdsa"),
        (SECURE, ServerOptions(jetstream=True), "JetStream off"),
    ],
    ids=["plain", "plain by account", "secure", "name", "key type", "jetstream"],
)
def test_other_mode_than_that_of_the_running_server_differs(
    first: ServerOptions, second: ServerOptions, words: str, project: DevProject
) -> None:
    start(project, first)
    with pytest.raises(LocalServerError, match=words) as raised:
        start(project, second)
    assert raised.value.code == "server-differs"
    assert start(project, ServerOptions()).was_running


def test_unusable_vault_leaves_the_running_server_alone(project: DevProject) -> None:
    start(project, SECURE)
    (project.state_folder.path / "vault.json").write_text("{}")
    for call in (start, lambda *_: server.restart(project.state_folder, SECURE, project.backend)):
        with pytest.raises(LocalServerError) as raised:
            call(project, SECURE)
        assert raised.value.code == "vault-unusable"
    assert condition(project) is Condition.RUNNING
    server.reset(project.state_folder)
    assert start(project, SECURE).state.default_account


def test_run_beside_others_does_not_change_whose_variables_are_given(project: DevProject) -> None:
    before = start(project, SECURE).state
    start(project, ServerOptions(apps=("other",), environments=("prod",)), is_temporary=True)
    assert project.state == before
    connected(project, confirm, "prod")


def test_system_user_sees_every_account(project: DevProject) -> None:
    start(project, SECURE)
    given = environ(project) | {
        "NATS_CREDENTIALS": (project.state_folder.path / SYSTEM_CREDS_NAME).read_text(),
        "NATS_CREDENTIALS_FILE": "",
    }

    async def work() -> None:
        async with iterapp_nats.connect(environ=given, policy=COMMAND) as connection:
            reply = await connection.request("$SYS.REQ.SERVER.PING", b"", timeout_s=5)
            assert project.state.generation.encode() in reply.payload

    asyncio.run(work())


def test_server_that_refuses_the_first_login_is_not_ready(project: DevProject) -> None:
    start(project, SECURE)
    server.stop(project.state_folder)
    realm = load_realm(project.state_folder)
    assert realm
    # Not empty, so that it is not made again.
    (project.state_folder.path / realm.accounts[0].jwt_name).write_text("damaged")
    with pytest.raises(LocalServerError, match="its first login failed") as raised:
        start(project, ServerOptions())
    assert raised.value.code == "server-not-started"
    assert project.servers() == []


def test_login_is_proven_against_our_ca_alone(project: DevProject) -> None:
    state = start(project, SECURE).state
    folder = project.state_folder
    assert state.default_account
    creds = load_creds(folder, state.default_account)
    url = ServerUrl("tls", state.host, state.port)
    prove_login(url, creds, folder.path / CA_NAME, 5)
    server.reset(folder)
    start(project, ServerOptions(port=state.port, secure=True))
    with pytest.raises(Refused):
        prove_login(url, creds, folder.path / CA_NAME, 5)


def test_unknown_account_is_named_with_what_adds_it(project: DevProject) -> None:
    start(project, SECURE)
    with pytest.raises(InputError, match="no account shop-snap") as raised:
        environ(project, "snap")
    assert raised.value.hints[0] == "add it with iterapp-nats dev up --environment snap"
