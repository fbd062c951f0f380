"""The options of a local server, which `dev up`, `restart` and `run` share"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.security.certificate_key import KeyType

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.choice import BackendWishes
    from iterapp_nats.dev.plan import ServerOptions

PortOption = Annotated[
    int | None, typer.Option("--port", help="Port to listen on; 0: any", show_default=False)
]
JetStreamOption = Annotated[
    bool | None, typer.Option("--jetstream/--no-jetstream", help="Streams on disk")
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
    context: Context,
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
    """Return the wishes for a server

    Raises:
        InputError: as `require_options`; `backend-invalid`, `backend-unclear`

    """
    from iterapp_nats.dev.plan import ServerOptions, require_options

    flags = context.start_flags
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
            backend=_wishes(context).kind(),
            image=flags.image,
            snippet=str(context.path(path)) if (path := flags.config_snippet) else path,
            websocket=flags.websocket,
            nodes=flags.nodes,
        )
    )


def choose_backend(context: Context) -> Backend:
    """Return the way to run the server; raises as `BackendChooser.choose`"""
    from iterapp_nats.dev.choice import BackendChooser

    chooser = BackendChooser(
        folder=context.state_folder,
        environ=context.environ,
        resolve=context.path,
        notify=context.output.say,
        detail=context.output.detail,
    )
    return chooser.choose(_wishes(context))


def _wishes(context: Context) -> BackendWishes:
    from iterapp_nats.dev.choice import BackendWishes

    flags = context.start_flags
    return BackendWishes(
        backend=flags.backend,
        server_binary=flags.server_binary,
        image=flags.image,
        docker_command=flags.docker_command,
    )
