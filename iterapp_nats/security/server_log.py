"""A nats-server's log -> why it refused the last login

By default it writes `authentication error` alone; with `debug: true` the line before says why. The
lines here are those of nats-server 2.15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.security.reason import Reason, failure

if TYPE_CHECKING:
    from collections.abc import Sequence

_PUSH: Final = "ask the operator of the server to push the account again"
_NEW_CREDS: Final = "get new creds for this app and environment"
CAUSES: Final = (
    ("User authentication revoked",
     failure("login-user-revoked", "the user of the creds was revoked", _NEW_CREDS)),
    ("Account JWT lookup error: account validation failed",
     failure("login-account-invalid",
             "the account of the creds has expired, or is of another operator",
             "compare NATS_URL with the environment of the creds", _PUSH)),
    ("Account JWT lookup error",
     failure("login-account-unknown", "the server does not know the account of the creds",
             "compare NATS_URL with the environment of the creds", _PUSH)),
    ("User JWT issuer is not known",
     failure("login-issuer-unknown", "the creds are signed by a key that is none of their account",
             _NEW_CREDS)),
    ("claim is expired", failure("creds-expired", "the creds have expired", _NEW_CREDS)),
    ("claim is not yet valid",
     failure("creds-not-yet-valid", "the creds are not valid yet",
             "compare the clocks of both machines")),
    ("Signature not verified",
     failure("creds-mismatch", "the seed of the creds belongs to another user", _NEW_CREDS)),
    ("scoped users require no permissions",
     failure("login-scoped-rights",
             "the creds carry rights, and users of a scoped signing key must carry none",
             "issue them again without limits and permissions")),
    ("Connection type not allowed",
     failure("login-connection-type", "the creds are not for this type of connection",
             "issue them again with STANDARD among allowed_connection_types")),
    ("Bad src Ip",
     failure("login-source-address", "the creds are not for the address of this client",
             "connect from an allowed network, or issue them again with another src")),
    ("Outside connect times",
     failure("login-connect-times", "the creds are not for this time of day",
             "issue them again with other times")),
    ("Authentication requires a user JWT",
     failure("login-missing", "the server got no JWT that it could read",
             "set NATS_CREDENTIALS or NATS_CREDENTIALS_FILE")),
)  # fmt: skip
# node 2  [4711] 2030/01/31 12:00:00.123456 [ERR] 127.0.0.1:1 - cid:5 - ...
_CONNECTION: Final = re.compile(r"(.*?\[\d+\] ).* - cid:(\d+) - (.*)")
_REFUSAL: Final = "authentication error"


@dataclass(frozen=True, slots=True)
class LoggedRefusal:
    """The last refused login: the line that tells most, and what it means if that is known"""

    line: str
    reason: Reason | None


def find_last_refusal(lines: Sequence[str]) -> LoggedRefusal | None:
    """Return the last refused login of a log, None when there is none

    The log may be that of several nodes, each with its name in front of its lines.
    """
    for position in range(len(lines) - 1, -1, -1):
        found = _CONNECTION.match(lines[position])
        if found and _REFUSAL in found[3]:
            return _explain(lines[: position + 1], found[1], found[2])
    return None


def _explain(lines: Sequence[str], process: str, connection: str) -> LoggedRefusal:
    # Each process, so each node too, counts its connections for itself.
    own = [line for line in lines if line.startswith(process) and f" - cid:{connection} - " in line]
    for line in reversed(own):
        reason = next((reason for fragment, reason in CAUSES if fragment in line), None)
        if reason:
            return LoggedRefusal(line, reason)
    return LoggedRefusal(own[-1], None)
