"""The platform's four variables for the local server, or its address alone where it is plain"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iterapp_nats import files
from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.dev.plan import choose_account
from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.envfile.variables import Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.realm import CA_NAME

if TYPE_CHECKING:
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.security.realm import AppEnvironment


def load_variables(
    folder: StateFolder,
    state: ServerState,
    *,
    app: str | None = None,
    environment: str | None = None,
) -> Variables:
    """Return the variables of the account that an app or an environment means, or of the default

    Raises:
        InputError: `account-unknown`, `file-unreadable`
        LocalServerError: `vault-unusable`

    """
    if state.default_account is None:
        if app or environment:
            raise _plain(state, environment)
        return Variables(url=client_url(folder, state))
    owner = choose_account(state.default_account, app, environment)
    if owner != state.default_account:
        _require_known(folder, owner, app)
    creds_file = folder.path / owner.creds_name
    content = files.read_text(creds_file, purpose=f"the credentials of {owner.name}")
    return Variables(
        url=client_url(folder, state),
        credentials=Secret(content),
        credentials_file=str(creds_file),
        ca_file=str(folder.path / CA_NAME),
    )


def client_url(folder: StateFolder, state: ServerState) -> str:
    """Return the address that clients use: the proxy's, where there is one in front"""
    proxy = ProxyFiles(folder).find_running()
    return replace(state, port=proxy.port).url if proxy else state.url


def _require_known(folder: StateFolder, owner: AppEnvironment, app: str | None) -> None:
    realm = load_realm(folder)
    if realm is None or realm.find(owner):
        return
    wish = f" --app {app}" if app else ""
    raise InputError(
        "account-unknown",
        f"the local server has no account {owner.name}",
        hints=(
            f"add it with iterapp-nats dev up{wish} --environment {owner.environment}",
            "see which there are with iterapp-nats dev status",
        ),
        context={"account": owner.name},
    )


def _plain(state: ServerState, environment: str | None) -> InputError:
    wish = f" --environment {environment}" if environment else ""
    return InputError(
        "account-unknown",
        f"the local server at {state.url} is plain: it has no accounts",
        hints=(f"get them with iterapp-nats dev restart --secure{wish}",),
        context={"url": state.url},
    )
