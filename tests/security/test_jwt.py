from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.security.claims import (
    AccountClaims,
    AnyClaims,
    DeleteClaims,
    OperatorClaims,
    UserRights,
)
from iterapp_nats.security.jwt import MAX_JWT_CHARACTERS, decode_jwt, encode_jwt, verify_jwt
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
    signed,
    with_payload,
)

if TYPE_CHECKING:
    from iterapp_nats.security.nkey import KeyPair

# Linear work takes 10 ms, quadratic work took 17 s: the bound holds on a busy machine too.
QUADRATIC_S = 2


def test_fixed_keys_and_time_give_a_known_user_jwt() -> None:
    assert payload_of(USER_JWT) == (
        '{"jti":"FGA7U53365SXBQ5C5LFX7QXUOQGGI4KWSYGEMMKQL4OSZDFARZ2A",'
        '"iat":1900000000,'
        '"iss":"ADXKUUXNIGKL4WT2YCHDOKJKGFOATUTNCL5W7Z3WK6ND7ALDORVST5VB",'
        '"name":"pod",'
        '"sub":"UAUIMECBQFGENMPZBDQANJE2KRJUR5N64RDCSCPVV5MOILQG3AAJ5Q5P",'
        '"nats":{"pub":{},"sub":{},"subs":-1,"data":-1,"payload":-1,"type":"user","version":2}}'
    )
    assert sha256(USER_JWT.encode()).hexdigest() == (
        "43258d95f527d7b7bf6bb9f7eda74958f402a47b2b0031928ef4a5b1b6d86a06"
    )


def test_two_edits_in_one_second_have_different_ids() -> None:
    edited = replace(USER_CLAIMS, rights=UserRights(bearer_token=True))
    first = decode_jwt(USER_JWT).jwt_id
    assert first != decode_jwt(encode_jwt(edited, ACCOUNT, NOW)).jwt_id
    assert first == decode_jwt(encode_jwt(USER_CLAIMS, ACCOUNT, NOW)).jwt_id


@pytest.mark.parametrize(
    ("claims", "signer"),
    [
        (USER_CLAIMS, OPERATOR),
        (USER_CLAIMS, USER),
        (AccountClaims(public_key=ACCOUNT.public_key), ACCOUNT),
        (OperatorClaims(public_key=ACCOUNT.public_key), OPERATOR),
        (DeleteClaims(public_key=ACCOUNT.public_key, accounts=()), OPERATOR),
    ],
)
def test_key_of_the_wrong_role_signs_nothing(claims: AnyClaims, signer: KeyPair) -> None:
    assert code_of(lambda key: encode_jwt(claims, key, NOW), signer) == "jwt-wrong-issuer"


@pytest.mark.parametrize(
    ("jwt", "code"),
    [
        ("", "jwt-malformed"),
        ("a.b", "jwt-malformed"),
        (f"{USER_JWT}=", "jwt-malformed"),
        (f"{USER_JWT}\n", "jwt-malformed"),
        (f"a.{USER_JWT[2:]}", "jwt-malformed"),
        ("e30.e30.e30", "jwt-malformed"),
        ("." * MAX_JWT_CHARACTERS + ".", "jwt-too-large"),
        (signed("{}", algorithm="HS256"), "jwt-malformed"),
        (signed("{}", algorithm="ed25519"), "jwt-version"),
        (signed("[]"), "jwt-malformed"),
        (signed("[" * 100_000), "jwt-malformed"),
        (signed('{"nats":' * 50_000), "jwt-malformed"),
        (signed("9" * 10_000), "jwt-malformed"),
        (signed('{"exp": NaN}'), "jwt-version"),
        (signed('{"name": "'), "jwt-malformed"),
        (with_payload(name="\ud800"), "jwt-malformed"),
        (with_payload(name=7), "jwt-malformed"),
        (with_payload(exp=1.5), "jwt-malformed"),
        (with_payload(exp=True), "jwt-malformed"),
        (with_payload(exp=2**63), "jwt-malformed"),
        (with_payload(nats=[]), "jwt-malformed"),
        (with_payload(nats={"type": "user", "version": 2, "src": "x"}), "jwt-malformed"),
        (with_payload(nats={"type": "user", "version": 2, "pub": 1}), "jwt-malformed"),
        (with_payload(nats={"type": "user", "version": 2, "bearer_token": 1}), "jwt-malformed"),
        (with_payload(nats={"type": "user"}), "jwt-version"),
        (with_payload(nats={"type": "activation", "version": 2}), "jwt-unknown-type"),
        (with_payload(iss=OTHER_ACCOUNT.public_key), "jwt-signature"),
        (with_payload(iss=USER.public_key), "jwt-wrong-issuer"),
        (with_payload(iss="x"), "public-key-malformed"),
        (USER_JWT[:-86] + "A" * 86, "jwt-signature"),
        (USER_JWT[:-4], "jwt-signature"),
    ],
)
def test_bad_jwt_is_refused_by_name(jwt: str, code: str) -> None:
    assert refusal_of(verify_jwt, jwt).code == code


@given(st.text(max_size=200) | st.from_regex(r"[\w-]{1,99}\.[\w-]{1,99}\.[\w-]{1,99}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert code_of(verify_jwt, text) != ""


@pytest.mark.parametrize("filler", ["[", '{"a":', '"\\ud800', "9", " "])
def test_largest_jwt_is_read_without_quadratic_work(filler: str) -> None:
    jwt = signed(filler * (MAX_JWT_CHARACTERS * 3 // 4 // len(filler) - 200))
    assert len(jwt) <= MAX_JWT_CHARACTERS
    start = process_time()
    assert code_of(decode_jwt, jwt) == "jwt-malformed"
    assert process_time() - start < QUADRATIC_S
