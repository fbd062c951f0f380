"""What a NATS JWT says: operator, account, user and delete claims

A claim that is left out means 0, not unlimited, to nats-server 2.15 (an account without limits
answers every login with `maximum account active connections exceeded`), so every limit here
defaults to UNLIMITED and is always written. Exports, imports and subject mappings are not modelled:
the accounts of apps are isolated from each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

UNLIMITED: Final = -1


@dataclass(frozen=True, slots=True)
class SubjectPermission:
    """Subjects of one direction; an empty `allow` allows all that `deny` does not name"""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponsePermission:
    """Leave to publish to the reply subject of a received request

    `ttl_ns` 0 means without end. Given without `publish.allow`, the user may publish replies only.
    """

    max_messages: int = 1
    ttl_ns: int = 0


@dataclass(frozen=True, slots=True)
class Permissions:
    """Where a user may publish and subscribe"""

    publish: SubjectPermission = SubjectPermission()
    subscribe: SubjectPermission = SubjectPermission()
    response: ResponsePermission | None = None


@dataclass(frozen=True, slots=True)
class UserLimits:
    """Limits of each connection of a user"""

    subscriptions: int = UNLIMITED
    data_bytes: int = UNLIMITED
    payload_bytes: int = UNLIMITED


@dataclass(frozen=True, slots=True)
class ConnectTimes:
    """A daily window, each end as HH:MM:SS"""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class UserRights:
    """All that a user may do, or the template of it in a scoped signing key

    `sources` are networks such as 10.0.0.0/8; `connection_types` are STANDARD, WEBSOCKET, MQTT,
    LEAFNODE; empty means any.
    """

    permissions: Permissions = Permissions()
    limits: UserLimits = UserLimits()
    sources: tuple[str, ...] = ()
    times: tuple[ConnectTimes, ...] = ()
    times_location: str = ""
    connection_types: tuple[str, ...] = ()
    bearer_token: bool = False


@dataclass(frozen=True, slots=True)
class JetStreamLimits:
    """Storage of an account; JetStream is off unless memory or disk is more than 0"""

    memory_bytes: int = 0
    disk_bytes: int = 0
    streams: int = UNLIMITED
    consumers: int = UNLIMITED


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """Limits of all connections of an account together"""

    subscriptions: int = UNLIMITED
    data_bytes: int = UNLIMITED
    payload_bytes: int = UNLIMITED
    imports: int = UNLIMITED
    exports: int = UNLIMITED
    connections: int = UNLIMITED
    leaf_nodes: int = UNLIMITED
    wildcard_exports: bool = True
    jetstream: JetStreamLimits | None = None


@dataclass(frozen=True, slots=True)
class ScopedSigningKey:
    """A signing key whose users get the rights of its template and carry none themselves"""

    public_key: str
    role: str
    template: UserRights = UserRights()


@dataclass(frozen=True, slots=True)
class Revocation:
    """Users refused when their JWT was issued at or before a time

    `user` is a public key, or `*` for all. Not a ban: the same key issued again later logs in.
    """

    user: str
    issued_until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What all kinds share; `public_key` is the key described (`sub`), times are Unix seconds"""

    public_key: str
    name: str = ""
    expires_at: int | None = None
    not_before: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorClaims(Claims):
    """The root of trust of a server, signed by itself"""

    system_account: str = ""
    signing_keys: tuple[str, ...] = ()
    account_server_url: str = ""
    operator_service_urls: tuple[str, ...] = ()
    strict_signing_key_usage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClaims(Claims):
    """A namespace, signed by the operator or one of its signing keys

    The server applies `default_permissions` to users whose own publish and subscribe are empty.
    """

    limits: AccountLimits = AccountLimits()
    default_permissions: Permissions = Permissions()
    signing_keys: tuple[str | ScopedSigningKey, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserClaims(Claims):
    """A login, signed by the account, or by its signing key when `issuer_account` names the account

    `rights` is None for a user of a scoped signing key: the server refuses such a user if the JWT
    carries any limit or permission.
    """

    issuer_account: str = ""
    rights: UserRights | None = field(default_factory=UserRights)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteClaims(Claims):
    """A request to delete accounts, described and signed by the operator's own key"""

    accounts: tuple[str, ...]


AnyClaims = OperatorClaims | AccountClaims | UserClaims | DeleteClaims
