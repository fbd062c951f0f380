"""Rows in which the program must connect"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.conformance.bench import RowFailed

if TYPE_CHECKING:
    from iterapp_nats.conformance.bench import Bench


async def plain(bench: Bench) -> str:
    """A plain local server"""
    bench.configure_plain()
    return await _works(bench, {"NATS_URL": bench.url})


async def empty(bench: Bench) -> str:
    """The other variables are empty"""
    bench.configure_plain()
    unset = dict.fromkeys(("NATS_CREDENTIALS", "NATS_CREDENTIALS_FILE", "NATS_CA_FILE"), "")
    return await _works(bench, {"NATS_URL": bench.url, **unset})


async def unused_creds(bench: Bench) -> str:
    """Credentials are set, the server asks for none"""
    bench.configure_plain()
    content = bench.user().creds_text
    return await _works(bench, {"NATS_URL": bench.url, "NATS_CREDENTIALS": content})


async def by_content(bench: Bench) -> str:
    """Secure, NATS_CREDENTIALS"""
    user = bench.user()
    environ = bench.configure_secure() | {"NATS_CREDENTIALS": user.creds_text}
    return await _works(bench, environ, user.public_key)


async def by_file(bench: Bench) -> str:
    """Secure, NATS_CREDENTIALS_FILE"""
    user = bench.user()
    path = bench.write("user.creds", user.creds_text)
    environ = bench.configure_secure() | {"NATS_CREDENTIALS_FILE": path}
    return await _works(bench, environ, user.public_key)


async def by_both(bench: Bench) -> str:
    """Secure, both: the content wins"""
    user = bench.user()
    path = bench.write("other.creds", bench.user("another").creds_text)
    environ = bench.configure_secure() | {
        "NATS_CREDENTIALS": user.creds_text,
        "NATS_CREDENTIALS_FILE": path,
    }
    return await _works(bench, environ, user.public_key)


async def crlf(bench: Bench) -> str:
    """Secure, content with CRLF"""
    user = bench.user()
    content = user.creds_text.replace("\n", "\r\n")
    environ = bench.configure_secure() | {"NATS_CREDENTIALS": content}
    return await _works(bench, environ, user.public_key)


async def _works(bench: Bench, environ: dict[str, str], user: str = "") -> str:
    await bench.server.start()
    await bench.start(environ)
    client = await bench.connected()
    if user and not client.is_encrypted:
        raise RowFailed("connected without TLS")
    if user and client.user != user:
        raise RowFailed("connected as another user than that of NATS_CREDENTIALS")
    await bench.answered(await bench.observe())
    await bench.ends_well()
    return f"connected as {client.name or 'a client without a name'}, ended by SIGTERM"
