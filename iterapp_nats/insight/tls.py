"""The TLS step: the handshake an app would make, the certificate of the server, and who minds it"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.greeting import MAX_GREETING_BYTES
from iterapp_nats.client.translate import UNKNOWN_ISSUER, Phase, connect_error
from iterapp_nats.errors import InputError
from iterapp_nats.insight.network import LIMIT_S, Outcome
from iterapp_nats.insight.steps import reason_of
from iterapp_nats.security.certificates.reader import read_certificate_der
from iterapp_nats.security.certificates.rules import (
    Role,
    judge_form,
    judge_server,
    judge_trust,
    name_of,
)
from iterapp_nats.security.identity import render_time
from iterapp_nats.security.reason import Reason, Weight, failure, warning

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from iterapp_nats.insight.deadline import Deadline
    from iterapp_nats.insight.network import Path
    from iterapp_nats.security.certificates.reader import Certificate

_STRICT_SINCE: Final = "Python 3.13 and newer"


@dataclass(frozen=True, slots=True)
class Handshake:
    """A finished TLS handshake: protocol, cipher and the certificate that the server showed"""

    protocol: str
    cipher: str
    leaf_der: bytes


@dataclass(frozen=True, slots=True)
class TlsProbe:
    """How to look at a server's TLS

    `trust` makes a context, or returns None where an app would stay in plaintext. Servers are
    looked at side by side: each gets contexts of its own.
    """

    trust: Callable[[], ssl.SSLContext | None]
    authorities: tuple[Certificate, ...]
    now: int
    deadline: Deadline

    async def probe(self, path: Path) -> Outcome:
        """Make the handshake, as an app and as the strictest of apps"""
        server, trust = path.server, self.trust()
        if trust is None and not (server and server.tls_required):
            return Outcome(path, ("plaintext: neither side insists on TLS",))
        if server and server.tls_verify:
            return Outcome(None, reasons=(_client_certificate(),))
        try:
            done = await shake_hands(path, trust or _defaults(), self.deadline.limit_s(LIMIT_S))
        except (OSError, EOFError) as error:
            return Outcome(None, reasons=await self._explain(path, error))
        leaf = _read(done.leaf_der)
        evidence = (f"{done.protocol}, {done.cipher}", *_describe(leaf))
        return Outcome(path, evidence, (await self._judge(path, leaf)))

    async def _judge(self, path: Path, leaf: Certificate | None) -> tuple[Reason, ...]:
        forms = tuple(judge_form(leaf, Role.SERVER)) if leaf else ()
        complaint = await self._strict_complaint(path)
        # The rules say whose certificate is meant; OpenSSL's own words stand in for a missing rule.
        if complaint is None or any(_STRICT_SINCE in reason.text for reason in forms):
            return forms
        if any(True for each in self.authorities for _ in judge_form(each, Role.AUTHORITY)):
            return forms
        return (*forms, complaint)

    async def _strict_complaint(self, path: Path) -> Reason | None:
        import ssl

        trust = self.trust() or _defaults()
        if trust.verify_flags & ssl.VERIFY_X509_STRICT:
            return None
        trust.verify_flags |= ssl.VERIFY_X509_STRICT
        try:
            await shake_hands(path, trust, self.deadline.limit_s(LIMIT_S))
        except ssl.SSLCertVerificationError as error:
            text = f"{_STRICT_SINCE} refuse the certificate: {error.verify_message}"
            return warning("tls-strict", text, "its issuer has to make it again")
        except (OSError, EOFError):
            return None
        return None

    async def _explain(self, path: Path, error: OSError | EOFError) -> tuple[Reason, ...]:
        import ssl

        if isinstance(error, (ConnectionError, EOFError)):
            return (_hung_up(),)
        plain = reason_of(connect_error(error, str(path.url), Phase.TLS))
        if not isinstance(error, ssl.SSLCertVerificationError):
            return (plain,)
        leaf = await self._fetch_leaf(path)
        if leaf is None:
            return (plain,)
        if error.verify_code in UNKNOWN_ISSUER:
            return (judge_trust(leaf, self.authorities),)
        reasons = judge_server(leaf, path.url.host, self.now)
        failures = tuple(each for each in reasons if each.weight is Weight.FAILURE)
        return failures or (plain, *judge_form(leaf, Role.SERVER))

    async def _fetch_leaf(self, path: Path) -> Certificate | None:
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        # Only to look at the certificate: nothing is sent over this connection.
        context.verify_mode = ssl.CERT_NONE
        try:
            done = await shake_hands(path, context, self.deadline.limit_s(LIMIT_S))
        except (OSError, EOFError):
            return None
        return _read(done.leaf_der)


def _defaults() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()


async def shake_hands(path: Path, context: ssl.SSLContext, limit_s: float) -> Handshake:
    """Connect, read past the greeting, make the handshake and hang up

    Raises:
        OSError: with ssl.SSLError among them; also for a timeout
        EOFError: the server hung up

    """
    import asyncio

    async with asyncio.timeout(limit_s):
        reader, writer = await asyncio.open_connection(
            path.address, path.url.port, limit=MAX_GREETING_BYTES
        )
        try:
            await reader.readuntil(b"\n")
            await writer.start_tls(context, server_hostname=path.url.host)
            secure = writer.get_extra_info("ssl_object")
            cipher = secure.cipher()
            return Handshake(secure.version(), cipher[0], secure.getpeercert(binary_form=True))
        finally:
            writer.transport.abort()


def _client_certificate() -> Reason:
    return failure(
        "tls-client-certificate",
        "the server asks for a certificate of the client, and the platform gives none",
        "this is not the address that the platform hands out: compare NATS_URL",
        "remove verify from the tls block of the server",
    )


def _hung_up() -> Reason:
    return failure(
        "tls-failed",
        "the server hung up during the TLS handshake",
        "it may want a newer TLS version or a certificate of the client: its log says which",
    )


def _describe(leaf: Certificate | None) -> Iterator[str]:
    if leaf:
        names = ", ".join(leaf.names) or "no names"
        yield (
            f"certificate {name_of(leaf)} for {names}, issued by {leaf.issuer},"
            f" until {render_time(leaf.not_after)}"
        )


def _read(data: bytes | None) -> Certificate | None:
    try:
        return read_certificate_der(data) if data else None
    except InputError:
        return None
