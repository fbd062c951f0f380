from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.security.claims import (
    AccountClaims,
    AccountLimits,
    AnyClaims,
    ConnectTimes,
    DeleteClaims,
    JetStreamLimits,
    OperatorClaims,
    Permissions,
    ResponsePermission,
    Revocation,
    ScopedSigningKey,
    SubjectPermission,
    UserClaims,
    UserLimits,
    UserRights,
)
from iterapp_nats.security.jwt import decode_jwt, encode_jwt, verify_jwt
from tests.security.samples import (
    ACCOUNT,
    NOW,
    OPERATOR,
    OTHER_ACCOUNT,
    USER,
    USER_CLAIMS,
    USER_JWT,
    code_of,
    payload_of,
    refusal_of,
    with_payload,
)

if TYPE_CHECKING:
    from iterapp_nats.security.nkey import KeyPair

RIGHTS = UserRights(
    permissions=Permissions(
        publish=SubjectPermission(("chat.>",), ("chat.admin",)),
        subscribe=SubjectPermission(("_INBOX.>",)),
        response=ResponsePermission(max_messages=5, ttl_ns=10**9),
    ),
    limits=UserLimits(10, 20, 30),
    sources=("10.0.0.0/8",),
    times=(ConnectTimes("08:00:00", "17:00:00"),),
    times_location="Europe/Oslo",
    connection_types=("STANDARD",),
    bearer_token=True,
)
EVERY_KIND = [
    (OperatorClaims(public_key=OPERATOR.public_key), OPERATOR),
    (
        OperatorClaims(
            public_key=OPERATOR.public_key,
            name="operator",
            system_account=ACCOUNT.public_key,
            signing_keys=(OPERATOR.public_key,),
            account_server_url="nats://127.0.0.1",
            operator_service_urls=("nats://127.0.0.1",),
            strict_signing_key_usage=True,
        ),
        OPERATOR,
    ),
    (AccountClaims(public_key=ACCOUNT.public_key), OPERATOR),
    (
        AccountClaims(
            public_key=ACCOUNT.public_key,
            name="Ærlig <app> & co",
            tags=("app:x", "env:y"),
            expires_at=NOW + 60,
            limits=AccountLimits(
                subscriptions=1,
                data_bytes=2,
                payload_bytes=3,
                imports=4,
                exports=5,
                connections=6,
                leaf_nodes=7,
                wildcard_exports=False,
                jetstream=JetStreamLimits(8, 9, 10, 11),
            ),
            default_permissions=RIGHTS.permissions,
            signing_keys=(
                OTHER_ACCOUNT.public_key,
                ScopedSigningKey(ACCOUNT.public_key, "reader", RIGHTS),
            ),
            revocations=(Revocation(USER.public_key, NOW), Revocation("*", NOW - 1)),
            description="an account",
        ),
        OPERATOR,
    ),
    (USER_CLAIMS, ACCOUNT),
    (
        UserClaims(public_key=USER.public_key, not_before=NOW, expires_at=NOW + 1, rights=RIGHTS),
        ACCOUNT,
    ),
    (
        UserClaims(
            public_key=USER.public_key, issuer_account=OTHER_ACCOUNT.public_key, rights=None
        ),
        ACCOUNT,
    ),
    (DeleteClaims(public_key=OPERATOR.public_key, accounts=(ACCOUNT.public_key,)), OPERATOR),
]


def test_account_without_options_writes_every_limit_as_unlimited() -> None:
    claims = AccountClaims(public_key=ACCOUNT.public_key, name="exampleapp-test")
    payload = json.loads(payload_of(encode_jwt(claims, OPERATOR, NOW)))
    assert payload["nats"] == {
        "limits": {
            "subs": -1,
            "data": -1,
            "payload": -1,
            "imports": -1,
            "exports": -1,
            "wildcards": True,
            "conn": -1,
            "leaf": -1,
        },
        "default_permissions": {"pub": {}, "sub": {}},
        "type": "account",
        "version": 2,
    }


def test_user_of_a_scoped_signing_key_carries_no_rights() -> None:
    claims = UserClaims(
        public_key=USER.public_key, issuer_account=OTHER_ACCOUNT.public_key, rights=None
    )
    payload = json.loads(payload_of(encode_jwt(claims, ACCOUNT, NOW)))
    assert payload["nats"] == {
        "issuer_account": OTHER_ACCOUNT.public_key,
        "type": "user",
        "version": 2,
    }


@pytest.mark.parametrize(("claims", "signer"), EVERY_KIND)
def test_every_kind_of_claims_reads_back(claims: AnyClaims, signer: KeyPair) -> None:
    jwt = encode_jwt(claims, signer, NOW)
    read = verify_jwt(jwt)
    assert read.claims == claims
    assert (read.issuer, read.issued_at) == (signer.public_key, NOW)
    assert decode_jwt(jwt) == read


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
text_tuples = st.lists(texts, max_size=3).map(tuple)
int64s = st.integers(-(2**63) + 1, 2**63 - 1)
subject_permissions = st.builds(SubjectPermission, text_tuples, text_tuples)


@given(texts, st.none() | st.integers(1, 2**63 - 1), subject_permissions, int64s)
def test_any_user_claims_read_back(
    name: str, expires_at: int | None, publish: SubjectPermission, limit: int
) -> None:
    rights = UserRights(Permissions(publish=publish), UserLimits(payload_bytes=limit))
    claims = replace(USER_CLAIMS, name=name, expires_at=expires_at, rights=rights)
    assert verify_jwt(encode_jwt(claims, ACCOUNT, NOW)).claims == claims


def test_absent_limits_are_read_as_zero_as_the_server_does() -> None:
    jwt = with_payload(nats={"type": "user", "version": 2})
    claims = verify_jwt(jwt).claims
    assert isinstance(claims, UserClaims)
    assert claims.rights == UserRights(limits=UserLimits(0, 0, 0))


def test_unknown_claims_are_ignored() -> None:
    nats = json.loads(payload_of(USER_JWT))["nats"] | {"new": [1, {"a": None}]}
    assert verify_jwt(with_payload(nats=nats, aud="x", other={"y": 1})).claims == USER_CLAIMS


def test_wrong_claim_is_named_with_its_path() -> None:
    jwt = with_payload(nats={"type": "user", "version": 2, "pub": {"allow": [1]}})
    assert refusal_of(decode_jwt, jwt).message == "the claim nats.pub.allow is not text"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
claim_names = st.sampled_from(
    ["limits", "pub", "sub", "resp", "times", "signing_keys", "revocations", "tags", "src", "subs"]
)


@given(st.sampled_from(["operator", "account", "user", "generic"]), claim_names, json_values)
def test_any_claim_of_any_shape_is_read_or_refused(kind: str, name: str, value: object) -> None:
    jwt = with_payload(nats={"type": kind, "version": 2, name: value})
    assert code_of(decode_jwt, jwt) in {None, "jwt-malformed"}
