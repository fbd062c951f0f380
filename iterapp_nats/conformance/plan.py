"""The files of a throwaway server: its configuration, its trust, its certificates"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats.secret import Secret
from iterapp_nats.security.certificates.authority import (
    DEV_SERVER_NAMES,
    CertificateWithKey,
    generate_authority,
    issue_server_certificate,
)
from iterapp_nats.security.claims import AccountClaims, OperatorClaims, Revocation, UserClaims
from iterapp_nats.security.creds import Creds, render_creds
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import KeyPair, Role
from iterapp_nats.server_config import quote

if TYPE_CHECKING:
    from collections.abc import Callable

HOST: Final = "127.0.0.1"
OTHER_HOST: Final = "nats.example"
_CERTIFICATE_DAYS: Final = 2
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class MintedUser:
    """A user as the server knows it, and the creds it logs in with"""

    public_key: str
    jwt: Secret
    seed: Secret
    issued_at: int

    @property
    def creds_text(self) -> str:
        """The canonical creds text"""
        return render_creds(Creds(self.jwt, self.seed))


@dataclass(frozen=True, slots=True)
class Trust:
    """Operator and account of one throwaway server, its authority and one that is not its own"""

    operator: KeyPair
    account: KeyPair
    authority: CertificateWithKey
    other_authority: CertificateWithKey
    issued_at: int
    entropy: Callable[[int], bytes] = field(repr=False)

    @classmethod
    def generate(cls, entropy: Callable[[int], bytes], now: int) -> Trust:
        """Make new keys and authorities; `entropy` returns that many random bytes"""
        return cls(
            operator=KeyPair.generate(Role.OPERATOR, entropy(_KEY_BYTES)),
            account=KeyPair.generate(Role.ACCOUNT, entropy(_KEY_BYTES)),
            authority=generate_authority(entropy(_KEY_BYTES), now, "conformance authority"),
            other_authority=generate_authority(entropy(_KEY_BYTES), now, "another authority"),
            issued_at=now,
            entropy=entropy,
        )

    def user(self, name: str, now: int, *, expires_at: int | None = None) -> MintedUser:
        """Issue a user of the account"""
        key = KeyPair.generate(Role.USER, self.entropy(_KEY_BYTES))
        claims = UserClaims(public_key=key.public_key, name=name, expires_at=expires_at)
        jwt = Secret(encode_jwt(claims, self.account, now))
        return MintedUser(key.public_key, jwt, key.seed, now)

    def certificate(self, names: tuple[str, ...], now: int) -> CertificateWithKey:
        """Issue the server's certificate"""
        return issue_server_certificate(
            self.authority, self.entropy(_KEY_BYTES), now, names, days=_CERTIFICATE_DAYS
        )

    def trust_block(
        self, now: int, *, revoked: MintedUser | None = None, knows_account: bool = True
    ) -> str:
        """Return the part of the configuration that says whose logins are taken"""
        operator = OperatorClaims(public_key=self.operator.public_key, name="conformance")
        revocations = (
            (Revocation(revoked.public_key, revoked.issued_at),) if revoked is not None else ()
        )
        account = AccountClaims(
            public_key=self.account.public_key, name="conformance", revocations=revocations
        )
        preload = f"{account.public_key}: {quote(encode_jwt(account, self.operator, now))}"
        # A server takes no other operator JWT when it reloads.
        operator_jwt = encode_jwt(operator, self.operator, self.issued_at)
        return (
            f"operator: {quote(operator_jwt)}\n"
            f"resolver: MEMORY\n"
            f"resolver_preload {{ {preload if knows_account else ''} }}\n"
        )


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a throwaway server listens, for clients and for questions about them"""

    client: int
    monitor: int


def listen_block(ports: Ports) -> str:
    """Return the part of the configuration that every server has"""
    return f"listen: {quote(f'{HOST}:{ports.client}')}\nhttp: {quote(f'{HOST}:{ports.monitor}')}\n"


def tls_block(certificate_path: str, key_path: str) -> str:
    """Return the part of the configuration that demands TLS"""
    return f"tls {{ cert_file: {quote(certificate_path)}, key_file: {quote(key_path)} }}\n"


def server_names(*, is_right: bool) -> tuple[str, ...]:
    """Return the names in a certificate: those of this machine, or of another host"""
    return DEV_SERVER_NAMES if is_right else (OTHER_HOST,)
