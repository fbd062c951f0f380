"""Rows of the failure catalogue about credentials: everything the server calls a violation"""

from __future__ import annotations

import json
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from iterapp_nats.insight.steps import StepName
from iterapp_nats.secret import Secret
from iterapp_nats.security.claims import (
    AccountClaims,
    AccountLimits,
    ConnectTimes,
    Revocation,
    ScopedSigningKey,
    UserClaims,
    UserLimits,
    UserRights,
)
from iterapp_nats.security.creds import Creds, parse_creds, render_creds
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import KeyPair, Role
from tests.insight.cases import Row, case_at, case_of, row, with_log
from tests.support.operator_mode import (
    ACCOUNT_NAME,
    USER_NAME,
    OperatorMode,
    build_operator_mode,
    derive_key,
    issue_creds,
)
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.insight.case import Case

ROWS: Final[list[Row]] = []
LOGIN, CREDENTIALS = StepName.LOGIN, StepName.CREDENTIALS
ACCOUNT: Final = derive_key(Role.ACCOUNT, ACCOUNT_NAME)
USER: Final = derive_key(Role.USER, USER_NAME)
STRANGER: Final = derive_key(Role.ACCOUNT, "stranger")
HOUR_S: Final = 3600


def account(**fields: object) -> AccountClaims:
    return AccountClaims(public_key=ACCOUNT.public_key, name=ACCOUNT_NAME, **fields)  # type: ignore[arg-type]


def creds(issuer: KeyPair = ACCOUNT, **fields: object) -> str:
    claims = UserClaims(public_key=USER.public_key, name=USER_NAME, **fields)  # type: ignore[arg-type]
    return issue_creds(claims, USER, issuer)


@contextmanager
def served(
    folder: Path, text: str | None = None, claims: AccountClaims | None = None
) -> Iterator[tuple[OperatorMode, RunningServer]]:
    """A server of one account, and creds to it, replaced by `text`"""
    mode = build_operator_mode(folder, account_claims=claims)
    if text is not None:
        mode.creds_path.write_text(text, encoding="utf-8")
    with run_server(folder, config_path=mode.config_path) as running:
        yield mode, running


@row(ROWS, LOGIN, "login-missing", "no credentials are given", "NATS_CREDENTIALS")
def no_creds(folder: Path) -> Iterator[Case]:
    with served(folder) as (_, running):
        yield case_of({"NATS_URL": running.url})


@row(ROWS, LOGIN, "login-password", "user or the password")
def wrong_password(folder: Path) -> Iterator[Case]:
    with run_server(folder, "authorization { user: app, password: right }") as running:
        yield case_of({"NATS_URL": running.url.replace("//", "//app:wrong@")})


@row(ROWS, CREDENTIALS, "jwt-signature", "changed after it was issued")
def tampered_jwt(folder: Path) -> Iterator[Case]:
    parsed = parse_creds(creds())
    other = parse_creds(creds(tags=("other",)))
    signature = other.user_jwt.reveal().rpartition(".")[2]
    jwt = f"{parsed.user_jwt.reveal().rpartition('.')[0]}.{signature}"
    with served(folder, render_creds(Creds(Secret(jwt), USER.seed))) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "jwt-malformed", "three dotted parts")
def padded_jwt(folder: Path) -> Iterator[Case]:
    jwt = parse_creds(creds()).user_jwt.reveal() + "="
    with served(folder, render_creds(Creds(Secret(jwt), USER.seed))) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "jwt-wrong-issuer", "issued by an account, not by a user")
def jwt_signed_by_a_user(folder: Path) -> Iterator[Case]:
    _, payload, _ = parse_creds(creds()).user_jwt.reveal().split(".")
    claims = json.loads(urlsafe_b64decode(payload + "=="))
    text = render_creds(Creds(Secret(sign_raw(claims | {"iss": USER.public_key})), USER.seed))
    with served(folder, text) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "creds-not-user", "not that of a user")
def jwt_of_an_account(folder: Path) -> Iterator[Case]:
    jwt = encode_jwt(account(), derive_key(Role.OPERATOR, "other"), int(time.time()))
    with served(folder, render_creds(Creds(Secret(jwt), USER.seed))) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "creds-mismatch", "belongs to", "another user")
def seed_of_another_user(folder: Path) -> Iterator[Case]:
    text = creds().replace(USER.seed.reveal(), derive_key(Role.USER, "b").seed.reveal())
    with served(folder, text) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "seed-checksum", "seed")
def seed_with_a_typo(folder: Path) -> Iterator[Case]:
    seed = USER.seed.reveal()
    typo = seed[:20] + ("A" if seed[20] != "A" else "B") + seed[21:]
    with served(folder, creds().replace(seed, typo)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "seed-wrong-role", "an account seed")
def seed_of_the_account(folder: Path) -> Iterator[Case]:
    text = creds().replace(USER.seed.reveal(), ACCOUNT.seed.reveal())
    with served(folder, text) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "creds-expired", "expired at")
def user_expired(folder: Path) -> Iterator[Case]:
    with served(folder, creds(expires_at=int(time.time()) - 10)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "creds-not-yet-valid", "not valid before", "clock")
def user_not_yet_valid(folder: Path) -> Iterator[Case]:
    with served(folder, creds(not_before=int(time.time()) + HOUR_S)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "login-refused", "the user was revoked", "account")
