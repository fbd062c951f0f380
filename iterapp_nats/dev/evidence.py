"""What the project's own server knows of a login that it refused

Its resolver says which accounts there are, which is exact; its log says the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.client.opening.login import load_login
from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.logs import read_last_lines
from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.errors import IterappNatsError, Refused
from iterapp_nats.security.realm import RESOLVER_FOLDER_NAME
from iterapp_nats.security.server_log import find_last_refusal

if TYPE_CHECKING:
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.security.identity import CredsIdentity
    from iterapp_nats.security.realm import Realm
    from iterapp_nats.settings import Settings

_LOG_LINES: Final = 2000
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})


def find_local_refusal(folder: StateFolder, settings: Settings, now: int) -> Refused | None:
    """Return why the project's server refused this login, None for another server or cause"""
    try:
        state = inspect(folder)
        realm = load_realm(folder)
        login = load_login(settings, now)
    except IterappNatsError:
        return None
    addresses = list_addresses(folder, state.state)
    is_meant = any(url.address in addresses for url in settings.servers)
    if state.condition is not Condition.RUNNING or not is_meant:
        return None
    if realm is None or login is None:
        return None
    return _refusal_by_resolver(folder, realm, login.identity) or _refusal_by_log(folder)


def list_addresses(folder: StateFolder, state: ServerState | None) -> frozenset[str]:
    """Return hosts and ports of all nodes and of the proxy, by every name for this machine"""
    if state is None:
        return frozenset()
    proxy = ProxyFiles(folder).find_running()
    ports = (state.port, *state.other_ports, *([proxy.port] if proxy else []))
    return frozenset(f"{host}:{port}" for host in {state.host, *_LOOPBACK} for port in ports)


def read_log(folder: StateFolder) -> list[str]:
    """Return the last lines of what all nodes log, those that say why among them"""
    return read_last_lines(folder.log_files(), _LOG_LINES, with_debug=True)


def _refusal_by_resolver(
    folder: StateFolder, realm: Realm, identity: CredsIdentity
) -> Refused | None:
    from iterapp_nats.security.issuing import Issuer
    from iterapp_nats.security.refusal import find_refusal

    path = folder.path / RESOLVER_FOLDER_NAME / f"{identity.account_public_key}.jwt"
    account_jwt = files.read_text(path, purpose="the account") if path.is_file() else None
    return find_refusal(identity, account_jwt, Issuer.of(realm).operator.public_key)


def _refusal_by_log(folder: StateFolder) -> Refused | None:
    logged = find_last_refusal(read_log(folder))
    if logged is None or logged.reason is None:
        return None
    return Refused(logged.reason.code, logged.reason.text, hints=logged.reason.fixes)
