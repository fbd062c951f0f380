from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import iterapp_nats
from iterapp_nats import ConnectPolicy, InputError, Refused, Unreachable
from iterapp_nats.security.claims import UserClaims
from iterapp_nats.security.nkey import Role
from tests.client.connecting import COMMAND, run
from tests.support.operator_mode import build_operator_mode, derive_key, issue_creds
from tests.support.servers import HOST, RunningServer, free_port, run_server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def test_an_app_publishes_and_receives(server: RunningServer) -> None:
    async def work() -> None:
        async with iterapp_nats.connect(server.url) as connection:
            messages = connection.messages("hello")

            async def first() -> bytes:
                async for message in messages:
                    return message.payload
                raise AssertionError

            import asyncio

            waiting = asyncio.ensure_future(first())
            await asyncio.sleep(0.05)
            await connection.publish("hello", b"world")
            assert await waiting == b"world"
            await messages.aclose()

    run(work())


def test_the_variables_of_the_platform_are_enough(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)

    async def work(environ: Mapping[str, str]) -> None:
        async with iterapp_nats.connect(environ=environ) as connection:
            await connection.confirm()
            assert connection.identity is not None

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(
            work(
                {
                    "NATS_URL": running.url,
                    "NATS_CREDENTIALS": mode.creds_text,
                    "NATS_CREDENTIALS_FILE": str(mode.creds_path),
                    "NATS_CA_FILE": str(mode.ca_path),
                }
            )
        )


def test_the_process_environment_is_the_default(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATS_URL", server.url)

    async def work() -> None:
        async with iterapp_nats.connect() as connection:
            assert connection.server.port == server.port

    run(work())


def test_credentials_of_the_environment_do_not_go_to_another_server(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    environ = {"NATS_URL": "nats://elsewhere", "NATS_CREDENTIALS": mode.creds_text}

    async def work(url: str) -> None:
        async with iterapp_nats.connect(url, environ=environ):
            raise AssertionError

    with (
        run_server(tmp_path, config_path=mode.config_path) as running,
        pytest.raises(Refused) as raised,
    ):
        run(work(running.url))
    assert raised.value.code == "login-missing"


def test_content_that_is_passed_goes_before_that_of_the_environment(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    other = derive_key(Role.USER, "other")
    claims = UserClaims(public_key=other.public_key, name="other")
    passed = issue_creds(claims, other, mode.account)

    async def work(environ: Mapping[str, str]) -> None:
        async with iterapp_nats.connect(credentials=passed, environ=environ) as connection:
            assert connection.identity is not None
            assert connection.identity.user_public_key == other.public_key

    with run_server(tmp_path, config_path=mode.config_path) as running:
        run(work({"NATS_URL": running.url, "NATS_CREDENTIALS": mode.creds_text}))
        run(work({"NATS_URL": running.url, "NATS_CREDENTIALS_FILE": str(mode.creds_path)}))


def test_a_policy_that_gives_up_is_followed() -> None:
    async def work(policy: ConnectPolicy) -> None:
        async with iterapp_nats.connect(f"nats://{HOST}:{free_port()}", policy=policy):
            raise AssertionError

    with pytest.raises(Unreachable):
        run(work(COMMAND))


def test_retries_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def work(running: RunningServer) -> None:
        import asyncio

        running.stop()
        asyncio.get_running_loop().call_later(0.1, running.start_again)
        policy = ConnectPolicy(retry_s=0.05)
        async with iterapp_nats.connect(running.url, policy=policy):
            pass

    with run_server(tmp_path) as running:
        run(work(running))
    assert "connection refused (attempt 1, trying again)" in caplog.text


def test_a_bad_url_is_told_before_anything_is_awaited() -> None:
    with pytest.raises(InputError, match="ftp"):
        iterapp_nats.connect("ftp://nats")
