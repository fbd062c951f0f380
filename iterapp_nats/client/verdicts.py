"""What the server's -ERR texts and nats-py's exception classes mean to a user

Server texts were collected from nats-server 2.15; nats-py lower-cases them before anybody sees
them, so that fragments are in lower case and the first that occurs in the text decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError, NoAnswer, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iterapp_nats.errors import IterappNatsError


@dataclass(frozen=True, slots=True)
class Verdict:
    """An error in waiting: `{place}` is the server's address, `{detail}` a subject or its words"""

    family: type[IterappNatsError]
    code: str
    message: str
    hint: str = ""

    def error(self, place: str, detail: str = "") -> IterappNatsError:
        """Return the error, to be raised by the caller"""
        return self.family(
            self.code,
            self.message.format(place=place, detail=detail),
            hints=(self.hint,) if self.hint else (),
            context={"server": place} | ({"detail": detail} if detail else {}),
        )


LOGIN_REFUSED: Final = Verdict(
    Refused,
    "login-refused",
    "the server at {place} refused the login",
    "the server never names the cause: iterapp-nats doctor looks at everything that can be one",
)
PUBLISH_DENIED: Final = Verdict(
    Refused,
    "publish-denied",
    "the server does not allow this user to publish to {detail}",
    "see all permissions with iterapp-nats doctor",
)
SUBSCRIBE_DENIED: Final = Verdict(
    Refused,
    "subscribe-denied",
    "the server does not allow this user to subscribe to {detail}",
    "see all permissions with iterapp-nats doctor",
)
UNKNOWN_TEXT: Final = Verdict(Refused, "server-error", "the server at {place} said: {detail}")

_ASK_WHY: Final = "ask the server for its reason with iterapp-nats why"
_LOST: Final = Verdict(Unreachable, "connection-lost", "lost the connection to {place}", _ASK_WHY)
_PROTOCOL: Final = Verdict(
    Unreachable, "protocol-error", "the server at {place} and the client did not understand another"
)
_TLS_NEEDED: Final = Verdict(
    Unreachable,
    "tls-required",
    "the server at {place} requires TLS",
    "set NATS_CA_FILE to the certificate of its CA",
)
_FULL: Final = Verdict(
    Unreachable, "server-full", "the server at {place} takes no more connections at the moment"
)
_WRONG_PORT: Final = Verdict(
    Unreachable,
    "not-a-client-port",
    "{place} is not the client port of the server: {detail}",
    "use the client port, usually 4222",
)
_SUBJECT: Final = Verdict(InputError, "subject-invalid", "invalid subject {detail}")
_MISUSE: Final = Verdict(InputError, "client-misuse", "nats-py was called in a wrong way: {detail}")
_PAYLOAD: Final = Verdict(
    InputError,
    "payload-too-large",
    "the payload is larger than the server at {place} allows",
    "send less at once, or store the data elsewhere and publish where it is",
)

