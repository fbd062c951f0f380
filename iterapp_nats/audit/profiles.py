"""The words of each client library"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iterapp_nats.audit.code import Tongue


@dataclass(frozen=True, slots=True)
class Profile:
    """Patterns of one language; an empty one means that the rule does not apply

    library: the file uses the client
    reconnects: up to the value of that option; retry: the first connect is repeated by the client
    ca: a CA is given; credentials: a login is given
    drain, closed, signal, auth_abort: what must be somewhere in the app
    path_call, content_call: calls that take the path or the text of the credentials
    """

    library: str
    reconnects: str
    retry: str
    ca: str
    credentials: str
    drain: str
    closed: str
    signal: str
    auth_abort: str = ""
    path_call: str = ""
    content_call: str = ""


_JAVASCRIPT: Final = Profile(
    library=r"[\"'](?:nats|nats\.ws|@nats-io/(?:transport-\w+|nats-core))[\"']",
    reconnects=r"maxReconnectAttempts\s*[:=]\s*|(?<![\w.])(?=maxReconnectAttempts\s*[,}])",
    retry=r"waitOnFirstConnect\s*:\s*true",
    ca=r"\btls\b|caFile|NATS_CA_FILE",
    credentials=r"credsAuthenticator|jwtAuthenticator|authenticator",
    drain=r"\.drain\s*\(|\[Symbol\.asyncDispose\]|await using",
    closed=r"\.closed\s*\(",
    signal=r"SIGTERM",
    auth_abort=r"ignoreAuthErrorAbort\s*:\s*true",
    content_call=r"credsAuthenticator\s*\(",
)
_JVM: Final = Profile(
    library=r"\bio\.nats\.client\b",
    reconnects=r"maxReconnects\s*\(\s*",
    retry=r"connectReconnectOnConnect|connectAsynchronously\s*\([^;]*\btrue\b",
    ca=r"sslContext|sslContextFactory|NATS_CA_FILE|trustStore",
    credentials=r"authHandler|credentialPath|Nats\s*\.\s*(?:static)?[cC]redentials",
    drain=r"\.drain\s*\(",
    closed=r"connectionListener|ConnectionListener",
    signal=r"addShutdownHook|SIGTERM|@PreDestroy|Signal\.handle",
    path_call=r"(?:Nats\s*\.\s*credentials|credentialPath)\s*\(",
    content_call=r"Nats\s*\.\s*staticCredentials\s*\(",
)
PROFILES: Final = {
    Tongue.JAVASCRIPT: _JAVASCRIPT,
    Tongue.TYPESCRIPT: _JAVASCRIPT,
    Tongue.JAVA: _JVM,
    Tongue.KOTLIN: _JVM,
    Tongue.PYTHON: Profile(
        library=r"(?m)^\s*(?:import (?:[\w.]+, *)*nats\b|from nats\b)",
        reconnects=r"max_reconnect_attempts[\"']?\]?\s*[=:]\s*",
        retry=r"wait_for\s*\(|asyncio\.timeout\s*\(|move_on_after|fail_after",
        ca=r"\btls\b|NATS_CA_FILE",
        credentials=r"user_credentials|RawCredentials|user_jwt_cb|nkeys_seed",
        drain=r"\.drain\b",
        closed=r"closed_cb",
        signal=r"SIGTERM|add_signal_handler\s*\(\s*(?!(?:signal\.)?(?:Signals\.)?SIGINT)"
        r"|on_shutdown|on_cleanup|lifespan",
        path_call=r"user_credentials\s*=",
        content_call=r"RawCredentials\s*\(",
    ),
    Tongue.RUST: Profile(
        library=r"\basync_nats\b|\bnats::",
        reconnects="",
        retry=r"retry_on_initial_connect",
        ca=r"add_root_certificates|tls_client_config|NATS_CA_FILE",
        credentials=r"credentials|with_auth_callback|\bjwt\s*\(",
        drain=r"\.drain\s*\(",
        closed=r"Event::Closed|event_callback",
        signal=r"SignalKind::terminate|SIGTERM|TERM_SIGNALS|\bctrlc::|catch_signals",
        path_call=r"[.:](?:with_)?credentials_file\s*\((?!\s*\))",
        content_call=r"[.:](?:with_)?credentials\s*\((?!\s*\))",
    ),
    Tongue.GO: Profile(
        library=r"github\.com/nats-io/(?:nats\.go|go-nats)",
        reconnects=r"MaxReconnects?\s*[(:=]+\s*",
        retry=r"RetryOnFailedConnect\s*(?:\(\s*true\s*\)|[:=]+\s*true)",
        ca=r"RootCAs|nats\.Secure\s*\(|TLSConfig|NATS_CA_FILE",
        credentials=r"UserCredential|UserJWT|nats\.Nkey",
        drain=r"\.Drain\s*\(\s*\)",
        closed=r"ClosedHandler|ClosedCB|StatusChanged\s*\(|\.IsClosed\s*\(",
        signal=r"signal\.Notify\s*\(\s*[\w.]+\s*\)|SIGTERM",
        auth_abort=r"IgnoreAuthErrorAbort",
        path_call=r"nats\.UserCredentials\s*\(",
        content_call=r"nats\.UserCredentialBytes\s*\(",
    ),
    Tongue.C: Profile(
        library=r"[<\"]nats(?:/nats)?\.h[>\"]|\bnatsOptions_|\bnatsConnection_Connect",
        reconnects=r"natsOptions_SetMaxReconnect\s*\([^;,]*,\s*",
        retry=r"natsOptions_SetRetryOnFailedConnect\s*\([^;]*true",
        ca=r"LoadCATrustedCertificates|SetCATrustedCertificates|NATS_CA_FILE",
        credentials=r"SetUserCredentials|SetNKey",
        drain=r"natsConnection_Drain",
        closed=r"SetClosedCB|natsConnection_IsClosed",
        signal=r"SIGTERM",
        auth_abort=r"IgnoreAuthErrorAbort",
        path_call=r"SetUserCredentialsFromFiles\s*\(",
        content_call=r"SetUserCredentialsFromMemory\s*\(",
    ),
}
