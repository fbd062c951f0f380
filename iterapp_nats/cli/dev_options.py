"""The options of a local server, which `dev up`, `restart` and `run` share"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.security.certificate_key import KeyType

if TYPE_CHECKING:
    from iterapp_nats.dev.plan import ServerOptions

PortOption = Annotated[
    int | None, typer.Option("--port", help="Port to listen on; 0: any", show_default=False)
]
JetStreamOption = Annotated[
    bool | None, typer.Option("--jetstream/--no-jetstream", help="Streams on disk")
]
BinaryOption = Annotated[
    str | None, typer.Option("--server-binary", metavar="PATH", help="nats-server to run")
]
SecureOption = Annotated[
    bool | None,
    typer.Option("--secure/--plain", help="Accounts, credentials and TLS as in production"),
]
EnvironmentsOption = Annotated[
    list[str] | None,
    typer.Option("--environment", metavar="NAME", help="Have an account for it, may be repeated"),
]
AppsOption = Annotated[
    list[str] | None,
    typer.Option("--app", metavar="NAME", help="Have accounts for this app too, may be repeated"),
]
NamesOption = Annotated[
    list[str] | None,
    typer.Option("--san", metavar="HOST", help="Name in the certificate too, may be repeated"),
]
KeyTypeOption = Annotated[
    KeyType | None,
    typer.Option(help="Keys of the certificates; ecdsa is known everywhere", show_default=False),
]

ProxyOption = Annotated[
    bool | None,
    typer.Option("--proxy/--no-proxy", help="Have a proxy in front, which dev chaos makes bad"),
]


def read_options(
    *,
    port: int | None,
    jetstream: bool | None,
    secure: bool | None,
    environments: list[str] | None,
    apps: list[str] | None,
    names: list[str] | None,
    key_type: KeyType | None,
    proxy: bool | None,
) -> ServerOptions:
    """Return the wishes for a server; raises InputError as `require_options`"""
    from iterapp_nats.dev.plan import ServerOptions, require_options

    return require_options(
        ServerOptions(
            port=port,
            jetstream=jetstream,
            secure=secure,
            apps=tuple(apps or ()),
            environments=tuple(environments or ()),
            names=tuple(names or ()),
            key_type=key_type,
            proxy=proxy,
        )
    )
