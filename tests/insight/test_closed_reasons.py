"""Why a real server closes connections, as `why` learns it"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.insight.why import Closing, find_out_why
from iterapp_nats.security.claims import UserClaims, UserLimits, UserRights
from iterapp_nats.security.nkey import Role
from tests.client.connecting import connected, run, settings_of
from tests.client.test_credentials import write_revocation
from tests.support.clients import deaf_client
from tests.support.operator_mode import (
    OperatorMode,
    build_operator_mode,
    derive_key,
    issue_creds,
)
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from iterapp_nats.client.connection import Connection

VICTIM: Final = derive_key(Role.USER, "victim")


@contextmanager
def served(
    folder: Path, config: str = "", **fields: object
) -> Iterator[tuple[RunningServer, OperatorMode, Path]]:
    """A server, and beside its usual user a victim whose creds stand in a file of their own"""
    mode = build_operator_mode(folder)
    mode.config_path.write_text(mode.config_path.read_text() + config)
    claims = UserClaims(public_key=VICTIM.public_key, name="victim", **fields)  # type: ignore[arg-type]
    path = folder / "victim.creds"
    path.write_text(issue_creds(claims, VICTIM, mode.account))
    with run_server(folder, config_path=mode.config_path) as running:
        yield running, mode, path


def closing_after(
    running: RunningServer,
    mode: OperatorMode,
    creds: Path,
    happen: Callable[[Connection], Awaitable[object]],
    *,
    waits: bool = True,
) -> Closing:
    """Let something happen to a client called victim, and ask with the other user why it went"""

    async def work() -> Closing:
        settings = settings_of(running.url, creds=creds)
        async with open_connection(settings, ConnectPolicy.for_command(), name="victim") as victim:
            try:
                await happen(victim)
                if waits:
                    await victim.wait(asyncio.sleep(10), None)
            except IterappNatsError:
                pass
        return await ask(running, mode)

    return run(work())


async def ask(running: RunningServer, mode: OperatorMode) -> Closing:
    async with asyncio.timeout(10), connected(running.url, creds=mode.creds_path) as connection:
        while True:
            report = await find_out_why(connection, "victim")
            if report.closings:
                return report.closings[0]
            await asyncio.sleep(0.02)


# Deaf ones below: a client that closes when it is told why may be faster than the server, which
# then knows no reason but that.


def test_revoked_user(tmp_path: Path) -> None:
    with (
        served(tmp_path) as (running, mode, creds),
        deaf_client(running.port, creds.read_text(), "victim", "news"),
    ):
        write_revocation(mode, VICTIM)
        running.reload()
        closing = run(ask(running, mode))
    assert closing.reason == "Credentials Revoked"
    assert "revoked" in closing.meaning
    assert "new creds" in closing.fix


def test_expired_user(tmp_path: Path) -> None:
    with served(tmp_path) as (running, mode, _):
        # Only now: on a busy machine the start of a server takes seconds.
        claims = UserClaims(
            public_key=VICTIM.public_key, name="victim", expires_at=int(time.time()) + 3
        )
        creds = issue_creds(claims, VICTIM, mode.account)
        with deaf_client(running.port, creds, "victim", "news"):
            closing = run(ask(running, mode))
    assert "Expired" in closing.reason
    assert "expired while the client was connected" in closing.meaning


def test_payload_over_the_limit_of_the_user(tmp_path: Path) -> None:
    rights = UserRights(limits=UserLimits(payload_bytes=100))
    with (
        served(tmp_path, rights=rights) as (running, mode, creds),
        deaf_client(running.port, creds.read_text(), "victim", "news") as victim,
    ):
        victim.sendall(b"PUB orders.new 101\r\n" + b"x" * 101 + b"\r\n")
        closing = run(ask(running, mode))
    assert closing.reason == "Maximum Message Payload Exceeded"
    assert "larger than the server, the account or the user allows" in closing.meaning


def test_kicked_by_an_operator(tmp_path: Path) -> None:
    with served(tmp_path) as (running, mode, creds):

        async def kick(victim: Connection) -> None:
            subject = f"$SYS.REQ.SERVER.{victim.server.server_id}.KICK"
            question = json.dumps({"cid": victim.client.client_id}).encode()
            async with connected(running.url, creds=mode.system_creds_path) as system:
                await system.request(subject, question)

        closing = closing_after(running, mode, creds, kick)
    assert closing.reason == "Kicked"
    assert "an operator of the server" in closing.meaning


def test_client_that_answers_no_ping(tmp_path: Path) -> None:
    config = 'ping_interval: "100ms"\nping_max: 1\n'
    with (
        served(tmp_path, config) as (running, mode, _),
        deaf_client(running.port, mode.creds_text, "victim", "news"),
    ):
        closing = run(ask(running, mode))
    assert closing.reason == "Stale Connection"
    assert "answered no ping" in closing.meaning


def test_client_that_went_by_itself(tmp_path: Path) -> None:
    with served(tmp_path) as (running, mode, creds):

        async def go(victim: Connection) -> None:
            await victim.close()

        closing = closing_after(running, mode, creds, go, waits=False)
    assert (closing.reason, closing.is_normal) == ("Client Closed", True)
