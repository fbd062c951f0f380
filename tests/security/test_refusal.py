from __future__ import annotations

import pytest

from iterapp_nats.security.claims import AccountClaims, Revocation
from iterapp_nats.security.identity import check_creds
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import Role
from iterapp_nats.security.refusal import find_refusal
from tests.security.samples import ACCOUNT, CREDS, NOW, OPERATOR, USER
from tests.support.operator_mode import derive_key

IDENTITY = check_creds(CREDS, NOW)
FOREIGN = derive_key(Role.OPERATOR, "foreign")


def account_jwt(*revocations: Revocation, by_foreigner: bool = False) -> str:
    claims = AccountClaims(public_key=ACCOUNT.public_key, revocations=revocations)
    return encode_jwt(claims, FOREIGN if by_foreigner else OPERATOR, NOW)


def code_of(held: str | None) -> str | None:
    refusal = find_refusal(IDENTITY, held, OPERATOR.public_key)
    return refusal.code if refusal else None


def test_resolver_without_the_account_does_not_know_it() -> None:
    assert code_of(None) == "login-account-unknown"


def test_account_of_another_operator_is_foreign() -> None:
    assert code_of(account_jwt(by_foreigner=True)) == "login-operator-foreign"


@pytest.mark.parametrize("user", [USER.public_key, "*"])
@pytest.mark.parametrize(("until", "is_revoked"), [(NOW - 1, False), (NOW, True), (NOW + 1, True)])
def test_revocation_holds_for_what_was_issued_until_then(
    user: str, until: int, *, is_revoked: bool
) -> None:
    code = code_of(account_jwt(Revocation(user, until)))
    assert code == ("login-user-revoked" if is_revoked else None)


@pytest.mark.parametrize("held", [account_jwt(), "damaged", ""])
def test_no_reason_is_invented(held: str) -> None:
    assert code_of(held) is None


def test_revocation_of_another_user_is_none() -> None:
    assert code_of(account_jwt(Revocation(derive_key(Role.USER, "x").public_key, NOW + 9))) is None
