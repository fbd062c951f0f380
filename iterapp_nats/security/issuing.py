"""A realm's keys, JWTs, creds and certificates, as texts of files: nothing is written here

The same realm always gives the same texts: Ed25519 signatures are determined by key and content.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from iterapp_nats.secret import Secret
from iterapp_nats.security.certificates.authority import (
    DEV_SERVER_NAMES,
    CertificateWithKey,
    generate_authority,
    issue_server_certificate,
)
from iterapp_nats.security.claims import (
    AccountClaims,
    AccountLimits,
    JetStreamLimits,
    OperatorClaims,
    UserClaims,
)
from iterapp_nats.security.creds import Creds, render_creds
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import KeyPair, Role
from iterapp_nats.security.realm import (
    CA_NAME,
    CERTIFICATE_NAME,
    COMMON_NAMES,
    KEY_NAME,
    SERVER_CERTIFICATE_DAYS,
    SYSTEM_CREDS_NAME,
    IssuedAccount,
    Realm,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iterapp_nats.security.realm import AppEnvironment

OPERATOR_NAME: Final = "iterapp-nats-dev"
SYSTEM_NAME: Final = "SYS"
SYSTEM_USER_NAME: Final = "system"

_WITH_JETSTREAM: Final = AccountLimits(jetstream=JetStreamLimits(memory_bytes=-1, disk_bytes=-1))
_WITHOUT_JETSTREAM: Final = AccountLimits()


@dataclass(frozen=True, slots=True)
class RealmFile:
    """A file below the folder of the realm, for a mode of 0600"""

    name: str
    content: Secret


def new_realm(
    entropy: bytes, now: int, *, names: tuple[str, ...] = (), jetstream: bool = False
) -> Realm:
    """Return a realm without accounts; `names` are added to those of every development server"""
    return Realm(
        entropy=Secret(entropy.hex()),
        created_at=now,
        authority_issued_at=now,
        server_issued_at=now,
        server_names=tuple(dict.fromkeys(DEV_SERVER_NAMES + names)),
        jetstream=jetstream,
    )


def add_accounts(realm: Realm, owners: Iterable[AppEnvironment], now: int) -> Realm:
    """Return the realm with an account for each owner that has none; the others do not change"""
    known = {account.owner for account in realm.accounts}
    issuer = Issuer.of(realm)
    added = tuple(
        IssuedAccount(owner, issuer.account_key(owner).public_key, now, now)
        for owner in dict.fromkeys(owners)
        if owner not in known
    )
    return replace(realm, accounts=realm.accounts + added) if added else realm


@dataclass(frozen=True, slots=True)
class Issuer:
    """A realm with its operator and system account at hand"""

    realm: Realm
    operator: KeyPair
    system: KeyPair

    @classmethod
    def of(cls, realm: Realm) -> Self:
        """Derive the keys that sign"""
        operator = _derive(realm, Role.OPERATOR, "")
        return cls(realm, operator, _derive(realm, Role.ACCOUNT, SYSTEM_NAME))

    def account_key(self, owner: AppEnvironment) -> KeyPair:
        """Return the key pair of an account"""
        return _derive(self.realm, Role.ACCOUNT, owner.name)

    def user_key(self, owner: AppEnvironment) -> KeyPair:
        """Return the key pair of the account's one user"""
        return _derive(self.realm, Role.USER, owner.name)

    def operator_jwt(self) -> str:
        """Return what the server trusts"""
        claims = OperatorClaims(
            public_key=self.operator.public_key,
            name=OPERATOR_NAME,
            system_account=self.system.public_key,
        )
        return encode_jwt(claims, self.operator, self.realm.created_at)

    def system_jwt(self) -> str:
        """Return the JWT of the system account"""
        claims = AccountClaims(public_key=self.system.public_key, name=SYSTEM_NAME)
        return encode_jwt(claims, self.operator, self.realm.created_at)

    def system_creds(self) -> Creds:
        """Return the login that sees and steers the server; it does not expire"""
        user = _derive(self.realm, Role.USER, SYSTEM_NAME)
        claims = UserClaims(public_key=user.public_key, name=SYSTEM_USER_NAME)
        return Creds(Secret(encode_jwt(claims, self.system, self.realm.created_at)), user.seed)

    def account_jwt(self, account: IssuedAccount) -> str:
        """Return the JWT that the server's resolver hands out"""
        claims = AccountClaims(
            public_key=account.public_key,
            name=account.owner.name,
            tags=account.owner.tags,
            limits=_WITH_JETSTREAM if self.realm.jetstream else _WITHOUT_JETSTREAM,
        )
        return encode_jwt(claims, self.operator, account.issued_at)

    def creds(self, account: IssuedAccount) -> Creds:
        """Return the login of the account's one user"""
        owner = account.owner
        user = self.user_key(owner)
        claims = UserClaims(
            public_key=user.public_key,
            name=owner.name,
            tags=owner.tags,
            expires_at=account.expires_at,
        )
        user_jwt = encode_jwt(claims, self.account_key(owner), account.creds_issued_at)
        return Creds(Secret(user_jwt), user.seed)

    def authority(self) -> CertificateWithKey:
        """Return the private CA"""
        entropy = _derive_bytes(self.realm, "authority")
        return generate_authority(
            entropy,
            self.realm.authority_issued_at,
            "iterapp-nats dev CA",
            self.realm.key_type,
        )

    def server_certificate(self) -> CertificateWithKey:
        """Return the certificate that the server shows, and its key"""
        return issue_server_certificate(
            self.authority(),
            _derive_bytes(self.realm, "server"),
            self.realm.server_issued_at,
            self.realm.server_names,
            SERVER_CERTIFICATE_DAYS,
        )

    def common_files(self) -> tuple[RealmFile, ...]:
        """Return the files of the whole realm: certificates, and the system user's creds"""
        server = self.server_certificate()
        contents = {
            CA_NAME: Secret(self.authority().certificate_pem),
            CERTIFICATE_NAME: Secret(server.certificate_pem),
            KEY_NAME: server.key_pem,
            SYSTEM_CREDS_NAME: Secret(render_creds(self.system_creds())),
        }
        return tuple(RealmFile(name, contents[name]) for name in COMMON_NAMES)

    def account_files(self, account: IssuedAccount) -> tuple[RealmFile, ...]:
        """Return the files of one account: its JWT for the resolver, its user's creds"""
        return (
            RealmFile(account.jwt_name, Secret(self.account_jwt(account))),
            RealmFile(account.owner.creds_name, Secret(render_creds(self.creds(account)))),
        )

    def files(self) -> tuple[RealmFile, ...]:
        """Return all files that a server and its clients need"""
        accounts = (file for item in self.realm.accounts for file in self.account_files(item))
        return (*self.common_files(), *accounts)


def _derive(realm: Realm, role: Role, label: str) -> KeyPair:
    return KeyPair.generate(role, _derive_bytes(realm, f"{role.name} {label}"))


def _derive_bytes(realm: Realm, label: str) -> bytes:
    entropy = bytes.fromhex(realm.entropy.reveal())
    return hmac.digest(entropy, label.encode("ascii"), "sha256")
