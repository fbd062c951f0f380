"""`iterapp_nats.connect`: the connection of an app, with no configuration on the platform"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.events import LoggedEvents
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.secret import Secret
from iterapp_nats.settings import (
    CREDENTIALS,
    Flags,
    Origin,
    Source,
    layer_of,
    resolve_settings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.settings import Settings


def connect(  # noqa: PLR0913 - one name for each of the platform's four variables
    servers: str | None = None,
    *,
    credentials: str | None = None,
    credentials_file: str | None = None,
    ca_file: str | None = None,
    environ: Mapping[str, str] | None = None,
    name: str | None = None,
    policy: ConnectPolicy | None = None,
) -> AbstractAsyncContextManager[Connection]:
    """Connect as the platform's variables say; what is passed goes before them

    `servers` is a URL or a comma-separated list; with it the credentials and the CA of `environ`
    (default: the process environment) are not used, because they belong to another server. `name`
    is what the server shows of this connection. By default a server that is away is waited for.

        async with iterapp_nats.connect() as connection:
            await connection.publish("orders.new", b"hello")

    Raises:
        InputError: a URL, the credentials or the CA cannot be used
        Unreachable: with a policy that gives up
        Refused: the server refused the login

    """
    given = _process_environ() if environ is None else environ
    flags = Flags(server=servers, creds=credentials_file, ca=ca_file)
    settings = resolve_settings(flags, [layer_of(Source(Origin.ENVIRON), given)])
    if credentials:
        settings = _with_content(settings, credentials, keep_file=credentials_file is not None)
    return open_connection(
        settings,
        policy or ConnectPolicy.for_app(),
        name=name or "iterapp-nats",
        events=LoggedEvents(),
    )


def _with_content(settings: Settings, credentials: str, *, keep_file: bool) -> Settings:
    source = Source(Origin.FLAG, "credentials")
    return replace(
        settings,
        credentials=Secret(credentials),
        credentials_file=settings.credentials_file if keep_file else None,
        sources={**settings.sources, CREDENTIALS: source},
    )


def _process_environ() -> Mapping[str, str]:
    # An app has no command line that could hand it over; commands never come here.
    from os import environ  # noqa: TID251 - the one place beside cli/__init__.py, for apps

    return environ
