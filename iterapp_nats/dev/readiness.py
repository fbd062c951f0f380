"""Is a server that answers also one that an app can use: its login works"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.accounts.vault import load_creds
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.security.realm import CA_NAME
from iterapp_nats.server_url import ServerUrl

if TYPE_CHECKING:
    from iterapp_nats.client.opening.greeting import ServerInfo
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_LOGIN_TIMEOUT_S: Final = 5.0


def find_refusal(folder: StateFolder, state: ServerState, info: ServerInfo) -> str | None:
    """Log in as an app would; return why that failed, None when it worked or nobody has to"""
    if state.default_account is None:
        # Only settings of the user's own can ask for a login here, and apps are given none.
        asked = "it asks for a login, and apps are given none: name a no_auth_user beside accounts"
        return asked if info.auth_required else None
    from iterapp_nats.client.opening.first_login import prove_login

    try:
        prove_login(
            ServerUrl("tls", state.host, state.port),
            load_creds(folder.top, state.default_account),
            folder.top.path / CA_NAME,
            _LOGIN_TIMEOUT_S,
        )
    except IterappNatsError as error:
        return f"its first login failed: {error.message}"
    return None
