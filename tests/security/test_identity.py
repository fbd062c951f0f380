from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.secret import Secret
from iterapp_nats.security.claims import (
    AccountClaims,
    Permissions,
    SubjectPermission,
    UserClaims,
    UserRights,
)
from iterapp_nats.security.creds import Creds
from iterapp_nats.security.identity import (
    CredsIdentity,
    check_creds,
    identify_creds,
    render_time,
)
from iterapp_nats.security.jwt import encode_jwt
from tests.security.samples import (
    ACCOUNT,
    NOW,
    OPERATOR,
    OTHER_ACCOUNT,
    OTHER_USER,
    USER,
    USER_CLAIMS,
    USER_JWT,
    code_of,
    refusal_of,
)

DAY_S = 86_400


def creds_with(claims: UserClaims) -> Creds:
    return Creds(Secret(encode_jwt(claims, ACCOUNT, NOW)), USER.seed)


def check(creds: Creds) -> CredsIdentity:
    return check_creds(creds, NOW)


def test_identity_says_who_logs_in_and_with_which_rights() -> None:
    rights = UserRights(permissions=Permissions(publish=SubjectPermission(allow=("chat.>",))))
    claims = replace(USER_CLAIMS, expires_at=NOW + DAY_S, rights=rights, tags=("app:x",))
    assert check(creds_with(claims)) == CredsIdentity(
        user_name="pod",
        user_public_key=USER.public_key,
        account_public_key=ACCOUNT.public_key,
        issuer=ACCOUNT.public_key,
        issued_at=NOW,
        not_before=None,
        expires_at=NOW + DAY_S,
        rights=rights,
        tags=("app:x",),
    )


def test_user_of_a_signing_key_belongs_to_the_account_that_it_names() -> None:
    claims = replace(USER_CLAIMS, issuer_account=OTHER_ACCOUNT.public_key, rights=None)
    identity = check(creds_with(claims))
    assert identity.account_public_key == OTHER_ACCOUNT.public_key
    assert identity.issuer == ACCOUNT.public_key
    assert identity.rights is None


def test_expired_creds_say_when_they_expired() -> None:
    error = refusal_of(check, creds_with(replace(USER_CLAIMS, expires_at=NOW)))
    assert error.code == "creds-expired"
    assert error.message == "the creds expired at 2030-03-17T17:46:40Z"
    assert error.context == {"user": USER.public_key, "account": ACCOUNT.public_key}


def test_creds_of_the_future_say_from_when_they_are_valid() -> None:
    error = refusal_of(check, creds_with(replace(USER_CLAIMS, not_before=NOW + 1)))
    assert error.code == "creds-not-yet-valid"
    assert error.message == "the creds are not valid before 2030-03-17T17:46:41Z"


def test_creds_are_valid_from_not_before_to_the_second_before_expiry() -> None:
    identity = check(creds_with(replace(USER_CLAIMS, not_before=NOW, expires_at=NOW + 1)))
    assert identity.expires_at == NOW + 1


def test_expired_creds_still_show_their_identity() -> None:
    expired = creds_with(replace(USER_CLAIMS, expires_at=1))
    assert identify_creds(expired).expires_at == 1


@pytest.mark.parametrize(
    ("creds", "code"),
    [
        (Creds(Secret(USER_JWT), OTHER_USER.seed), "creds-mismatch"),
        (Creds(Secret(USER_JWT), ACCOUNT.seed), "creds-mismatch"),
        (Creds(Secret(USER_JWT), Secret("SU")), "seed-malformed"),
        (Creds(Secret("a.b.c"), USER.seed), "jwt-malformed"),
        (Creds(Secret(USER_JWT[:-86] + "A" * 86), USER.seed), "jwt-signature"),
        (
            Creds(
                Secret(encode_jwt(AccountClaims(public_key=ACCOUNT.public_key), OPERATOR, NOW)),
                USER.seed,
            ),
            "creds-not-user",
        ),
        (
            creds_with(replace(USER_CLAIMS, issuer_account=OPERATOR.public_key)),
            "jwt-wrong-issuer",
        ),
        (creds_with(replace(USER_CLAIMS, issuer_account="A")), "public-key-malformed"),
    ],
)
def test_creds_that_cannot_log_in_are_refused_by_name(creds: Creds, code: str) -> None:
    assert refusal_of(check, creds).code == code


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_any_expiry_is_compared_and_rendered(expires_at: int) -> None:
    code = code_of(check, creds_with(replace(USER_CLAIMS, expires_at=expires_at)))
    has_expiry = expires_at != 0
    assert code == ("creds-expired" if has_expiry and expires_at <= NOW else None)
    assert render_time(expires_at)


@pytest.mark.parametrize(
    ("unix_seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (NOW, "2030-03-17T17:46:40Z"),
        (2**62, "4611686018427387904 seconds after 1970"),
    ],
)
def test_time_is_rendered_in_utc(unix_seconds: int, text: str) -> None:
    assert render_time(unix_seconds) == text
