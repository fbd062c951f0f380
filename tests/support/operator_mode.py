"""A server's operator mode on disk: operator, system account, one account, its user, optional TLS

Keys are derived from labels, so that two runs write the same seeds; times are those of the clock.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.secret import Secret
from iterapp_nats.security.certificates.authority import (
    DEV_SERVER_NAMES,
    generate_authority,
    issue_server_certificate,
)
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.claims import (
    AccountClaims,
    OperatorClaims,
    Permissions,
    UserClaims,
    UserRights,
)
from iterapp_nats.security.creds import Creds, render_creds
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import KeyPair, Role

if TYPE_CHECKING:
    from pathlib import Path

OPERATOR: Final = "test-operator"
ACCOUNT_NAME: Final = "exampleapp-test"
USER_NAME: Final = "exampleapp-pod"


@dataclass(frozen=True, slots=True)
class OperatorMode:
    """The files to start a server with and to log in with, and the keys to issue more

    The server listens on a free port of 127.0.0.1 and writes it into a ports file in `folder`.
    """

    folder: Path
    config_path: Path
    creds_path: Path
    system_creds_path: Path
    ca_path: Path | None
    operator: KeyPair
    account: KeyPair
    user: KeyPair

    @property
    def creds_text(self) -> str:
        return self.creds_path.read_text(encoding="utf-8")


def entropy_of(label: str) -> bytes:
    """Return 32 bytes that only the label determines"""
    return hashlib.sha256(label.encode("utf-8")).digest()


def derive_key(role: Role, label: str) -> KeyPair:
    """Return the key pair that only role and label determine"""
    return KeyPair.generate(role, entropy_of(f"{role.name} {label}"))


def issue_creds(claims: UserClaims, user: KeyPair, issuer: KeyPair) -> str:
    """Return the creds text of a user, issued now"""
    return render_creds(Creds(Secret(encode_jwt(claims, issuer, int(time.time()))), user.seed))


def build_operator_mode(
    folder: Path,
    *,
    tls: bool = False,
    key_type: KeyType = KeyType.ED25519,
    permissions: Permissions | None = None,
    expires_at: int | None = None,
    account_claims: AccountClaims | None = None,
) -> OperatorMode:
    """Write all files into the folder; `account_claims` replaces those of the one account"""
    operator = derive_key(Role.OPERATOR, OPERATOR)
    system = derive_key(Role.ACCOUNT, "SYS")
    account = derive_key(Role.ACCOUNT, ACCOUNT_NAME)
    user = derive_key(Role.USER, USER_NAME)
    rights = UserRights(permissions=permissions or Permissions())
    user_claims = UserClaims(
        public_key=user.public_key, name=USER_NAME, expires_at=expires_at, rights=rights
    )
    mode = OperatorMode(
        folder=folder,
        config_path=folder / "nats-server.conf",
        creds_path=_write_private(folder / "user.creds", issue_creds(user_claims, user, account)),
        system_creds_path=_write_system_creds(folder, system),
        ca_path=folder / "ca.pem" if tls else None,
        operator=operator,
        account=account,
        user=user,
    )
    claims = account_claims or AccountClaims(public_key=account.public_key, name=ACCOUNT_NAME)
    accounts = (AccountClaims(public_key=system.public_key, name="SYS"), claims)
    blocks = [_listen_block(folder), _trust_block(operator, accounts)]
    if tls:
        blocks.append(_write_tls(folder, key_type))
    mode.config_path.write_text("\n".join(blocks), encoding="utf-8")
    return mode


def _write_system_creds(folder: Path, system: KeyPair) -> Path:
    user = derive_key(Role.USER, "system-user")
    claims = UserClaims(public_key=user.public_key, name="system-user")
    return _write_private(folder / "system.creds", issue_creds(claims, user, system))


def _listen_block(folder: Path) -> str:
    return f"listen: 127.0.0.1:-1\nports_file_dir: {json.dumps(str(folder))}\n"


def _trust_block(operator: KeyPair, accounts: tuple[AccountClaims, ...]) -> str:
    now = int(time.time())
    system_account = accounts[0].public_key
    claims = OperatorClaims(
        public_key=operator.public_key, name=OPERATOR, system_account=system_account
    )
    preload = "".join(
        f'  {account.public_key}: "{encode_jwt(account, operator, now)}"\n' for account in accounts
    )
    return (
        f'operator: "{encode_jwt(claims, operator, now)}"\n'
        f"system_account: {system_account}\n"
        f"resolver: MEMORY\n"
        f"resolver_preload {{\n{preload}}}\n"
    )


def _write_tls(folder: Path, key_type: KeyType) -> str:
    now = int(time.time())
    authority = generate_authority(entropy_of("authority"), now, "test authority", key_type)
    server = issue_server_certificate(
        authority, entropy_of("server"), now, DEV_SERVER_NAMES, days=30
    )
    (folder / "ca.pem").write_text(authority.certificate_pem, encoding="utf-8")
    certificate_path = folder / "server.pem"
    certificate_path.write_text(server.certificate_pem, encoding="utf-8")
    key_path = _write_private(folder / "server.key", server.key_pem.reveal())
    return (
        f"tls {{\n"
        f"  cert_file: {json.dumps(str(certificate_path))}\n"
        f"  key_file: {json.dumps(str(key_path))}\n"
        f"}}\n"
    )


def _write_private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path