def user_revoked_seen_from_outside(folder: Path) -> Iterator[Case]:
    revocation = Revocation(USER.public_key, int(time.time()) + 1)
    with served(folder, claims=account(revocations=(revocation,))) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "login-user-revoked", "was revoked", "User authentication revoked")
def user_revoked_with_the_log(folder: Path) -> Iterator[Case]:
    revocation = Revocation(USER.public_key, int(time.time()) + 1)
    with served(folder, claims=account(revocations=(revocation,))) as (mode, running):
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-refused", "does not know the account", "another environment")
def account_unknown_seen_from_outside(folder: Path) -> Iterator[Case]:
    with served(folder, creds(STRANGER)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "login-account-unknown", "does not know the account", "account missing")
def account_unknown_with_the_log(folder: Path) -> Iterator[Case]:
    with served(folder, creds(STRANGER)) as (mode, running):
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-refused", "as a lookup in vain does", "never pushed")
def account_unknown_to_a_full_resolver(folder: Path) -> Iterator[Case]:
    with full_resolver(folder) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "login-account-unknown", "fetching jwt timed out")
def account_unknown_to_a_full_resolver_with_the_log(folder: Path) -> Iterator[Case]:
    with full_resolver(folder) as (mode, running):
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-account-unknown", "does not know the account")
def account_deleted(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        lines = mode.config_path.read_text().splitlines()
        kept = [line for line in lines if not line.startswith(f"  {ACCOUNT.public_key}")]
        mode.config_path.write_text("\n".join(kept))
        running.stop()
        running.start_again()
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-account-invalid", "has expired", "account validation failed")
def account_expired(folder: Path) -> Iterator[Case]:
    with served(folder, claims=account(expires_at=int(time.time()) - HOUR_S)) as (mode, running):
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-account-invalid", "another operator")
def account_of_another_operator(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        foreign = encode_jwt(account(), derive_key(Role.OPERATOR, "foreign"), int(time.time()))
        mode.config_path.write_text(
            re.sub(
                rf'({ACCOUNT.public_key}: )".*"', rf'\1"{foreign}"', mode.config_path.read_text()
            )
        )
        running.stop()
        running.start_again()
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-refused", STRANGER.public_key, "no signing key of the account")
def signed_by_another_account(folder: Path) -> Iterator[Case]:
    text = creds(STRANGER, issuer_account=ACCOUNT.public_key)
    with served(folder, text) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "login-issuer-unknown", "none of their account", "issuer is not known")
def signed_by_another_account_with_the_log(folder: Path) -> Iterator[Case]:
    text = creds(STRANGER, issuer_account=ACCOUNT.public_key)
    with served(folder, text) as (mode, running):
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-scoped-rights", "must carry none")
def scoped_user_with_rights(folder: Path) -> Iterator[Case]:
    key = derive_key(Role.ACCOUNT, "scoped")
    claims = account(signing_keys=(ScopedSigningKey(key.public_key, "role"),))
    text = creds(key, issuer_account=ACCOUNT.public_key)
    with served(folder, text, claims) as (mode, running):
        yield with_log(case_at(running.url, mode), running)


@row(ROWS, LOGIN, "login-connection-type", "WEBSOCKET", "STANDARD")
def connection_type(folder: Path) -> Iterator[Case]:
    rights = UserRights(connection_types=("WEBSOCKET",))
    with served(folder, creds(rights=rights)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "login-source-address", "10.0.0.0/8", "127.0.0.1")
def source_address(folder: Path) -> Iterator[Case]:
    rights = UserRights(sources=("10.0.0.0/8",))
    with served(folder, creds(rights=rights)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "login-connect-times", "the creds are for", "UTC")
def time_window(folder: Path) -> Iterator[Case]:
    hours = (time.strftime("%H:00:00", time.gmtime(time.time() + n * HOUR_S)) for n in (2, 3))
    rights = UserRights(times=(ConnectTimes(*hours),))
    with served(folder, creds(rights=rights)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "connection-limit", "no room for another connection")
def account_without_connections(folder: Path) -> Iterator[Case]:
    with served(folder, claims=account(limits=AccountLimits(connections=0))) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, CREDENTIALS, "subscription-limit", "0 subscriptions", "left out of the claims")
def user_without_subscriptions(folder: Path) -> Iterator[Case]:
    rights = UserRights(limits=UserLimits(subscriptions=0))
    with served(folder, creds(rights=rights)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, LOGIN, "creds-not-asked-for", "never looked at")
def creds_for_a_server_without_login(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder)
    with run_server(folder) as running:
        yield case_at(running.url, mode)


@contextmanager
def full_resolver(folder: Path) -> Iterator[tuple[OperatorMode, RunningServer]]:
    mode = build_operator_mode(folder)
    full = f'resolver {{ type: full, dir: "{folder}/jwt", timeout: "400ms" }}'
    mode.config_path.write_text(mode.config_path.read_text().replace("resolver: MEMORY", full))
    mode.creds_path.write_text(creds(STRANGER))
    with run_server(folder, config_path=mode.config_path) as running:
        yield mode, running


def sign_raw(claims: dict[str, object]) -> str:
    """Sign as the user what encode_jwt would refuse to"""
    header = {"typ": "JWT", "alg": "ed25519-nkey"}
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, claims))
    signed = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    signature = urlsafe_b64encode(USER.sign(signed.encode())).decode().rstrip("=")
    return f"{signed}.{signature}"
