"""The accounts of a secure server: made, added while it runs, and renewed"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.accounts.vault import load_realm, save_realm
from iterapp_nats.dev.plan import plan_accounts, plan_jetstream
from iterapp_nats.security.realm import (
    ENTROPY_BYTES,
    renew,
    with_jetstream,
    with_key_type,
    with_server_names,
)

if TYPE_CHECKING:
    from iterapp_nats.dev.plan import ServerOptions
    from iterapp_nats.dev.server_state import Preferences, ServerState
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.security.realm import AppEnvironment, Realm

_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class PreparedAccounts:
    """Whose variables are given when nobody chooses, and what this call has changed"""

    default: AppEnvironment
    added: tuple[AppEnvironment, ...]
    renewed: tuple[AppEnvironment, ...]

    def notes(self, *, is_running: bool) -> tuple[str, ...]:
        """Return a sentence for each change that a person would not expect"""
        notes = []
        if self.added and is_running:
            notes.append(f"added {_listed(self.added)}; the server goes on")
        if self.renewed:
            notes.append(f"renewed the creds of {_listed(self.renewed)}")
        return tuple(notes)


def prepare_accounts(
    folder: StateFolder, options: ServerOptions, last: ServerState | Preferences, now: int
) -> PreparedAccounts:
    """Make sure that all accounts that are wanted exist and are valid; the lock must be held

    A server that runs finds new accounts by their files, when somebody logs in.

    Raises:
        LocalServerError: `vault-unusable`, `state-unwritable`

    """
    before = load_realm(folder)
    plan = plan_accounts(
        options,
        folder.path.parent.name,
        known=_owners(before),
        last=last.default_account,
    )
    realm = renew(before, now) if before else _new_realm(now)
    realm = with_jetstream(realm, now, jetstream=plan_jetstream(options, last))
    realm = with_server_names(realm, options.names, now)
    realm = with_key_type(realm, options.key_type, now)
    realm = _with_accounts(realm, plan.owners, now)
    save_realm(folder, realm, before)
    known = set(_owners(before))
    return PreparedAccounts(
        default=plan.default,
        added=tuple(owner for owner in plan.owners if owner not in known),
        renewed=_renewed(before, realm),
    )


def _new_realm(now: int) -> Realm:
    from iterapp_nats.security.issuing import new_realm

    return new_realm(os.urandom(ENTROPY_BYTES), now)


def _with_accounts(realm: Realm, owners: tuple[AppEnvironment, ...], now: int) -> Realm:
    if set(owners) <= set(_owners(realm)):
        return realm
    from iterapp_nats.security.issuing import add_accounts

    return add_accounts(realm, owners, now)


def _owners(realm: Realm | None) -> tuple[AppEnvironment, ...]:
    return tuple(account.owner for account in realm.accounts) if realm else ()


def _renewed(before: Realm | None, after: Realm) -> tuple[AppEnvironment, ...]:
    if before is None:
        return ()
    return tuple(
        new.owner
        for old, new in zip(before.accounts, after.accounts, strict=False)
        if old.creds_issued_at != new.creds_issued_at
    )


def _listed(owners: tuple[AppEnvironment, ...]) -> str:
    names = [owner.name for owner in owners]
    if len(names) > _LISTED:
        names = [*names[:_LISTED], f"{len(names) - _LISTED} more"]
    word = "the account" if len(owners) == 1 else "the accounts"
    return f"{word} {' and '.join([', '.join(names[:-1]), names[-1]] if names[1:] else names)}"
