"""Where a command connects: the layers of its settings, loaded by the commands that ask"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats import files
from iterapp_nats.errors import InputError
from iterapp_nats.settings import (
    URL,
    Flags,
    Layer,
    Origin,
    Settings,
    Source,
    layer_of,
    resolve_settings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.cli.context import Context


def resolve(context: Context, *, app: str | None, environment: str | None) -> Settings:
    """Resolve as `Context.settings` says, and tell the source of each value; raises the same"""
    given = context.flags
    flags = Flags(
        server=given.server,
        creds=_absolute(context, given.creds),
        ca=_absolute(context, given.ca),
    )
    if app or environment:
        chosen = _dev_server_layer(context, app, environment)
        if chosen is None:
            raise _server_missing(environment)
        layers = [chosen]
    else:
        layers = list(_layers(context))
    settings = resolve_settings(flags, layers)
    for name, source in settings.sources.items():
        context.output.detail(f"{name} from {source}")
    for name, source in settings.ignored:
        context.output.detail(f"{name} of {source} is ignored: no NATS_URL beside it")
    return settings


def _layers(context: Context) -> Iterator[Layer]:
    is_settled = context.flags.server is not None
    for layer in _given_layers(context):
        is_settled |= layer.get(URL) is not None
        yield layer
    # Asked only where it counts: a broken dev server is no concern of who goes elsewhere.
    if not is_settled and (running := _dev_server_layer(context)):
        yield running


def _given_layers(context: Context) -> Iterator[Layer]:
    if context.flags.env_file:
        yield _env_file_layer(context, context.flags.env_file)
    yield layer_of(Source(Origin.ENVIRON), context.environ)


def _dev_server_layer(
    context: Context, app: str | None = None, environment: str | None = None
) -> Layer | None:
    if not context.project.state_folder.is_dir():
        return None
    folder = context.state_folder
    from iterapp_nats.dev.inspection import Condition, inspect

    found = inspect(folder)
    if found.condition is not Condition.RUNNING or found.state is None:
        return None
    from iterapp_nats.dev.accounts.variables import load_variables

    variables = load_variables(folder, found.state, app=app, environment=environment)
    return Layer(Source(Origin.DEV_SERVER, str(context.project.root)), dict(variables.items()))


def _env_file_layer(context: Context, name: str) -> Layer:
    from iterapp_nats.envfile.reader import parse_env_file

    text = files.read_text(context.path(name), purpose="--env-file")
    return Layer(Source(Origin.ENV_FILE, name), parse_env_file(text, path=name))


def _absolute(context: Context, text: str | None) -> str | None:
    return str(context.path(text)) if text else None


def _server_missing(environment: str | None) -> InputError:
    wish = f"--environment {environment}" if environment else "--secure"
    return InputError(
        "server-not-running",
        "no local server runs whose account could be chosen",
        hints=(f"start it with iterapp-nats dev up {wish}",),
    )
