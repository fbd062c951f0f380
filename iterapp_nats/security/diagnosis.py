"""Creds, what a server said about itself, and the time -> the reasons why a login fails

nats-server answers `Authorization Violation` to more than fifteen different mistakes
(nats-io/nats-server#1358). Most can be told from what the client has in hands. The rest, such as a
revocation, is in the server's log alone, which server_log.py reads where it can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from iterapp_nats.security.connect_times import is_within_times, render_times
from iterapp_nats.security.identity import render_time
from iterapp_nats.security.reason import Reason, failure, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.security.claims import UserRights
    from iterapp_nats.security.creds import Creds
    from iterapp_nats.security.identity import CredsIdentity

CONNECTION_TYPE: Final = "STANDARD"
"""What the server calls a connection over TCP"""

ENVIRONMENTS: Final = ("prod", "test", "snap", "local")
_LOOKUP_S: Final = 0.25
"""Most refusals take milliseconds; the full resolver looks for an account for 0.3 to 1.9 s"""
_CREDS_VARIABLES: Final = "NATS_CREDENTIALS or NATS_CREDENTIALS_FILE"
_NEW_CREDS: Final = "get new creds for this app and environment"


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A refused login, with what both sides are known to have said

    `identity` is None without creds; `has_password` tells of a login in the address. `client_ip` is
    the address that the server saw. `waited_s` is how long it took to refuse, 0 if nobody measured.
    """

    identity: CredsIdentity | None
    has_password: bool
    client_ip: str
    now: int
    waited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Owner:
    """The app and the environment that creds or an account belong to; empty where unknown"""

    app: str = ""
    environment: str = ""


def find_login_reasons(attempt: LoginAttempt) -> tuple[Reason, ...]:
    """Return why the login was refused: what is certain, otherwise what only the server knows"""
    identity = attempt.identity
    if identity is None:
        return (_without_creds(attempt),)
    certain = tuple(_certain(identity, attempt))
    return certain or (_unseen(identity, attempt),)


def judge_creds(
    creds: Creds, identity: CredsIdentity, now: int, warn_within_s: float
) -> Iterator[Reason]:
    """Yield what will go wrong with creds that are right here and now"""
    for repair in creds.repairs:
        yield warning(
            "creds-form",
            f"the text {repair.value}: refused by clients in {', '.join(repair.refused_by)}",
            "write it again, for example with iterapp-nats env --write FILE",
        )
    yield from _judge_expiry(identity, now, warn_within_s)
    yield from _judge_limits(identity.rights)


def judge_owner(owner: Owner, wanted: Owner) -> Iterator[Reason]:
    """Yield what is wrong when creds of `owner` are used where those of `wanted` are expected"""
    if wanted.environment and owner.environment and owner.environment != wanted.environment:
        yield failure(
            "creds-other-environment",
            f"the creds belong to the environment {owner.environment},"
            f" and HOPS_ENV says {wanted.environment}",
            f"use the creds of {wanted.environment}: take all four variables from one place",
        )
    if wanted.app and owner.app and owner.app != wanted.app:
        yield warning(
            "creds-other-app",
            f"the creds belong to the app {owner.app}, and this is {wanted.app}",
            "an account sees only its own messages: use the creds of this app",
        )


def owner_of_tags(tags: tuple[str, ...]) -> Owner:
    """Return the owner that the tags `app:…` and `env:…` of a JWT name"""
    values = dict(tag.partition(":")[::2] for tag in tags)
    return Owner(values.get("app", ""), values.get("env", ""))


def owner_of_account(name: str) -> Owner:
    """Return the owner that an account's name such as shop-test names"""
    app, _, environment = name.rpartition("-")
    return Owner(app, environment) if app and environment in ENVIRONMENTS else Owner()


def _without_creds(attempt: LoginAttempt) -> Reason:
    if attempt.has_password:
        return failure(
            "login-password",
            "the user or the password in the address is wrong, or the server takes only creds",
            "correct the login in NATS_URL, with special characters as %XX",
        )
    return failure(
        "login-missing",
        "the server asks for a login, and no credentials are given",
        f"set {_CREDS_VARIABLES}; on the platform they are set when iterapp.toml has [nats]",
    )


def _certain(identity: CredsIdentity, attempt: LoginAttempt) -> Iterator[Reason]:
    rights = identity.rights
    if identity.expires_at is not None and attempt.now >= identity.expires_at:
        until = render_time(identity.expires_at)
        yield failure("creds-expired", f"the creds expired at {until}", _NEW_CREDS)
    if rights is None:
        return
    types = rights.connection_types
    if types and CONNECTION_TYPE not in (name.upper() for name in types):
        yield failure(
            "login-connection-type",
            f"the creds are for connections of the type {', '.join(types)}, and this is"
            f" {CONNECTION_TYPE}",
            f"issue them again with {CONNECTION_TYPE} among allowed_connection_types",
        )
    if rights.sources and not _is_source(attempt.client_ip, rights.sources):
        yield failure(
            "login-source-address",
            f"the creds are for {', '.join(rights.sources)},"
            f" and the server sees this client as {attempt.client_ip}",
            "connect from one of these networks, or issue the creds again with another src",
        )
    if is_within_times(rights, attempt.now) is False:
        yield failure(
            "login-connect-times",
            f"the creds are for {render_times(rights)}, and it is {render_time(attempt.now)}",
            "come back within these times, or issue the creds again with others",
        )


def _unseen(identity: CredsIdentity, attempt: LoginAttempt) -> Reason:
    account = identity.account_public_key
    unknown = "never pushed, deleted, expired, or of another operator, as in another environment"
    causes = [f"it does not know the account {account} ({unknown})", "the user was revoked"]
    if attempt.waited_s >= _LOOKUP_S:
        causes[0] += f", likely: it took {attempt.waited_s:.1f} s, as a lookup in vain does"
    if identity.issuer != account:
        causes.append(f"{identity.issuer}, which signed them, is no signing key of the account")
    owner = owner_of_tags(identity.tags)
    whose = f" ({owner.app} in {owner.environment})" if owner.app and owner.environment else ""
    return failure(
        "login-refused",
        "signature, key and dates of the creds are right, so the cause is one that only the server"
        f" knows: {'; or '.join(causes)}",
        f"compare NATS_URL with the environment that the creds{whose} were issued for",
        "ask the operator of the server whether the account is pushed and the user revoked",
    )


def _judge_expiry(identity: CredsIdentity, now: int, warn_within_s: float) -> Iterator[Reason]:
    expires_at = identity.expires_at
    if expires_at is None or expires_at - now > warn_within_s:
        return
    until = render_time(expires_at)
    yield warning("creds-expire-soon", f"the creds expire at {until}", _NEW_CREDS)


def _judge_limits(rights: UserRights | None) -> Iterator[Reason]:
    if rights and rights.limits.subscriptions == 0:
        yield failure(
            "subscription-limit",
            "the creds allow 0 subscriptions: a limit left out of the claims counts as 0",
            "issue them again with subs -1, which means without limit",
        )


def _is_source(client_ip: str, networks: tuple[str, ...]) -> bool:
    try:
        address = ip_address(client_ip)
        return any(address in ip_network(network, strict=False) for network in networks)
    except ValueError:
        # Without a valid address or network nothing is certain.
        return True
