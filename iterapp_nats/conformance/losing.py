"""Rows in which the connection is lost, late, or drained"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.conformance.bench import RowFailed
from iterapp_nats.conformance.refusing import LOGIN_WORDS, POLL_S, WATCH_S, reason_given

if TYPE_CHECKING:
    from iterapp_nats.client.message import Message
    from iterapp_nats.conformance.bench import Bench

AWAY_S: Final = 3.0
# A client gives a login that comes to nothing 5 s, and waits 2 s and up to 1 s more before its next
# try; the rest is for busy machines.
BACK_S: Final = 15.0
_LOAD: Final = 50
_LOAD_S: Final = 20.0


async def revoked(bench: Bench) -> str:
    """The user is revoked while connected"""
    user = bench.user()
    environ = bench.configure_secure() | {"NATS_CREDENTIALS": user.creds_text}
    await bench.server.start()
    candidate = await bench.start(environ)
    await bench.connected()
    said = len(candidate.lines)
    bench.configure_secure(revoked=user)
    bench.server.reload()
    await _gone(bench)
    line = await reason_given(bench, LOGIN_WORDS, said)
    return f"{await _stays_away(bench)}: {line}"


async def _gone(bench: Bench) -> None:
    deadline = time.monotonic() + BACK_S
    while await bench.clients():
        if time.monotonic() > deadline:
            raise RowFailed("the server has not dropped the connection")
        await asyncio.sleep(POLL_S)


async def _stays_away(bench: Bench) -> str:
    """Expect that the program ends with a failure, or goes on trying until SIGTERM"""
    candidate = bench.candidate
    if candidate and await candidate.wait(WATCH_S):
        if candidate.code == 0:
            raise RowFailed("it ended with code 0, as if nothing had happened")
        return f"ends with code {candidate.code}"
    await bench.ends()
    return "goes on trying"


async def renewed(bench: Bench) -> str:
    """The credentials file is renewed, for 3 s only half of it, the old user revoked"""
    old, new = bench.user("old"), bench.user("new")
    path = bench.write("user.creds", old.creds_text)
    environ = bench.configure_secure() | {"NATS_CREDENTIALS_FILE": path}
    await bench.server.start()
    await bench.start(environ)
    await bench.connected(user=old.public_key)
    # As one that writes while the program reads.
    bench.write("user.creds", new.creds_text[: len(new.creds_text) // 2])
    bench.configure_secure(revoked=old)
    bench.server.reload()
    await _gone(bench)
    await asyncio.sleep(AWAY_S)
    bench.write("user.creds", new.creds_text)
    return await comes_back(bench, new.public_key)


async def unknown_account(bench: Bench) -> str:
    """The server is back without the account for 12 s"""
    environ = bench.configure_secure() | {"NATS_CREDENTIALS": bench.user().creds_text}
    await bench.server.start()
    await bench.start(environ)
    await bench.connected()
    await bench.server.kill()
    bench.configure_secure(knows_account=False)
    await bench.server.start()
    await asyncio.sleep(4 * AWAY_S)
    bench.configure_secure()
    bench.server.reload()
    return await comes_back(bench)


async def comes_back(bench: Bench, user: str = "") -> str:
    """Expect a connection, or an end that makes the platform start the program again"""
    candidate = bench.candidate
    deadline = time.monotonic() + BACK_S
    while candidate and time.monotonic() < deadline:
        if any(not user or client.user == user for client in await bench.clients()):
            await bench.ends_well()
            return "comes back"
        if candidate.code is not None:
            break
        await asyncio.sleep(POLL_S)
    if candidate and candidate.code:
        if not candidate.lines:
            raise RowFailed(f"it ended with code {candidate.code} and without a word")
        return f"ends with code {candidate.code}, to be started again: {candidate.lines[-1]}"
    raise RowFailed("it neither came back nor ended with a failure")


async def restart(bench: Bench) -> str:
    """The server is killed and back after 3 s"""
    bench.configure_plain()
    await bench.server.start()
    await bench.start({"NATS_URL": bench.url})
    await bench.connected()
    observer = await bench.observe()
    await bench.answered(observer)
    await bench.server.kill()
    await asyncio.sleep(AWAY_S)
    bench.require_alive("while the server was away")
    await bench.server.start()
    began = time.monotonic()
    await bench.connected(BACK_S)
    away_s = time.monotonic() - began
    await bench.answered(observer)
    await bench.ends_well()
    return f"back after {away_s:.1f} s"


async def late_server(bench: Bench) -> str:
    """The server comes 3 s after the program"""
    bench.configure_plain()
    candidate = await bench.start({"NATS_URL": bench.url})
    line = await reason_given(bench, "refused|cannot|unable|failed|no servers|error|again")
    await candidate.wait(AWAY_S)
    bench.require_alive("because no server was there")
    await bench.server.start()
    await bench.connected(BACK_S)
    await bench.answered(await bench.observe())
    await bench.ends_well()
    return line


async def drain(bench: Bench) -> str:
    """SIGTERM with 50 requests pending"""
    bench.configure_plain()
    await bench.server.start()
    candidate = await bench.start({"NATS_URL": bench.url})
    await bench.connected()
    observer = await bench.observe()
    await bench.answered(observer)
    answers = 0
    first = asyncio.Event()

    async def count(_message: Message) -> None:
        nonlocal answers
        answers += 1
        first.set()

    await observer.subscribe("conformance.answers", count)
    for _ in range(_LOAD):
        await observer.publish(
            bench.subject.request, bench.subject.payload, reply="conformance.answers"
        )
    await observer.confirm()
    async with asyncio.timeout(_LOAD_S):
        await first.wait()
    handled_before = answers
    await bench.ends_well()
    await observer.confirm()
    if answers < _LOAD:
        raise RowFailed(f"{answers} of {_LOAD} requests were answered")
    return f"{_LOAD} of {_LOAD} answered, {_LOAD - handled_before} behind SIGTERM; {candidate.code}"
