"""What the user asked for, and what follows from it: options to ports and names"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.security.realm import (
    DEFAULT_ENVIRONMENT,
    AppEnvironment,
    app_of_folder,
    require_app,
    require_environment,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.server_state import Preferences, ServerState
    from iterapp_nats.security.certificates.key_type import KeyType

DEFAULT_PORT: Final = 4222
HOST: Final = "127.0.0.1"
ANY_PORT: Final = 0
_MAX_PORT: Final = 65535
# Below the ephemeral ranges of Linux (32768) and macOS (49152): a port inside them was once taken
# by an outgoing connection.
_PROJECT_PORTS: Final = range(14222, 30222)
_PORT_TRIES: Final = 64
_NAME_LETTERS: Final = 24
_CLUSTER_SIZES: Final = (None, 1, 3, 5)


class BackendName(StrEnum):
    """How the server is run; `auto` is the way of the last time, or else what is there"""

    AUTO = "auto"
    BINARY = "binary"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The wishes of `dev up`; None and empty mean that any answer is welcome

    `secure` is True for accounts, creds and TLS as on the platform, False for a plain server.
    `apps` get an account in each environment, beside the project's own; `names` are further host
    names and addresses of the certificate, `key_type` is that of its keys. With a `proxy` the
    variables lead through one. `snippet` is a file of settings of the user's own; an empty path
    asks for none.
    """

    port: int | None = None
    jetstream: bool | None = None
    secure: bool | None = None
    apps: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    key_type: KeyType | None = None
    proxy: bool | None = None
    backend: BackendName = BackendName.AUTO
    image: str | None = None
    server_binary: str | None = None
    snippet: str | None = None
    websocket: bool | None = None
    nodes: int | None = None

    @property
    def wants_secure(self) -> bool | None:
        """The mode that is asked for: whoever names an account wants accounts"""
        if self.secure is None and (self.apps or self.environments or self.names or self.key_type):
            return True
        return self.secure


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """What is started: wishes and memory together

    `port` must be used; without such a wish `remembered_port` is tried first, then `first_port`.
    `default_account` is None for a plain server. In a cluster `number` is that of the node, and
    `routes` are the ports between all nodes.
    """

    port: int | None
    remembered_port: int | None
    jetstream: bool
    is_temporary: bool
    default_account: AppEnvironment | None = None
    snippet: str = ""
    websocket: bool = False
    remembered_websocket_port: int | None = None
    nodes: int = 1
    number: int = 1
    first_port: int = DEFAULT_PORT
    routes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """The accounts that must be there, and whose variables are given when nobody chooses"""

    owners: tuple[AppEnvironment, ...]
    default: AppEnvironment


def require_options(options: ServerOptions) -> ServerOptions:
    """Return wishes that can be had

    Raises:
        InputError: `port-invalid`, `nodes-invalid`, `app-invalid`, `environment-invalid`,
            `certificate-names`, `plain-with-accounts`, `extra-missing`

    """
    from iterapp_nats.security.certificates.authority import require_server_name
    from iterapp_nats.security.certificates.key import require_key_type

    require_port(options.port)
    if options.nodes not in _CLUSTER_SIZES:
        raise InputError(
            "nodes-invalid",
            f"{options.nodes} nodes are no cluster that could agree: name 1, 3 or 5",
            hints=("start three with --nodes 3",),
        )
    for name in options.names:
        require_server_name(name)
    for app in options.apps:
        require_app(app)
    for environment in options.environments:
        require_environment(environment)
    if options.secure is False and replace(options, secure=None).wants_secure:
        raise InputError(
            "plain-with-accounts",
            "a plain server has no accounts and no certificate",
            hints=("leave --plain out, or leave out --environment, --app, --san and --key-type",),
        )
    if options.key_type:
        require_key_type(options.key_type)
    return options


def plan_accounts(
    options: ServerOptions,
    project_name: str,
    *,
    known: tuple[AppEnvironment, ...],
    last: AppEnvironment | None,
) -> AccountPlan:
    """Return an account for each app in each environment that was asked for

    Without a wish these are the environments that are `known`, or `local`. `last` is whose
    variables were given before: its environment goes on, unless others are asked for.
    """
    app = app_of_folder(project_name)
    known_environments = tuple(owner.environment for owner in known)
    environments = options.environments or known_environments or (DEFAULT_ENVIRONMENT,)
    is_going_on = last is not None and not options.environments
    default = AppEnvironment(app, last.environment if last and is_going_on else environments[0])
    owners = (
        AppEnvironment(name, environment)
        for name in (app, *options.apps)
        for environment in environments
    )
    return AccountPlan(tuple(dict.fromkeys((default, *owners))), default)


