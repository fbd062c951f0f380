"""Rows in which the program must not connect, and say why"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import json
import re
import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.conformance.bench import RowFailed
from iterapp_nats.conformance.plan import HOST

if TYPE_CHECKING:
    from iterapp_nats.conformance.bench import Bench

REFUSAL_S: Final = 20.0
WATCH_S: Final = 3.0
POLL_S: Final = 0.05
LOGIN_WORDS: Final = r"auth|expire|revoke|credential|jwt|login|permission"
_TLS_WORDS: Final = r"certificat|tls|ssl|x509|authority|trust|pkix|issuer|verif"
_DAY_S: Final = 86_400


async def wrong_ca(bench: Bench) -> str:
    """The certificate is of another CA"""
    path = bench.write("other-ca.pem", bench.trust.other_authority.certificate_pem)
    environ = bench.configure_secure() | {"NATS_CREDENTIALS": bench.user().creds_text}
    return await _refuses(bench, environ | {"NATS_CA_FILE": path}, _TLS_WORDS)


async def wrong_name(bench: Bench) -> str:
    """The certificate is of another host"""
    environ = bench.configure_secure(right_name=False)
    return await _refuses(
        bench, environ | {"NATS_CREDENTIALS": bench.user().creds_text}, f"{_TLS_WORDS}|name|host"
    )


async def expired(bench: Bench) -> str:
    """The credentials have expired"""
    user = bench.user(expires_at=int(time.time()) - _DAY_S)
    environ = bench.configure_secure() | {"NATS_CREDENTIALS": user.creds_text}
    return await _refuses(bench, environ, LOGIN_WORDS)


async def _refuses(bench: Bench, environ: dict[str, str], words: str) -> str:
    await bench.server.start()
    await bench.start(environ)
    line = await reason_given(bench, words)
    deadline = time.monotonic() + WATCH_S
    while time.monotonic() < deadline:
        if await bench.clients():
            raise RowFailed("connected all the same")
        await asyncio.sleep(POLL_S)
    await bench.ends()
    return line


async def reason_given(bench: Bench, words: str, after: int = 0) -> str:
    """Wait until the program says why, and return that line"""
    candidate = bench.candidate
    deadline = time.monotonic() + REFUSAL_S
    while candidate and time.monotonic() < deadline:
        has_ended = candidate.code is not None
        for line in candidate.lines[after:]:
            if re.search(words, line, re.IGNORECASE):
                return line
        if has_ended:
            break
        await asyncio.sleep(POLL_S)
    raise RowFailed("it gave no reason in its output")


async def ca_with_plain_server(bench: Bench) -> str:
    """A CA is set, the server offers no TLS: nothing may be sent"""
    received = bytearray()
    info = {"server_id": "N", "server_name": "plain", "version": "2.11.0", "proto": 1}
    info |= {"headers": True, "max_payload": 1 << 20, "auth_required": True, "nonce": "abcdefgh"}

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"INFO " + json.dumps(info).encode() + b"\r\n")
        try:
            while block := await asyncio.wait_for(reader.read(1 << 16), REFUSAL_S):
                received.extend(block)
        except (OSError, TimeoutError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(greet, HOST, bench.server.ports.client)
    bench.stack.callback(listener.close)
    ca = bench.write("ca.pem", bench.trust.authority.certificate_pem)
    environ = {"NATS_URL": bench.url, "NATS_CA_FILE": ca}
    await bench.start(environ | {"NATS_CREDENTIALS": bench.user().creds_text})
    line = await reason_given(bench, f"{_TLS_WORDS}|secure|encrypt|handshake|timed? ?out")
    await asyncio.sleep(WATCH_S)
    if b"CONNECT" in received:
        raise RowFailed("it logged in over plaintext")
    await bench.ends()
    return line
