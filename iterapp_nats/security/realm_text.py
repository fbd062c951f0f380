"""A realm as the text of its vault, which belongs into a file of mode 0600"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.realm import ENTROPY_BYTES, AppEnvironment, IssuedAccount, Realm

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA: Final = 1


def render_realm(realm: Realm) -> Secret:
    """Return the vault's text"""
    values = {
        "schema": SCHEMA,
        "entropy": realm.entropy.reveal(),
        "created_at": realm.created_at,
        "authority_issued_at": realm.authority_issued_at,
        "server_issued_at": realm.server_issued_at,
        "server_names": realm.server_names,
        "jetstream": realm.jetstream,
        "key_type": realm.key_type.value,
        "accounts": [
            {
                "app": account.owner.app,
                "environment": account.owner.environment,
                "public_key": account.public_key,
                "issued_at": account.issued_at,
                "creds_issued_at": account.creds_issued_at,
            }
            for account in realm.accounts
        ],
    }
    return Secret(json.dumps(values, indent=1) + "\n")


def parse_realm(text: str) -> Realm:
    """Read a vault; raises InputError `vault-schema` or `vault-malformed`, without its content"""
    try:
        values = json.loads(text)
        if values["schema"] != SCHEMA:
            raise InputError(
                "vault-schema",
                f"the vault has the schema {values['schema']!r}, this version knows {SCHEMA}",
            )
        return _realm(values)
    except (KeyError, TypeError, ValueError, RecursionError):
        # The cause would show the text.
        raise InputError("vault-malformed", "the vault is not what this tool wrote") from None


def _realm(values: Mapping[str, Any]) -> Realm:
    entropy = str(values["entropy"])
    if len(bytes.fromhex(entropy)) != ENTROPY_BYTES:
        raise ValueError
    return Realm(
        entropy=Secret(entropy),
        created_at=int(values["created_at"]),
        authority_issued_at=int(values["authority_issued_at"]),
        server_issued_at=int(values["server_issued_at"]),
        server_names=tuple(map(str, values["server_names"])),
        jetstream=values["jetstream"] is True,
        key_type=KeyType(values.get("key_type", KeyType.ED25519)),
        accounts=tuple(map(_account, values["accounts"])),
    )


def _account(values: Mapping[str, Any]) -> IssuedAccount:
    return IssuedAccount(
        owner=AppEnvironment(str(values["app"]), str(values["environment"])),
        public_key=str(values["public_key"]),
        issued_at=int(values["issued_at"]),
        creds_issued_at=int(values["creds_issued_at"]),
    )