SERVER_TEXTS: Final[tuple[tuple[str, Verdict], ...]] = (
    ("permissions violation for publish", PUBLISH_DENIED),
    ("permissions violation for subscription", SUBSCRIBE_DENIED),
    (
        "user authentication revoked",
        Verdict(
            Refused,
            "credentials-revoked",
            "the server at {place} has revoked these credentials",
            "ask for new ones, and replace the creds file or NATS_CREDENTIALS",
        ),
    ),
    (
        "user authentication expired",
        Verdict(
            Refused,
            "credentials-expired",
            "these credentials have expired, says the server at {place}",
            "ask for new ones, and replace the creds file or NATS_CREDENTIALS",
        ),
    ),
    (
        "account authentication expired",
        Verdict(
            Refused,
            "account-closed",
            "the account of these credentials has expired or was deleted on the server at {place}",
            "ask the operator of the NATS server to issue the account again",
        ),
    ),
    ("authorization violation", LOGIN_REFUSED),
    ("authorization failed", LOGIN_REFUSED),
    (
        "authentication timeout",
        Verdict(
            Unreachable,
            "login-timeout",
            "the server at {place} did not get a login in time",
            "the network or one of the two machines is very slow: try again",
        ),
    ),
    (
        "maximum payload violation",
        Verdict(
            Refused,
            "payload-limit",
            "a payload was larger than the limit of this user or account",
            "the limit is in the claims: see it with iterapp-nats creds show",
        ),
    ),
    (
        "maximum subscriptions exceeded",
        Verdict(
            Refused,
            "subscription-limit",
            "this user or account has no room for another subscription",
            "a limit left out of the claims counts as 0: see it with iterapp-nats creds show",
        ),
    ),
    (
        "maximum account active connections exceeded",
        Verdict(
            Refused,
            "connection-limit",
            "the account of these credentials has no room for another connection",
            "a limit left out of the claims counts as 0: see it with iterapp-nats creds show",
        ),
    ),
    ("maximum connections exceeded", _FULL),
    ("connection throttling", _FULL),
    ("secure connection", _TLS_NEEDED),
    ("attempted to connect to", _WRONG_PORT),
    (
        "maximum control line exceeded",
        Verdict(InputError, "subject-invalid", "the subject is too long for the server at {place}"),
    ),
    ("invalid publish subject", _SUBJECT),
    ("invalid subject", _SUBJECT),
    ("stale connection", _LOST),
    ("unknown protocol", _PROTOCOL),
    ("parser error", _PROTOCOL),
    ("invalid client protocol", _PROTOCOL),
    ("empty response from server when expecting info", _PROTOCOL),
    ("info message, json parse error", _PROTOCOL),
)

CLIENT_ERRORS: Final[Mapping[str, Verdict]] = {
    "Error": UNKNOWN_TEXT,
    "TimeoutError": Verdict(NoAnswer, "request-timeout", "no answer in time from {detail}"),
    "NoRespondersError": Verdict(
        NoAnswer,
        "no-responders",
        "nobody is subscribed to {detail}",
        "start the responder, or compare the spelling of the subject",
    ),
    "StaleConnectionError": _LOST,
    "OutboundBufferLimitError": Verdict(
        Unreachable, "connection-lost", "not connected to {place} at the moment: nothing was sent"
    ),
    "UnexpectedEOF": Verdict(
        Unreachable, "connection-lost", "the server at {place} closed the connection", _ASK_WHY
    ),
    "FlushTimeoutError": Verdict(
        Unreachable, "confirm-timeout", "the server at {place} did not confirm in time"
    ),
    "ConnectionClosedError": _LOST,
    "SecureConnRequiredError": _TLS_NEEDED,
    "SecureConnWantedError": Verdict(
        Unreachable,
        "tls-not-offered",
        "cannot connect to {place}: TLS is wanted, and the server offers none",
    ),
    "SecureConnFailedError": Verdict(
        Unreachable, "tls-failed", "cannot connect to {place}: TLS failed"
    ),
    "BadSubscriptionError": _MISUSE,
    "BadSubjectError": _SUBJECT,
    "BadHeaderError": Verdict(InputError, "header-invalid", "invalid header in a message"),
    "SlowConsumerError": Verdict(
        NoAnswer, "slow-consumer", "messages were dropped: they came faster than they were handled"
    ),
    "BadTimeoutError": _MISUSE,
    "AuthorizationError": LOGIN_REFUSED,
    "NoServersError": Verdict(
        Unreachable, "server-unreachable", "none of the servers can be reached: {place}"
    ),
    "JsonParseError": _PROTOCOL,
    "MaxPayloadError": _PAYLOAD,
    "DrainTimeoutError": Verdict(
        Unreachable, "drain-timeout", "not everything was handled before the connection was closed"
    ),
    "ConnectionDrainingError": Verdict(
        Unreachable, "connection-closing", "the connection to {place} is being closed"
    ),
    "ConnectionReconnectingError": Verdict(
        Unreachable, "connection-lost", "not connected to {place} at the moment"
    ),
    "InvalidUserCredentialsError": Verdict(
        InputError, "creds-invalid", "the credentials are incomplete"
    ),
    "InvalidCallbackTypeError": _MISUSE,
    "ProtocolError": _PROTOCOL,
    "ServerNotInPoolError": _MISUSE,
    "NotJSMessageError": _MISUSE,
    "MsgAlreadyAckdError": _MISUSE,
}
