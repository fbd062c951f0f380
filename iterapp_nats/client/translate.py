"""The one table: an exception of nats-py, the system or TLS, or a server's -ERR text, to our error

Nothing is imported from nats-py: its exception classes are known by name, and
`tests/client/test_translate.py` proves that every one of them is in the table.
"""

from __future__ import annotations

import socket
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.verdicts import CLIENT_ERRORS, SERVER_TEXTS, UNKNOWN_TEXT
from iterapp_nats.errors import IterappNatsError, Unreachable

if TYPE_CHECKING:
    from ssl import SSLError

UNTRUSTED: Final = "tls-untrusted"
_EXPIRED: Final = (9, 10)
_WRONG_PURPOSE: Final = (24, 26, 79)
_WRONG_NAME: Final = (62, 64)
UNKNOWN_ISSUER: Final = (18, 19, 20, 21)
"""OpenSSL's X509_V_ERR numbers; every other one is a certificate that is wrong in itself"""

_SEE_CERTIFICATES: Final = "see who issued it, and whom you trust, with iterapp-nats doctor"


class Phase(StrEnum):
    """How far a connection had come"""

    DNS = "DNS"
    TCP = "TCP"
    GREETING = "greeting"
    TLS = "TLS"
    LOGIN = "login"
    OPEN = "open"


def connect_error(error: BaseException, place: str, phase: Phase) -> IterappNatsError:
    """Say why no connection came about; `place` is the server's address, safe to print"""
    if isinstance(error, IterappNatsError):
        return error
    if isinstance(error, TimeoutError):
        return _unreachable("connect-timeout", place, f"no answer in time ({phase})", phase)
    if isinstance(error, UnicodeError):
        # Python encodes a host name before it asks anybody, and some cannot be.
        return _unknown_host(place, "not a valid name")
    if isinstance(error, OSError):
        return _system_error(error, place, phase)
    return client_error(error, place)


def client_error(error: BaseException, place: str, detail: str = "") -> IterappNatsError:
    """Translate an exception of an open connection; `detail` is the subject it was about, if any"""
    if isinstance(error, IterappNatsError):
        return error
    if _is_plain_client_error(error):
        return server_error(str(error).removeprefix("nats: "), place, detail)
    for kind in type(error).__mro__:
        verdict = CLIENT_ERRORS.get(kind.__name__)
        if verdict and kind.__module__ == "nats.errors":
            return verdict.error(place, detail)
    if isinstance(error, OSError):
        return connection_lost(place, _reason(error))
    return connection_lost(place, f"{type(error).__name__}: {error}")


def server_error(text: str, place: str, detail: str = "") -> IterappNatsError:
    """Translate the text of a server's -ERR line, in any case and with or without quotes"""
    words = text.strip().strip("'")
    folded = words.lower()
    for fragment, verdict in SERVER_TEXTS:
        if fragment in folded:
            return verdict.error(place, detail or words)
    return UNKNOWN_TEXT.error(place, words)


def not_a_nats_server(place: str, reason: str) -> Unreachable:
    """Something listens, and it is not a NATS server"""
    return _unreachable(
        "not-a-nats-server",
        place,
        f"not a NATS server: {reason}",
        Phase.GREETING,
        "check the port: clients use 4222 unless the server says otherwise",
    )


def silent(place: str) -> Unreachable:
    """The peer took the connection and said nothing"""
    return _unreachable(
        "connect-timeout",
        place,
        "connected, but the server sends no greeting",
        Phase.GREETING,
        "the server may be overloaded or stopped, or this is not its client port",
    )


def handshake_first(place: str) -> Unreachable:
    """The server waits for TLS before it says anything, which nothing here asks for"""
    return _unreachable(
        "handshake-first",
        place,
        "the server expects TLS before its greeting",
        Phase.GREETING,
        "set handshake_first: auto in the server's tls block, or use its other port",
    )


def tls_not_offered(place: str) -> Unreachable:
    """TLS is wanted, and the server would have taken the login in plaintext"""
    return _unreachable(
        "tls-not-offered",
        place,
        "TLS is wanted, and the server offers none; nothing was sent",
        Phase.TLS,
        "for a local server without TLS unset NATS_CA_FILE and use a nats:// address",
    )


def connection_lost(place: str, reason: str) -> Unreachable:
    """An open connection ended"""
    return Unreachable(
        "connection-lost",
        f"lost the connection to {place}: {reason}",
        context={"server": place, "phase": Phase.OPEN},
    )


def _system_error(error: OSError, place: str, phase: Phase) -> Unreachable:
    if isinstance(error, socket.gaierror):
        return _unknown_host(place, _reason(error))
    if isinstance(error, ConnectionRefusedError):
        hint = "start a local server with iterapp-nats dev up"
        return _unreachable("server-unreachable", place, "connection refused", phase, hint)
    # Loaded only now: a refused port, the common case, needs no TLS library.
    import ssl

    if isinstance(error, ssl.SSLError):
        return _tls_error(error, place)
    return _unreachable("server-unreachable", place, _reason(error), phase)


def _unknown_host(place: str, reason: str) -> Unreachable:
    text = f"the host name is not known ({reason})"
    hint = "check the host name, and that this machine may reach it"
    return _unreachable("dns-failed", place, text, Phase.DNS, hint)


def _tls_error(error: SSLError, place: str) -> Unreachable:
    import ssl

    if not isinstance(error, ssl.SSLCertVerificationError):
        reason = (error.strerror or str(error)).replace("_", " ").lower()
        return _unreachable("tls-failed", place, f"TLS failed: {reason}", Phase.TLS)
    code, text = error.verify_code, error.verify_message.rstrip(".")
    if code in _EXPIRED:
        hint = "compare the clock of this machine; otherwise the server needs a new certificate"
        return _unreachable("tls-expired", place, text, Phase.TLS, hint)
    if code in _WRONG_NAME:
        hint = "use one of the names in the server's certificate as the host of the address"
        return _unreachable("tls-hostname", place, text, Phase.TLS, hint)
    if code in _WRONG_PURPOSE:
        reason = f"the server's certificate was not made for a server: {text}"
        hint = "the server may show the CA's own certificate in place of one that the CA signed"
        return _unreachable("tls-wrong-purpose", place, reason, Phase.TLS, hint)
    reason = f"the server's certificate is not trusted: {text}"
    if code in UNKNOWN_ISSUER:
        hint = "set NATS_CA_FILE to the certificate of the CA that signed the server's"
        return _unreachable(UNTRUSTED, place, reason, Phase.TLS, hint, _SEE_CERTIFICATES)
    hint = "the certificate or its CA is malformed: its issuer has to make it again"
    return _unreachable("tls-malformed", place, reason, Phase.TLS, hint)


def _is_plain_client_error(error: BaseException) -> bool:
    kind = type(error)
    return kind.__module__ == "nats.errors" and kind.__name__ == "Error"


def _unreachable(code: str, place: str, reason: str, phase: Phase, *hints: str) -> Unreachable:
    return Unreachable(
        code,
        f"cannot connect to {place}: {reason}",
        hints=hints,
        context={"server": place, "phase": phase},
    )


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
