"""What a development server trusts: an operator, an account per app and environment, a CA

A realm is 32 random bytes and a register. All keys are derived from the bytes, each by a label of
its own, so that an account that is added changes no other, and a file that was lost is made again
byte for byte. Nothing here needs cryptography: issuing.py makes keys, JWTs and certificates of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.security.certificates.key_type import KeyType

if TYPE_CHECKING:
    from iterapp_nats.secret import Secret

ENTROPY_BYTES: Final = 32
DEFAULT_ENVIRONMENT: Final = "local"
DAY_S: Final = 86_400
CREDS_S: Final = 30 * DAY_S
SERVER_CERTIFICATE_DAYS: Final = 397
AUTHORITY_S: Final = 3650 * DAY_S

CA_NAME: Final = "tls/ca.pem"
CERTIFICATE_NAME: Final = "tls/server.pem"
KEY_NAME: Final = "tls/server-key.pem"
SYSTEM_CREDS_NAME: Final = "creds/system.creds"
COMMON_NAMES: Final = (CA_NAME, CERTIFICATE_NAME, KEY_NAME, SYSTEM_CREDS_NAME)
RESOLVER_FOLDER_NAME: Final = "jwt"

# The name of an account is a file name too, and the last hyphen parts app and environment.
_APP: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_ENVIRONMENT: Final = re.compile(r"[a-z0-9]{1,32}")
_APP_LETTERS: Final = 40


@dataclass(frozen=True, slots=True, order=True)
class AppEnvironment:
    """What the platform gives one account to"""

    app: str
    environment: str

    @property
    def name(self) -> str:
        """The name of the account"""
        return f"{self.app}-{self.environment}"

    @property
    def tags(self) -> tuple[str, str]:
        """How JWTs say it"""
        return f"app:{self.app}", f"env:{self.environment}"

    @property
    def creds_name(self) -> str:
        """The creds file, below the folder of the realm"""
        return f"creds/{self.name}.creds"


@dataclass(frozen=True, slots=True)
class IssuedAccount:
    """An account with its one user; times are Unix seconds

    `issued_at` is that of the account's JWT, which does not expire; the creds of the user do.
    """

    owner: AppEnvironment
    public_key: str
    issued_at: int
    creds_issued_at: int

    @property
    def expires_at(self) -> int:
        """When the creds expire"""
        return self.creds_issued_at + CREDS_S

    @property
    def jwt_name(self) -> str:
        """The file that the server's resolver looks for, below the folder of the realm"""
        return f"{RESOLVER_FOLDER_NAME}/{self.public_key}.jwt"


@dataclass(frozen=True, slots=True)
class Realm:
    """The register of one operator, and the bytes that all its keys come from

    `entropy` is 32 bytes in hexadecimal. `server_names` are the host names and addresses of the
    server's certificate. With `jetstream` every account may store without limit, otherwise nothing.
    """

    entropy: Secret
    created_at: int
    authority_issued_at: int
    server_issued_at: int
    server_names: tuple[str, ...]
    jetstream: bool = False
    key_type: KeyType = KeyType.ED25519
    accounts: tuple[IssuedAccount, ...] = ()

    @property
    def certificates(self) -> tuple[int, int, tuple[str, ...], KeyType]:
        """What the two certificates are made of, beside the entropy"""
        return (
            self.authority_issued_at,
            self.server_issued_at,
            self.server_names,
            self.key_type,
        )

    def find(self, owner: AppEnvironment) -> IssuedAccount | None:
        """Return the account of an app in an environment"""
        return next((account for account in self.accounts if account.owner == owner), None)


def renew(realm: Realm, now: int) -> Realm:
    """Issue anew what has expired or has less than half of its life left; keys stay"""
    authority_issued_at = realm.authority_issued_at
    # A clock that was set back makes a certificate that is not yet valid.
    if _is_old(authority_issued_at, AUTHORITY_S, now) or authority_issued_at > now:
        authority_issued_at = now
    server_issued_at = realm.server_issued_at
    is_server_old = _is_old(server_issued_at, SERVER_CERTIFICATE_DAYS * DAY_S, now)
    if is_server_old or server_issued_at > now or authority_issued_at == now:
        server_issued_at = now
    return replace(
        realm,
        authority_issued_at=authority_issued_at,
        server_issued_at=server_issued_at,
        accounts=tuple(_renew_account(account, now) for account in realm.accounts),
    )


def with_jetstream(realm: Realm, now: int, *, jetstream: bool) -> Realm:
    """Let every account store without limit, or nothing"""
    if jetstream == realm.jetstream:
        return realm
    # A resolver keeps the JWT with the later time, whatever the clock says.
    accounts = tuple(
        replace(account, issued_at=max(now, account.issued_at + 1)) for account in realm.accounts
    )
    return replace(realm, jetstream=jetstream, accounts=accounts)


def with_server_names(realm: Realm, names: tuple[str, ...], now: int) -> Realm:
    """Let the server's certificate hold for further host names and addresses"""
    added = tuple(dict.fromkeys(name for name in names if name not in realm.server_names))
    if not added:
        return realm
    return replace(realm, server_names=realm.server_names + added, server_issued_at=now)


def with_key_type(realm: Realm, key_type: KeyType | None, now: int) -> Realm:
    """Let the keys of both certificates be of a type, None for the type they are of"""
    if key_type in (None, realm.key_type):
        return realm
    return replace(realm, key_type=key_type, authority_issued_at=now, server_issued_at=now)


def require_app(name: str) -> str:
    """Return a name that an account may carry; raises `app-invalid`"""
    if _APP.fullmatch(name):
        return name
    raise InputError(
        "app-invalid",
        f"invalid app {name!r}: it must be lower-case letters, digits and hyphens",
        hints=("write it as in --app other",),
    )


def require_environment(name: str) -> str:
    """Return a name that an account may carry; raises `environment-invalid`"""
    if _ENVIRONMENT.fullmatch(name):
        return name
    raise InputError(
        "environment-invalid",
        f"invalid environment {name!r}: it must be lower-case letters and digits",
        hints=("environments of the platform are prod, test, snap and local",),
    )


def app_of_folder(name: str) -> str:
    """Return the app's name that a folder's name stands for"""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:_APP_LETTERS].strip("-") or "app"


def _renew_account(account: IssuedAccount, now: int) -> IssuedAccount:
    if not _is_old(account.creds_issued_at, CREDS_S, now):
        return account
    return replace(account, creds_issued_at=now)


def _is_old(issued_at: int, life_s: int, now: int) -> bool:
    return now - issued_at > life_s / 2
