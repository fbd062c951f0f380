"""Who creds log in as, and whether a server could accept them: checked offline before each connect

What cannot be seen from creds alone: a revocation, an account that the server does not know, and an
account of another operator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from iterapp_nats.errors import InputError
from iterapp_nats.security.claims import UserClaims, UserRights
from iterapp_nats.security.jwt import verify_jwt
from iterapp_nats.security.nkey import KeyPair, Role, parse_public_key

if TYPE_CHECKING:
    from iterapp_nats.security.creds import Creds

_NEW_CREDS = "get new creds for this app and environment"


@dataclass(frozen=True, slots=True)
class CredsIdentity:
    """The login that creds give; times are Unix seconds

    `rights` is None where a scoped signing key gives them: only the server knows its template.
    """

    user_name: str
    user_public_key: str
    account_public_key: str
    issuer: str
    issued_at: int
    not_before: int | None
    expires_at: int | None
    rights: UserRights | None
    tags: tuple[str, ...]


def identify_creds(creds: Creds) -> CredsIdentity:
    """Return who the creds log in as, whatever the time

    Raises nothing but InputError: `seed-…` as parse_seed, `jwt-…` and `public-key-…` as
    `verify_jwt`, `creds-not-user` and `creds-mismatch`.
    """
    key_pair = KeyPair.from_seed(creds.seed)
    signed = verify_jwt(creds.user_jwt.reveal())
    claims = signed.claims
    if not isinstance(claims, UserClaims):
        raise InputError("creds-not-user", "the JWT of the creds is not that of a user")
    if claims.public_key != key_pair.public_key:
        raise InputError(
            "creds-mismatch",
            f"the seed of the creds belongs to {key_pair.public_key}, their JWT to another user",
            hints=("JWT and seed come from different creds: get both again together",),
        )
    account_public_key = claims.issuer_account or signed.issuer
    _require_account(account_public_key)
    return CredsIdentity(
        user_name=claims.name,
        user_public_key=claims.public_key,
        account_public_key=account_public_key,
        issuer=signed.issuer,
        issued_at=signed.issued_at,
        not_before=claims.not_before,
        expires_at=claims.expires_at,
        rights=claims.rights,
        tags=claims.tags,
    )


def check_creds(creds: Creds, now: int) -> CredsIdentity:
    """Return who the creds log in as at `now` (Unix seconds)

    Raises InputError as `identify_creds`, and `creds-expired` or `creds-not-yet-valid`.
    """
    identity = identify_creds(creds)
    context = {"user": identity.user_public_key, "account": identity.account_public_key}
    expires_at, not_before = identity.expires_at, identity.not_before
    if expires_at is not None and now >= expires_at:
        raise InputError(
            "creds-expired",
            f"the creds expired at {render_time(expires_at)}",
            hints=(_NEW_CREDS, f"if that is not in the past, set the clock: {render_time(now)}"),
            context=context,
        )
    if not_before is not None and now < not_before:
        raise InputError(
            "creds-not-yet-valid",
            f"the creds are not valid before {render_time(not_before)}",
            hints=(f"if that is not in the future, set the clock: {render_time(now)}",),
            context=context,
        )
    return identity


def render_time(unix_seconds: int) -> str:
    """Return a time as 2030-01-31T12:00:00Z, or as a number where no calendar reaches"""
    try:
        time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=unix_seconds)
    except OverflowError:
        return f"{unix_seconds} seconds after 1970"
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _require_account(public_key: str) -> None:
    role, _ = parse_public_key(public_key)
    if role is not Role.ACCOUNT:
        raise InputError(
            "jwt-wrong-issuer", f"the creds name {role.label} in place of their account"
        )
