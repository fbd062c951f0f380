"""The options of a local server, which `dev up`, `restart` and `run` share"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.finding.choice import BackendWishes
    from iterapp_nats.dev.plan import ServerOptions


def read_options(context: Context) -> ServerOptions:
    """Return the wishes for a server

    Raises:
        InputError: as `require_options`; `backend-invalid`, `backend-unclear`

    """
    from iterapp_nats.dev.plan import ServerOptions, require_options

    flags = context.start_flags
    return require_options(
        ServerOptions(
            port=flags.port,
            jetstream=flags.jetstream,
            secure=flags.secure,
            apps=flags.apps,
            environments=flags.environments,
            names=flags.names,
            key_type=flags.key_type,
            proxy=flags.proxy,
            backend=_wishes(context).kind(),
            image=flags.image,
            server_binary=str(context.path(path)) if (path := flags.server_binary) else path,
            snippet=str(context.path(path)) if (path := flags.config_snippet) else path,
            websocket=flags.websocket,
            nodes=flags.nodes,
        )
    )


def choose_backend(context: Context) -> Backend:
    """Return the way to run the server; raises as `BackendChooser.choose`"""
    return find_backend(context, context.output.detail)


def find_backend(context: Context, detail: Callable[[str], None]) -> Backend:
    """Do the same, and let `detail` hear of every place that was looked at"""
    from iterapp_nats.dev.finding.choice import BackendChooser

    chooser = BackendChooser(
        folder=context.state_folder,
        environ=context.environ,
        resolve=context.path,
        notify=context.output.say,
        detail=detail,
    )
    return chooser.choose(_wishes(context))


def _wishes(context: Context) -> BackendWishes:
    from iterapp_nats.dev.finding.choice import BackendWishes

    flags = context.start_flags
    return BackendWishes(
        backend=flags.backend,
        server_binary=flags.server_binary,
        image=flags.image,
        docker_command=flags.docker_command,
    )
