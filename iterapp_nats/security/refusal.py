"""Why a server refuses creds that are right by themselves, told from what its resolver holds

The server answers each of these with the same `Authorization Violation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError, Refused
from iterapp_nats.security.claims import AccountClaims
from iterapp_nats.security.identity import render_time
from iterapp_nats.security.jwt import verify_jwt

if TYPE_CHECKING:
    from iterapp_nats.security.claims import Revocation
    from iterapp_nats.security.identity import CredsIdentity

_EVERYBODY: Final = "*"
_NEW_CREDS: Final = "get new creds for this app and environment"


def find_refusal(
    identity: CredsIdentity, account_jwt: str | None, operator_public_key: str
) -> Refused | None:
    """Return the reason, None when none is seen

    `account_jwt` is what the resolver holds for the account, None when it holds nothing. The codes
    are `login-account-unknown`, `login-operator-foreign` and
    `login-user-revoked`.
    """
    account = identity.account_public_key
    if account_jwt is None:
        return _refused(
            identity,
            "login-account-unknown",
            f"the server does not know the account {account} of these credentials",
            "they belong to another server, or its accounts were made anew since: " + _NEW_CREDS,
        )
    try:
        signed = verify_jwt(account_jwt)
    except InputError:
        return None
    if signed.issuer != operator_public_key:
        return _refused(
            identity,
            "login-operator-foreign",
            f"the account {account} was issued by the operator {signed.issuer},"
            f" and the server trusts {operator_public_key}",
            "they belong to another server: " + _NEW_CREDS,
        )
    claims = signed.claims
    revocation = _revocation(claims, identity) if isinstance(claims, AccountClaims) else None
    if revocation is None:
        return None
    user, until = identity.user_public_key, render_time(revocation.issued_until)
    message = f"the account {account} revoked what was issued to {user} until {until}"
    return _refused(identity, "login-user-revoked", message, _NEW_CREDS)


def _revocation(claims: AccountClaims, identity: CredsIdentity) -> Revocation | None:
    return next(
        (
            item
            for item in claims.revocations
            if item.user in (_EVERYBODY, identity.user_public_key)
            and identity.issued_at <= item.issued_until
        ),
        None,
    )


def _refused(identity: CredsIdentity, code: str, message: str, hint: str) -> Refused:
    context = {"user": identity.user_public_key, "account": identity.account_public_key}
    return Refused(code, message, hints=(hint,), context=context)
