"""The rules, by what they say"""

from __future__ import annotations

from typing import Final

from iterapp_nats.audit.findings import Rule
from iterapp_nats.manifest.severity import Severity

_E, _W = Severity.ERROR, Severity.WARNING

RECONNECT_LIMITED: Final = Rule(
    "reconnect-limited", _E,
    "reconnects are limited: an outage of 20 s (Node) or 2 minutes ends the connection for good",
    "allow them without end, for example maxReconnectAttempts: -1",
)  # fmt: skip
CA_IGNORED: Final = Rule(
    "ca-ignored", _E,
    "NATS_CA_FILE is not used: the server's certificate is signed by a private CA",
    "give the CA to the client when the variable is not empty",
)  # fmt: skip
CREDENTIALS_IGNORED: Final = Rule(
    "credentials-ignored", _E,
    "no credentials are given: the server of the platform refuses the login",
    "use NATS_CREDENTIALS, else NATS_CREDENTIALS_FILE, when it is not empty",
)  # fmt: skip
CREDENTIALS_UNCONDITIONAL: Final = Rule(
    "credentials-unconditional", _E,
    "credentials are used also where there are none, as with a local server",
    "use them only when the variable is not empty",
)  # fmt: skip
CONTENT_AS_PATH: Final = Rule(
    "content-as-path", _E,
    "the content of the credentials is given where a path is expected: it ends up in an error text",
    "use NATS_CREDENTIALS_FILE here, or the call that takes the content",
)  # fmt: skip
PATH_AS_CONTENT: Final = Rule(
    "path-as-content", _E,
    "a path is given where the content of the credentials is expected",
    "read the file first, or use the call that takes a path",
)  # fmt: skip
ONE_SOURCE: Final = Rule(
    "credentials-one-source", _W,
    "only one of NATS_CREDENTIALS and NATS_CREDENTIALS_FILE is read",
    "take the content, else the file",
)  # fmt: skip
PRESENCE_TEST: Final = Rule(
    "presence-test", _E,
    "a variable is tested for presence: an empty one counts as not defined",
    "test whether the value is empty",
)  # fmt: skip
NO_DRAIN: Final = Rule(
    "no-drain", _W,
    "the connection is never drained: what has arrived is lost when the pod ends",
    "drain on SIGTERM, and wait until that is done",
)  # fmt: skip
NO_SIGNAL: Final = Rule(
    "no-sigterm", _W,
    "SIGTERM is not handled: the platform ends pods with it",
    "drain on SIGTERM, then end with 0",
)  # fmt: skip
DRAIN_UNFINISHED: Final = Rule(
    "drain-unfinished", _W,
    "draining goes on in the background, and nothing waits for its end",
    "wait for the closed handler before the process ends",
)  # fmt: skip
DRAIN_BEFORE_HANDLERS: Final = Rule(
    "drain-before-handlers", _W,
    "drain() ends before the handlers of async iterators: with 50 pending messages, 0 were handled",
    "keep the promise of each loop, and await it before the connection is closed",
)  # fmt: skip
CLOSED_UNSEEN: Final = Rule(
    "closed-unseen", _W,
    "nobody notices when the connection is closed for good: the pod lives on without it",
    "end the process then, so that the platform starts it again",
)  # fmt: skip
AUTH_ABORT: Final = Rule(
    "auth-abort", _W,
    "the client closes for good when a login is refused twice in a row",
    "ignore that abort (ignoreAuthErrorAbort, IgnoreAuthErrorAbort), or end the process on close",
)  # fmt: skip
FIRST_CONNECT: Final = Rule(
    "first-connect", _W,
    "the first connection is tried once, or for minutes without a word",
    "try it again every 2 s with a line per try",
)  # fmt: skip
PLAINTEXT: Final = Rule(
    "plaintext", _E,
    "a CA is given, but a server without TLS gets the login in plaintext all the same",
    "refuse a connection that is not encrypted",
)  # fmt: skip
HOST_UNCHECKED: Final = Rule(
    "host-unchecked", _W,
    "jnats does not compare the host with the certificate",
    "set the endpoint identification algorithm HTTPS where the certificate is checked",
)  # fmt: skip
SECRET_LOGGED: Final = Rule(
    "secret-logged", _E, "the credentials are logged", "log that they are set, not what they are",
)  # fmt: skip
URL_UNSPLIT: Final = Rule(
    "url-unsplit", _W,
    "NATS_URL may hold several addresses, which this call takes for one",
    "split it at commas",
)  # fmt: skip
REQUIRE_AND_AWAIT: Final = Rule(
    "require-and-await", _E,
    "require and an await outside of functions do not go together: a SyntaxError",
    "use import, or put the await into an async function",
)  # fmt: skip
CODEC_GONE: Final = Rule(
    "codec-gone", _E,
    "StringCodec and JSONCodec are gone in version 3",
    "publish strings, and read message.string() or message.json()",
)  # fmt: skip
TLS_EMPTY_STRING: Final = Rule(
    "tls-empty-string", _E,
    "tls gets an empty string when the variable is empty, which does not compile",
    "write tls: caFile ? { caFile } : undefined",
)  # fmt: skip
OLD_API: Final = Rule(
    "old-api", _E,
    "Connection and Options of async-nats are gone since 0.11 (2022), the crate nats is deprecated",
    "use async_nats::ConnectOptions and Client",
)  # fmt: skip
TLS_HALF: Final = Rule(
    "tls-half", _E,
    "TLS needs both natsOptions_SetSecure and natsOptions_LoadCATrustedCertificates",
    "call both when a CA is given",
)  # fmt: skip

RULES: Final = tuple(rule for rule in tuple(vars().values()) if isinstance(rule, Rule))
"""All rules, in the order of this file"""


def find_rule(name: str) -> Rule | None:
    """Return the rule of that id"""
    return next((rule for rule in RULES if rule.id == name), None)
