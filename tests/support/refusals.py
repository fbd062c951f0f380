"""Every way in which a secured server and a client do not come together, as a user meets it

Each case runs a server of its own in the folder of a project, and yields the platform's variables
to connect with. Where only the server knows the cause, it is the project's own.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.accounts.variables import load_variables
from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.dev.state import StateFolder
from iterapp_nats.security.certificates.authority import (
    DEV_SERVER_NAMES,
    generate_authority,
    issue_server_certificate,
)
from iterapp_nats.security.claims import AccountClaims, Revocation, UserClaims
from iterapp_nats.security.issuing import Issuer
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import KeyPair, Role
from tests.support.cli import run_cli
from tests.support.operator_mode import (
    USER_NAME,
    OperatorMode,
    build_operator_mode,
    derive_key,
    entropy_of,
    issue_creds,
)
from tests.support.servers import HOST, run_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

Variables = dict[str, str]
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a user did, how it is refused, and the words that the explanation must have"""

    name: str
    exit_code: int
    code: str
    words: tuple[str, ...]
    play: Callable[[Path], AbstractContextManager[Variables]] = field(repr=False)


@contextmanager
def secured(folder: Path) -> Iterator[tuple[OperatorMode, Variables]]:
    """Run a server in operator mode with TLS, and yield it with variables that connect"""
    mode = build_operator_mode(folder, tls=True)
    with run_server(folder, config_path=mode.config_path) as running:
        yield (
            mode,
            {
                "NATS_URL": f"tls://{HOST}:{running.port}",
                "NATS_CREDENTIALS": mode.creds_text,
                "NATS_CA_FILE": str(mode.ca_path),
            },
        )


def with_creds(
    change: Callable[[OperatorMode], str],
) -> Callable[[Path], AbstractContextManager[Variables]]:
    """Give the content of NATS_CREDENTIALS that `change` returns"""

    @contextmanager
    def play(folder: Path) -> Iterator[Variables]:
        with secured(folder) as (mode, variables):
            yield variables | {"NATS_CREDENTIALS": change(mode)}

    return play


def with_certificate(
    change: Callable[[Path], None],
) -> Callable[[Path], AbstractContextManager[Variables]]:
    """Let `change` replace files of the server or of the client before the server starts"""

    @contextmanager
    def play(folder: Path) -> Iterator[Variables]:
        mode = build_operator_mode(folder, tls=True)
        change(folder)
        with run_server(folder, config_path=mode.config_path) as running:
            yield {
                "NATS_URL": f"tls://{HOST}:{running.port}",
                "NATS_CREDENTIALS": mode.creds_text,
                "NATS_CA_FILE": str(mode.ca_path),
            }

    return play


@contextmanager
def no_creds(folder: Path) -> Iterator[Variables]:
    with secured(folder) as (_, variables):
        yield {name: value for name, value in variables.items() if name != "NATS_CREDENTIALS"}


@contextmanager
def empty_creds(folder: Path) -> Iterator[Variables]:
    with secured(folder) as (_, variables):
        path = folder / "empty.creds"
        path.touch(mode=0o600)
        del variables["NATS_CREDENTIALS"]
        yield variables | {"NATS_CREDENTIALS_FILE": str(path)}


@contextmanager
def local_server(folder: Path) -> Iterator[tuple[StateFolder, Variables]]:
    """Run the project's own secure server, and yield it with variables that connect"""
    state_folder = StateFolder(folder / ".iterapp-nats")
    ended = run_cli("dev", "up", "--secure", "--port", "0", cwd=folder)
    assert ended.code == 0, ended.stderr
    try:
        state = state_folder.load_state()
        assert state
        variables = load_variables(state_folder, state)
        yield state_folder, {name: value.reveal() for name, value in variables.items()}
    finally:
        run_cli("dev", "down", cwd=folder)


def push_account(folder: StateFolder, claims: AccountClaims, operator: KeyPair) -> None:
    """Put an account where the server looks for it, before its first login"""
    path = folder.path / "jwt" / f"{claims.public_key}.jwt"
    path.touch(mode=0o600)
    path.write_text(encode_jwt(claims, operator, int(time.time())))


def creds_in_place(variables: Variables, account: KeyPair) -> Variables:
    """Return the variables with the creds of a user of another account"""
    user = derive_key(Role.USER, "stranger")
    claims = UserClaims(public_key=user.public_key, name="stranger")
    given = variables | {"NATS_CREDENTIALS": issue_creds(claims, user, account)}
    return {name: value for name, value in given.items() if name != "NATS_CREDENTIALS_FILE"}


@contextmanager
def revoked(folder: Path) -> Iterator[Variables]:
    with local_server(folder) as (state_folder, variables):
        realm = load_realm(state_folder)
        assert realm
        account, user = derive_key(Role.ACCOUNT, "revoking"), derive_key(Role.USER, "stranger")
        revocations = (Revocation(user.public_key, int(time.time()) + 1),)
        claims = AccountClaims(public_key=account.public_key, revocations=revocations)
        push_account(state_folder, claims, Issuer.of(realm).operator)
        yield creds_in_place(variables, account)


@contextmanager
def unknown_account(folder: Path) -> Iterator[Variables]:
    with local_server(folder) as (_, variables):
        yield creds_in_place(variables, derive_key(Role.ACCOUNT, "never pushed"))


