"""One start of a server, and what the next one is to be like: as values, and as JSON"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from iterapp_nats.dev.migration import SCHEMA
from iterapp_nats.security.realm import AppEnvironment


@dataclass(frozen=True, slots=True)
class ServerState:
    """One start of a server: who it is and how to reach it

    `is_temporary` marks a server that `dev run` started and that ends with its last user.
    `default_account` is whose variables are given when nobody chooses; None: a plain server.
    `engine` is how to call the tool of its container engine, empty for a process of this machine.
    `snippet` is the file of the user's own settings, and `folder` the state folder as it was called
    then, empty when nobody noted it. In a cluster every node has a state: `routes`
    are the ports between all of them, and `other_ports`, which the first alone knows, those that
    clients use of the others.
    """

    generation: str
    backend: str
    executable: str
    host: str
    port: int
    jetstream: bool
    is_temporary: bool
    started_at: int
    default_account: AppEnvironment | None = None
    engine: tuple[str, ...] = ()
    snippet: str = ""
    websocket_port: int | None = None
    routes: tuple[int, ...] = ()
    other_ports: tuple[int, ...] = ()
    folder: str = ""
    schema: int = SCHEMA

    @property
    def nodes(self) -> int:
        """How many servers there are to be"""
        return len(self.routes) or 1

    @property
    def url(self) -> str:
        """The addresses that clients use, a list for a cluster"""
        return ",".join(self._url(port) for port in (self.port, *self.other_ports))

    @property
    def node_url(self) -> str:
        """The address of this node alone"""
        return self._url(self.port)

    @property
    def websocket_url(self) -> str | None:
        """The address that browsers use"""
        if self.websocket_port is None:
            return None
        return f"{'wss' if self.default_account else 'ws'}://{self.host}:{self.websocket_port}"

    def _url(self, port: int) -> str:
        return f"{'tls' if self.default_account else 'nats'}://{self.host}:{port}"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the next start is to be like when nothing else is asked for

    `proxy_port` is where a proxy listens in front of the server, None for no proxy.
    `server_binary` is the nats-server that the user has named, empty for what is found each time.
    """

    port: int | None = None
    jetstream: bool = False
    default_account: AppEnvironment | None = None
    proxy_port: int | None = None
    executable: str = ""
    engine: tuple[str, ...] = ()
    snippet: str = ""
    websocket_port: int | None = None
    nodes: int = 1
    server_binary: str = ""


def parse_state(values: dict[str, Any]) -> ServerState | None:
    """Return the state that JSON of the present schema holds, None for something else"""
    given = {**values, "default_account": _account(values.get("default_account"))}
    try:
        return ServerState(**{item.name: _frozen(given[item.name]) for item in fields(ServerState)})
    except KeyError:
        return None


def parse_preferences(values: dict[str, Any]) -> Preferences:
    """Return the preferences that JSON of any schema holds"""
    return Preferences(
        port=_number(values.get("port")),
        jetstream=values.get("jetstream") is True,
        default_account=_account(values.get("default_account")),
        proxy_port=_number(values.get("proxy_port")),
        executable=str(values.get("executable") or ""),
        engine=tuple(values.get("engine") or ()),
        snippet=str(values.get("snippet") or ""),
        websocket_port=_number(values.get("websocket_port")),
        nodes=_number(values.get("nodes")) or 1,
        server_binary=str(values.get("server_binary") or ""),
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _frozen(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _account(values: object) -> AppEnvironment | None:
    if not isinstance(values, dict):
        return None
    return AppEnvironment(str(values.get("app", "")), str(values.get("environment", "")))
