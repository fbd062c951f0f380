"""A server in operator mode with many accounts, each with the creds of one user"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.security.claims import AccountClaims, Permissions, UserClaims, UserRights
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import Role
from tests.support.operator_mode import (
    OPERATOR,
    build_operator_mode,
    derive_key,
    issue_creds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tenants:
    """What starts the server, and the creds file of each account"""

    config_path: Path
    ca_path: Path | None
    creds_paths: Mapping[str, Path]


def build_tenants(
    folder: Path,
    *names: str,
    tls: bool = False,
    permissions: Mapping[str, Permissions] | None = None,
) -> Tenants:
    """Write configuration and creds into the folder; `permissions` are those of a name's user"""
    mode = build_operator_mode(folder, tls=tls)
    operator = derive_key(Role.OPERATOR, OPERATOR)
    now = int(time.time())
    jwts, creds_paths = "", {}
    for name in names:
        account, user = derive_key(Role.ACCOUNT, name), derive_key(Role.USER, name)
        claims = AccountClaims(public_key=account.public_key, name=name)
        jwts += f'  {account.public_key}: "{encode_jwt(claims, operator, now)}"\n'
        rights = UserRights(permissions=(permissions or {}).get(name, Permissions()))
        user_claims = UserClaims(public_key=user.public_key, name=name, rights=rights)
        creds_paths[name] = folder / f"{name}.creds"
        creds_paths[name].touch(mode=0o600)
        creds_paths[name].write_text(issue_creds(user_claims, user, account))
    config = mode.config_path.read_text().replace(
        "resolver_preload {\n", f"resolver_preload {{\n{jwts}"
    )
    mode.config_path.write_text(config)
    return Tenants(mode.config_path, mode.ca_path, creds_paths)