@contextmanager
def foreign_operator(folder: Path) -> Iterator[Variables]:
    with local_server(folder) as (state_folder, variables):
        account = derive_key(Role.ACCOUNT, "foreign")
        claims = AccountClaims(public_key=account.public_key)
        push_account(state_folder, claims, derive_key(Role.OPERATOR, "foreign"))
        yield creds_in_place(variables, account)


@contextmanager
def no_ca(folder: Path) -> Iterator[Variables]:
    with secured(folder) as (_, variables):
        yield variables | {"NATS_CA_FILE": ""}


@contextmanager
def plaintext(folder: Path) -> Iterator[Variables]:
    mode = build_operator_mode(folder)
    with run_server(folder, config_path=mode.config_path) as running:
        yield {
            "NATS_URL": f"tls://{HOST}:{running.port}",
            "NATS_CREDENTIALS": mode.creds_text,
        }


def user_creds(mode: OperatorMode, **changes: int) -> str:
    """Return the creds of the known user with changed claims, or of another issuer"""
    claims = UserClaims(public_key=mode.user.public_key, name=USER_NAME)
    return issue_creds(replace(claims, **changes), mode.user, mode.account)  # type: ignore[arg-type]


def with_seed(mode: OperatorMode, seed: str) -> str:
    return mode.creds_text.replace(mode.user.seed.reveal(), seed)


def wrong_letter(mode: OperatorMode) -> str:
    seed = mode.user.seed.reveal()
    return with_seed(mode, f"{seed[:20]}{'B' if seed[20] == 'A' else 'A'}{seed[21:]}")


def replace_ca(folder: Path) -> None:
    other = generate_authority(entropy_of("another"), int(time.time()), "another authority")
    (folder / "ca.pem").write_text(other.certificate_pem)


def show_ca_as_server(folder: Path) -> None:
    authority = generate_authority(entropy_of("authority"), int(time.time()), "test authority")
    (folder / "server.pem").write_text(authority.certificate_pem)
    (folder / "server.key").write_text(authority.key_pem.reveal())


def show_another_host(folder: Path) -> None:
    _replace_server(folder, ("nats.example",), int(time.time()))


def show_expired(folder: Path) -> None:
    _replace_server(folder, DEV_SERVER_NAMES, int(time.time()) - 40 * DAY_S)


def _replace_server(folder: Path, names: tuple[str, ...], now: int) -> None:
    issued_at = min(now, int(time.time()))
    authority = generate_authority(entropy_of("authority"), issued_at, "test authority")
    server = issue_server_certificate(authority, entropy_of("server"), issued_at, names, days=30)
    (folder / "ca.pem").write_text(authority.certificate_pem)
    (folder / "server.pem").write_text(server.certificate_pem)
    (folder / "server.key").write_text(server.key_pem.reveal())


REFUSALS: Final = (
    Refusal("no creds", 5, "login-missing", ("asks for a login",), no_creds),
    Refusal("empty creds", 2, "creds-empty", ("the creds are empty",), empty_creds),
    Refusal(
        "truncated creds",
        2,
        "creds-truncated",
        ("cut off", "END"),
        with_creds(lambda mode: mode.creds_text[: mode.creds_text.index("------END USER NKEY")]),
    ),
    Refusal(
        "seed of another user",
        2,
        "creds-mismatch",
        ("the seed of the creds belongs to", "another user"),
        with_creds(lambda mode: with_seed(mode, derive_key(Role.USER, "x").seed.reveal())),
    ),
    Refusal(
        "seed with one wrong character",
        2,
        "seed-checksum",
        ("at least one character differs",),
        with_creds(wrong_letter),
    ),
    Refusal(
        "expired creds",
        2,
        "creds-expired",
        ("the creds expired at 20",),
        with_creds(lambda mode: user_creds(mode, expires_at=int(time.time()) - 60)),
    ),
    Refusal(
        "creds that are not yet valid",
        2,
        "creds-not-yet-valid",
        ("not valid before 20",),
        with_creds(lambda mode: user_creds(mode, not_before=int(time.time()) + DAY_S)),
    ),
    Refusal("revoked user", 5, "login-user-revoked", ("revoked what was issued to U",), revoked),
    Refusal(
        "unknown account",
        5,
        "login-account-unknown",
        ("does not know the account A",),
        unknown_account,
    ),
    Refusal(
        "foreign operator",
        5,
        "login-operator-foreign",
        ("was issued by the operator O", "and the server trusts O"),
        foreign_operator,
    ),
    Refusal(
        "account seed in place of user seed",
        2,
        "seed-wrong-role",
        ("an account seed",),
        with_creds(lambda mode: with_seed(mode, mode.account.seed.reveal())),
    ),
    Refusal("no CA", 4, "tls-ca-missing", ("no other CA is given",), no_ca),
    Refusal(
        "wrong CA",
        4,
        "tls-untrusted",
        ("not signed by CN=another authority",),
        with_certificate(replace_ca),
    ),
    Refusal(
        "CA in place of leaf",
        4,
        "tls-wrong-purpose",
        ("not made for a server",),
        with_certificate(show_ca_as_server),
    ),
    Refusal(
        "wrong host name",
        4,
        "tls-hostname",
        ("not valid for '127.0.0.1'",),
        with_certificate(show_another_host),
    ),
    Refusal(
        "expired certificate", 4, "tls-expired", ("has expired",), with_certificate(show_expired)
    ),
    Refusal("plaintext server behind tls://", 4, "tls-not-offered", ("TLS is wanted",), plaintext),
)
