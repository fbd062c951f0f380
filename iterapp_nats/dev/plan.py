"""What the user asked for, and what follows from it: options to ports and names"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
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

    from iterapp_nats.dev.state import Preferences, ServerState
    from iterapp_nats.security.certificate_key import KeyType

DEFAULT_PORT: Final = 4222
HOST: Final = "127.0.0.1"
ANY_PORT: Final = 0
_MAX_PORT: Final = 65535
# Below the ephemeral ranges of Linux (32768) and macOS (49152): a port inside them was once taken
# by an outgoing connection.
_PROJECT_PORTS: Final = range(14222, 30222)
_PORT_TRIES: Final = 64
_NAME_LETTERS: Final = 24


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The wishes of `dev up`; None and empty mean that any answer is welcome

    `secure` is True for accounts, creds and TLS as on the platform, False for a plain server.
    `apps` get an account in each environment, beside the project's own; `names` are further host
    names and addresses of the certificate, `key_type` is that of its keys. With a `proxy` the
    variables lead through one.
    """

    port: int | None = None
    jetstream: bool | None = None
    secure: bool | None = None
    apps: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    key_type: KeyType | None = None
    proxy: bool | None = None

    @property
    def wants_secure(self) -> bool | None:
        """The mode that is asked for: whoever names an account wants accounts"""
        if self.secure is None and (self.apps or self.environments or self.names or self.key_type):
            return True
        return self.secure


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """What is started: wishes and memory together

    `port` must be used, `remembered_port` is tried first when there is no such wish.
    `default_account` is None for a plain server.
    """

    port: int | None
    remembered_port: int | None
    jetstream: bool
    is_temporary: bool
    default_account: AppEnvironment | None = None


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """The accounts that must be there, and whose variables are given when nobody chooses"""

    owners: tuple[AppEnvironment, ...]
    default: AppEnvironment


def require_options(options: ServerOptions) -> ServerOptions:
    """Return wishes that can be had

    Raises:
        InputError: `port-invalid`, `app-invalid`, `environment-invalid`, `certificate-names`,
            `plain-with-accounts`, `extra-missing`

    """
    from iterapp_nats.security.certificate import require_server_name
    from iterapp_nats.security.certificate_key import require_key_type

    require_port(options.port)
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


def plan_ports(folder: str, *, remembered: int | None) -> Iterator[int]:
    """Yield the ports to try, best first, for the project in `folder`

    The port stays over restarts, so that addresses in env files do not rot; every project has a
    range start of its own, so that two projects do not wander into each other.
    """
    if remembered:
        yield remembered
    yield DEFAULT_PORT
    start = zlib.crc32(folder.encode())
    for step in range(_PORT_TRIES):
        yield _PROJECT_PORTS[(start + step) % len(_PROJECT_PORTS)]


def plan_proxy_ports(folder: str, *, remembered: int | None) -> Iterator[int]:
    """Yield the ports to try for a proxy, best first: as `plan_ports`, but never the usual one

    That belongs to a server, here or in another project.
    """
    if remembered:
        yield remembered
    start = zlib.crc32(folder.encode())
    for step in range(_PORT_TRIES, 2 * _PORT_TRIES):
        yield _PROJECT_PORTS[(start + step) % len(_PROJECT_PORTS)]


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