def plan_secure(options: ServerOptions, last: ServerState | Preferences) -> bool:
    """Say whether the next server has accounts and TLS"""
    wish = options.wants_secure
    return last.default_account is not None if wish is None else wish


def plan_jetstream(options: ServerOptions, last: ServerState | Preferences) -> bool:
    """Say whether the next server stores messages"""
    return last.jetstream if options.jetstream is None else options.jetstream


def plan_websocket(options: ServerOptions, last: ServerState | Preferences) -> bool:
    """Say whether the next server has a port for browsers"""
    return last.websocket_port is not None if options.websocket is None else options.websocket


def plan_key_type(options: ServerOptions, last: ServerState | Preferences) -> KeyType | None:
    """Return the keys that certificates must have, None where any will do

    Browsers do not know Ed25519: Chromium 156 gives up with ERR_SSL_VERSION_OR_CIPHER_MISMATCH.

    Raises:
        InputError: `extra-missing`, `browsers-need-ecdsa`

    """
    from iterapp_nats.security.certificates.key import require_key_type
    from iterapp_nats.security.certificates.key_type import KeyType

    if not plan_websocket(options, last):
        return options.key_type
    if options.key_type is KeyType.ED25519:
        raise InputError(
            "browsers-need-ecdsa",
            "browsers do not know Ed25519, so a secure port for them needs other keys",
            hints=("leave --key-type out, or have no such port with --no-websocket",),
        )
    require_key_type(KeyType.ECDSA)
    return KeyType.ECDSA


def choose_account(
    default: AppEnvironment, app: str | None, environment: str | None
) -> AppEnvironment:
    """Return the account that an app or an environment means, beside the default"""
    return AppEnvironment(app or default.app, environment or default.environment)


def require_port(port: int | None) -> int | None:
    """Return a port that can be listened on, 0 for any; raises `port-invalid`"""
    if port is None or 0 <= port <= _MAX_PORT:
        return port
    raise InputError(
        "port-invalid",
        f"invalid port {port}: it must be a number from 0 to {_MAX_PORT}",
        hints=("0 lets the system choose a free port",),
        context={"port": str(port)},
    )


def plan_ports(
    folder: str, *, remembered: int | None, first: int | None = DEFAULT_PORT
) -> Iterator[int]:
    """Yield the ports to try, best first, for the project in `folder`

    The port stays over restarts, so that addresses in env files do not rot; every project has a
    range start of its own, so that two projects do not wander into each other.
    """
    if remembered:
        yield remembered
    if first and first <= _MAX_PORT:
        yield first
    start = _checksum(folder)
    for step in range(_PORT_TRIES):
        yield _PROJECT_PORTS[(start + step) % len(_PROJECT_PORTS)]


def plan_proxy_ports(folder: str, *, remembered: int | None) -> Iterator[int]:
    """Yield the ports to try for a proxy, best first: as `plan_ports`, but never the usual one

    That belongs to a server, here or in another project.
    """
    if remembered:
        yield remembered
    start = _checksum(folder)
    for step in range(_PORT_TRIES, 2 * _PORT_TRIES):
        yield _PROJECT_PORTS[(start + step) % len(_PROJECT_PORTS)]


def _checksum(folder: str) -> int:
    # Bytes of a name that are not UTF-8 stand in it as lone surrogates (PEP 383).
    return zlib.crc32(folder.encode("utf-8", "surrogateescape"))


def name_cluster(folder: str) -> str:
    """Return the name of the cluster of the project in `folder`

    No other project's: nodes of two clusters of one name that meet on a port become one. And
    nats-server refuses a name with a blank, which a folder may have.
    """
    return f"{GENERATION_PREFIX}{_checksum(folder):08x}"


def name_generation(project_name: str, entropy: bytes) -> str:
    """Return the server name of one start: it proves that an INFO is of our own server

    The project's name is in it, so that another project can say who holds a port.
    """
    letters = "".join(letter if letter.isalnum() else "-" for letter in project_name.lower())
    return f"{GENERATION_PREFIX}{letters[:_NAME_LETTERS]}-{entropy.hex()}"


GENERATION_PREFIX: Final = "iterapp-nats-"


def project_of_generation(server_name: str) -> str | None:
    """Return the project's name in the server name of one of our servers, None for a stranger's"""
    if not server_name.startswith(GENERATION_PREFIX):
        return None
    return server_name.removeprefix(GENERATION_PREFIX).rpartition("-")[0]
