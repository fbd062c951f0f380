"""The accounts of the running secure server, for whoever has to be several apps at once"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats import files
from iterapp_nats.dev.accounts.variables import load_variables
from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.envfile.variables import Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.realm import CA_NAME, AppEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.security.realm import Realm

_TWO_ENVIRONMENTS = "--environment test --environment prod"


@dataclass(frozen=True, slots=True)
class Tenant:
    """An account under its name, and how to connect as its user"""

    name: str
    variables: Variables


def load_tenants(folder: StateFolder) -> tuple[Tenant, ...]:
    """Return the accounts of the project's server

    Raises:
        InputError: `server-not-running`, `server-plain`, `file-unreadable`
        LocalServerError: `vault-unusable`

    """
    state, realm = _running(folder)
    return tuple(
        Tenant(
            owner.name,
            load_variables(folder, state, app=owner.app, environment=owner.environment),
        )
        for owner in (account.owner for account in realm.accounts)
    )


@contextmanager
def temporary_tenants(
    folder: StateFolder, owners: Sequence[AppEnvironment], now: int
) -> Iterator[tuple[Tenant, ...]]:
    """Add accounts to the project's server, with creds that are never written, until the end

    Within the `with` their JWTs are where the server looks for them. It forgets the accounts when
    it stops. Raises what `load_tenants` raises, and LocalServerError `state-unwritable`.
    """
    from iterapp_nats.security.creds import render_creds
    from iterapp_nats.security.issuing import Issuer, add_accounts

    state, realm = _running(folder)
    enlarged = add_accounts(realm, owners, now)
    issuer = Issuer.of(enlarged)
    added = [account for account in enlarged.accounts if account not in realm.accounts]
    paths = [folder.path / account.jwt_name for account in added]
    try:
        for account, path in zip(added, paths, strict=True):
            content = issuer.account_jwt(account).encode()
            files.write_atomic(path, content, mode=files.PRIVATE_FILE, is_synced=False)
        yield tuple(
            Tenant(
                account.owner.name,
                Variables(
                    url=state.url,
                    credentials=Secret(render_creds(issuer.creds(account))),
                    ca_file=str(folder.path / CA_NAME),
                ),
            )
            for account in added
        )
    except OSError as error:
        raise folder.unusable(error) from error
    finally:
        for path in paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _running(folder: StateFolder) -> tuple[ServerState, Realm]:
    found = inspect(folder)
    if found.condition is not Condition.RUNNING or found.state is None:
        raise InputError(
            "server-not-running",
            "no local server runs whose accounts could be used",
            hints=(f"start it with iterapp-nats dev up {_TWO_ENVIRONMENTS}",),
        )
    realm = load_realm(folder) if found.state.default_account else None
    if realm is None:
        raise InputError(
            "server-plain",
            f"the local server at {found.state.url} is plain: it has no accounts",
            hints=(f"get them with iterapp-nats dev restart {_TWO_ENVIRONMENTS}",),
        )
    return found.state, realm
