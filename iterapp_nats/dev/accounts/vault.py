"""The realm of a project on disk: its vault, creds, certificates, and the server's resolver folder

The vault names what the files below it were made from. It is written first when it is new, because
all keys come from it, and last otherwise: a command that is killed in between leaves accounts that
the next one issues again, with the same keys.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.errors import InputError, LocalServerError
from iterapp_nats.security.realm import (
    CA_NAME,
    CERTIFICATE_NAME,
    COMMON_NAMES,
    KEY_NAME,
    RESOLVER_FOLDER_NAME,
)
from iterapp_nats.security.realm_text import parse_realm, render_realm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.security.creds import Creds
    from iterapp_nats.security.issuing import RealmFile
    from iterapp_nats.security.realm import AppEnvironment, Realm
    from iterapp_nats.server_config import SecurePlan

_VAULT_NAME: Final = "vault.json"


def load_realm(folder: StateFolder) -> Realm | None:
    """Return the project's realm, None when it never had a secure server

    Raises:
        LocalServerError: `vault-unusable`

    """
    path = folder.path / _VAULT_NAME
    try:
        return parse_realm(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, InputError, UnicodeDecodeError) as error:
        raise LocalServerError(
            "vault-unusable",
            f"cannot use {path}: {_reason(error)}",
            hints=("start with new keys after iterapp-nats dev reset",),
            context={"path": str(path)},
        ) from error


def save_realm(folder: StateFolder, realm: Realm, before: Realm | None) -> None:
    """Write what differs from the realm `before`, and what is missing; the lock must be held

    Raises:
        LocalServerError: `state-unwritable`

    """
    if before is None:
        _save_vault(folder, replace(realm, accounts=()))
    try:
        for name in ("creds", "jwt", "tls"):
            files.make_private_folder(folder.path / name)
        for file in _stale_files(folder, realm, before):
            # Not synced: a file that a power cut leaves empty is made again.
            files.write_atomic(
                folder.path / file.name,
                file.content.reveal().encode(),
                mode=files.PRIVATE_FILE,
                is_synced=False,
            )
    except OSError as error:
        raise folder.unusable(error) from error
    if realm != before:
        _save_vault(folder, realm)


def load_secure_plan(folder: StateFolder) -> SecurePlan | None:
    """Return what the server has to know of the project's realm; raises `vault-unusable`"""
    realm = load_realm(folder)
    return secure_plan(realm, folder.path) if realm else None


def load_creds(folder: StateFolder, owner: AppEnvironment) -> Creds:
    """Return the login of an account; raises InputError `file-unreadable` and as `parse_creds`"""
    from iterapp_nats.security.creds import parse_creds

    path = folder.path / owner.creds_name
    return parse_creds(files.read_bytes(path, purpose="the credentials"))


def secure_plan(realm: Realm, folder: Path) -> SecurePlan:
    """Return what the server has to know of a realm whose files are in `folder`"""
    from iterapp_nats.security.issuing import Issuer
    from iterapp_nats.server_config import SecurePlan

    issuer = Issuer.of(realm)
    return SecurePlan(
        operator_jwt=issuer.operator_jwt(),
        system_account=issuer.system.public_key,
        system_account_jwt=issuer.system_jwt(),
        resolver_folder=str(folder / RESOLVER_FOLDER_NAME),
        certificate_file=str(folder / CERTIFICATE_NAME),
        key_file=str(folder / KEY_NAME),
        ca_file=str(folder / CA_NAME),
    )


def _stale_files(folder: StateFolder, realm: Realm, before: Realm | None) -> Iterator[RealmFile]:
    """Yield the files to write; cryptography is loaded only when there are some"""
    is_common_stale = (
        before is None
        or before.certificates != realm.certificates
        or any(_is_missing(folder.path / name) for name in COMMON_NAMES)
    )
    kept = set(before.accounts) if before and before.jetstream == realm.jetstream else set()
    stale = [
        account
        for account in realm.accounts
        if account not in kept
        or _is_missing(folder.path / account.jwt_name)
        or _is_missing(folder.path / account.owner.creds_name)
    ]
    if not is_common_stale and not stale:
        return
    from iterapp_nats.security.issuing import Issuer

    issuer = Issuer.of(realm)
    if is_common_stale:
        yield from issuer.common_files()
    for account in stale:
        yield from issuer.account_files(account)


def _is_missing(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return True


def _save_vault(folder: StateFolder, realm: Realm) -> None:
    folder.save_private(folder.path / _VAULT_NAME, render_realm(realm).reveal())


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return error.message
    return getattr(error, "strerror", None) or "it is not UTF-8"
