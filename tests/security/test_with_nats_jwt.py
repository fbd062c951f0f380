"""An independent library reads our JWTs, and its JWTs are read here"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from iterapp_nats.security.claims import (
    AccountClaims,
    AnyClaims,
    OperatorClaims,
    Permissions,
    SubjectPermission,
    UserClaims,
    UserLimits,
    UserRights,
)
from iterapp_nats.security.jwt import encode_jwt, verify_jwt
from iterapp_nats.security.nkey import KeyPair, Role, parse_public_key
from tests.security.samples import ACCOUNT, NOW, OPERATOR, USER, USER_CLAIMS, payload_of

RIGHTS = UserRights(
    permissions=Permissions(
        publish=SubjectPermission(("chat.>",), ("chat.admin",)),
        subscribe=SubjectPermission(("_INBOX.>",)),
    ),
    limits=UserLimits(10, 20, 30),
    connection_types=("STANDARD",),
    bearer_token=True,
)


def without_nulls(values: dict[str, object]) -> dict[str, object]:
    return {
        name: without_nulls(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if value is not None
    }


@pytest.mark.parametrize(
    ("claims", "signer"),
    [
        (
            OperatorClaims(
                public_key=OPERATOR.public_key,
                name="operator",
                system_account=ACCOUNT.public_key,
                signing_keys=(OPERATOR.public_key,),
                strict_signing_key_usage=True,
            ),
            OPERATOR,
        ),
        (AccountClaims(public_key=ACCOUNT.public_key, name="Ærlig"), OPERATOR),
        (USER_CLAIMS, ACCOUNT),
        (
            replace(USER_CLAIMS, expires_at=NOW + 1, not_before=NOW, rights=RIGHTS),
            ACCOUNT,
        ),
    ],
)
def test_our_jwt_says_the_same_to_nats_jwt(claims: AnyClaims, signer: KeyPair) -> None:
    from nats_jwt.v2.decoder import decode  # type: ignore[import-untyped]

    jwt = encode_jwt(claims, signer, NOW)
    assert without_nulls(json.loads(str(decode(jwt)))) == json.loads(payload_of(jwt))


def test_user_and_account_of_nats_jwt_are_read_and_verified() -> None:
    from nats_jwt.v2.snippets import Operator  # type: ignore[import-untyped]

    operator = Operator(seed=OPERATOR.seed.reveal().encode("ascii"))
    account = operator.create_account("theirs")
    user = account.create_user("them")

    read_account, read_user = verify_jwt(account.jwt), verify_jwt(user.jwt)

    assert isinstance(read_account.claims, AccountClaims)
    assert isinstance(read_user.claims, UserClaims)
    assert read_account.issuer == OPERATOR.public_key
    assert read_user.issuer == read_account.claims.public_key
    assert (read_account.claims.name, read_user.claims.name) == ("theirs", "them")
    assert parse_public_key(read_user.claims.public_key)[0] is Role.USER
    assert read_user.claims.rights == UserRights()
    assert read_user.claims.public_key != USER.public_key
