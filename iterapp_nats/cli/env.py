"""`env`: the variables of a connection, for the consumer at hand"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats import files
from iterapp_nats.cli.options import FormatOption
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format
from iterapp_nats.settings import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.cli.context import Context
    from iterapp_nats.settings import Settings


@dataclass(frozen=True, slots=True)
class ExplainedValue:
    """One variable with the place it came from; a secret is not shown"""

    name: str
    value: str
    source: str


def env(
    ctx: typer.Context,
    consumer: Annotated[Consumer, typer.Option("--for", help="Who reads it")] = Consumer.SH,
    write: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write to a file, 0600, keeping the rest")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say where each value comes from instead")
    ] = False,
    environment: Annotated[
        str | None, typer.Option(metavar="NAME", help="Environment of the local server's account")
    ] = None,
    app: Annotated[
        str | None, typer.Option(metavar="NAME", help="App of the local server's account")
    ] = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Print the variables that an app needs to connect"""
    from iterapp_nats.envfile.render import render_variables

    context: Context = ctx.obj
    settings = context.settings(app=app, environment=environment)
    if explain:
        return _explain(context, settings, output_format)
    chosen = Consumer.JSON if output_format is Format.JSON else consumer
    if settings.sources["NATS_URL"].origin is Origin.DEFAULT:
        context.output.warning("no server runs and no NATS_URL is set: this is the default address")
    rendered = render_variables(chosen, _variables(context, settings))
    for note in rendered.notes:
        context.output.say(f"note: {note}")
    if rendered.log_commands:
        context.output.say(rendered.log_commands.rstrip("\n"))
    if write is None:
        context.output.write(rendered.text.encode())
        return ExitCode.OK
    _write(context.path(write), chosen, rendered.text)
    context.output.say(f"wrote {write}")
    return ExitCode.OK


def _explain(context: Context, settings: Settings, output_format: Format) -> int:
    values = [
        ExplainedValue(name, _shown(name, settings), str(source))
        for name, source in settings.sources.items()
    ]
    if output_format is Format.JSON:
        context.output.result(values)
        return ExitCode.OK
    for value in values:
        context.output.line(f"{value.name}={value.value}  ({value.source})")
    for name, source in settings.ignored:
        context.output.line(f"{name} of {source} is ignored: no NATS_URL beside it")
    return ExitCode.OK


def _variables(context: Context, settings: Settings) -> Variables:
    def absolute(path: str | None) -> str | None:
        return str(context.path(path)) if path else None

    return Variables(
        url=",".join(server.reveal() for server in settings.servers),
        credentials=settings.credentials,
        credentials_file=absolute(settings.credentials_file),
        ca_file=absolute(settings.ca_file),
    )


def _shown(name: str, settings: Settings) -> str:
    match name:
        case "NATS_URL":
            return settings.url
        case "NATS_CREDENTIALS":
            return str(settings.credentials)
        case "NATS_CREDENTIALS_FILE":
            return settings.credentials_file or ""
        case _:
            return settings.ca_file or ""


def _write(path: Path, consumer: Consumer, text: str) -> None:
    from iterapp_nats.envfile.block import update_block

    content = text
    if consumer.takes_block:
        old = files.read_bytes(path, purpose="env --write") if path.exists() else b""
        content = update_block(_decoded(path, old), text)
    try:
        files.write_private(path, content)
    except OSError as error:
        raise InputError(
            "file-unwritable",
            f"cannot write {path}: {(error.strerror or str(error)).lower()}",
            context={"path": str(path)},
        ) from error


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InputError("file-unreadable", f"cannot edit {path}: it is not UTF-8") from error
