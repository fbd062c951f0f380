"""The system user of the local server: it may see everybody's connections and cut them off

A plain server knows it by a random password, a secure one by its creds. Both stand in private
files, and nobody but this tool uses them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.realm import CA_NAME, SYSTEM_CREDS_NAME
from iterapp_nats.server_config import SYSTEM_USER
from iterapp_nats.server_url import ServerUrl
from iterapp_nats.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_PASSWORD_BYTES: Final = 24


def require_system_password(folder: StateFolder) -> Secret:
    """Return the password of a plain server's system user, made when there is none yet

    Raises:
        LocalServerError: `state-unwritable`

    """
    path = _password_file(folder)
    try:
        known = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    if known:
        return Secret(known)
    password = Secret(os.urandom(_PASSWORD_BYTES).hex())
    folder.save_private(path, password.reveal())
    return password


def system_settings(folder: StateFolder, state: ServerState) -> Settings:
    """Return how the system user connects, past any proxy

    Raises:
        InputError: `system-user-missing`
        LocalServerError: `state-unwritable`

    """
    if state.default_account:
        return Settings(
            servers=(ServerUrl("tls", state.host, state.port),),
            credentials=None,
            credentials_file=str(folder.path / SYSTEM_CREDS_NAME),
            ca_file=str(folder.path / CA_NAME),
            sources={},
        )
    if state.snippet:
        raise InputError(
            "system-user-missing",
            f"a plain server with the settings of {state.snippet} has no system user,"
            " who alone sees the clients of others and cuts them off",
            hints=(
                "have one beside them with iterapp-nats dev restart --secure",
                'or leave them out with iterapp-nats dev restart --config-snippet ""',
            ),
        )
    url = ServerUrl(
        "nats",
        state.host,
        state.port,
        user=Secret(SYSTEM_USER),
        password=require_system_password(folder),
    )
    return Settings((url,), credentials=None, credentials_file=None, ca_file=None, sources={})


def _password_file(folder: StateFolder) -> Path:
    return folder.path / "system.password"
