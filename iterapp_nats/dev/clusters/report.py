"""What the nodes of a cluster say about themselves to the system user

Each question is a login of its own on a plain socket: a person waits for `dev up`, and neither
asyncio nor nats-py is loaded for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats import files
from iterapp_nats.dev.accounts.system_user import require_system_password
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.security.realm import CA_NAME, SYSTEM_CREDS_NAME
from iterapp_nats.server_config import SYSTEM_USER
from iterapp_nats.server_url import ServerUrl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.client.opening.first_login import FirstIdentity, FirstPassword
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_TIMEOUT_S: Final = 1.0
# How HEALTHZ calls what concerns one stream; all else is about the whole node.
_STREAM_KINDS: Final = ("STREAM", "CONSUMER")
_NOT_FOR_THIS_ACCOUNT: Final = 10039


@dataclass(frozen=True, slots=True)
class Ailment:
    """What a node lacks, in the words of nats-server; `is_of_stream` when only one stream does"""

    text: str
    is_of_stream: bool = False


@dataclass(frozen=True, slots=True)
class Inquirer:
    """Who asks the nodes of one cluster"""

    identity: FirstIdentity | FirstPassword

    @classmethod
    def of(cls, folder: StateFolder, state: ServerState) -> Inquirer | None:
        """Return who may ask; nobody may where settings of the user's own are all that there is

        Raises:
            LocalServerError: `state-unwritable`
            InputError: `file-unreadable`, and as `parse_creds`

        """
        from iterapp_nats.client.opening.first_login import FirstIdentity, FirstPassword

        top = folder.top
        if state.default_account:
            from iterapp_nats.security.creds import parse_creds

            creds = files.read_bytes(
                top.path / SYSTEM_CREDS_NAME, purpose="the system user's creds"
            )
            return cls(FirstIdentity(parse_creds(creds), top.path / CA_NAME))
        if state.snippet:
            return None
        return cls(FirstPassword(SYSTEM_USER, require_system_password(top)))

    def count_clients(self, state: ServerState) -> int:
        """Return how many are connected to a node, ourselves left out; 0 without an answer"""
        figures = self._ask(state, "STATSZ", {}).get("statsz", {})
        return max(0, int(figures.get("connections", 0)) - 1)

    def list_ailments(self, state: ServerState) -> Iterator[Ailment]:
        """Yield what a node lacks to serve streams as the others do"""
        health = self._ask(state, "HEALTHZ", {"details": True}).get("data")
        if not isinstance(health, dict):
            yield Ailment("it does not say how it is")
        elif health.get("status") != "ok":
            for each in health.get("errors") or [health]:
                yield Ailment(str(each.get("error", "")), each.get("type") in _STREAM_KINDS)

    def _ask(self, state: ServerState, what: str, options: dict[str, object]) -> dict[str, Any]:
        wish = {"server_name": state.generation, "exact_match": True, **options}
        return _ask_once(state, self.identity, f"$SYS.REQ.SERVER.PING.{what}", wish)


def list_stream_ailments(state: ServerState) -> Iterator[Ailment]:
    """Yield what the streams of an app lack, for a plain server without a system user

    Of more than 256 streams the first are looked at.
    """
    answer = _ask_once(state, None, "$JS.API.STREAM.LIST", {})
    error = answer.get("error", {})
    if error.get("err_code") == _NOT_FOR_THIS_ACCOUNT:
        return
    if error or not answer:
        yield Ailment(str(error.get("description") or "the streams have no leader"))
    for name in answer.get("missing") or []:
        yield Ailment(f"stream {name} has no leader", is_of_stream=True)
    for stream in answer.get("streams") or []:
        for replica in stream.get("cluster", {}).get("replicas") or []:
            if not replica.get("current"):
                behind = f"stream {stream['config']['name']} is not current on {replica['name']}"
                yield Ailment(behind, is_of_stream=True)


def _ask_once(
    state: ServerState,
    identity: FirstIdentity | FirstPassword | None,
    subject: str,
    wish: dict[str, object],
) -> dict[str, Any]:
    """Ask a server, and return an empty answer when it gives none"""
    from iterapp_nats.client.opening.first_login import ask_once

    url = ServerUrl("tls" if state.default_account else "nats", state.host, state.port)
    try:
        answer = json.loads(
            ask_once(url, identity, subject, _TIMEOUT_S, payload=json.dumps(wish).encode())
        )
    except (IterappNatsError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}
