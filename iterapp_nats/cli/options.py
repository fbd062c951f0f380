"""Options that many commands share, and the command classes that bring them"""

from __future__ import annotations

import gc
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from iterapp_nats.cli import PROGRAM
from iterapp_nats.duration import parse_duration
from iterapp_nats.output import ColorMode, Format

if TYPE_CHECKING:
    from typer import CallbackParam

    from iterapp_nats.security.certificates.key_type import KeyType


class Heading(Enum):
    """The headings of `--help`, in their order"""

    CHECK = "Check"
    LOCAL = "Local server"
    MESSAGES = "Messages"
    UNDERSTAND = "Understand"
    PROVE = "Prove"
    OPERATE = "Operate"


def read_duration(value: str | float) -> float:
    """Return a duration in seconds; typer hands an option's default over as the number it is"""
    return parse_duration(value) if isinstance(value, str) else float(value)


FormatOption = Annotated[
    Format, typer.Option("--format", help="How data is printed", show_default=True)
]
TimeoutOption = Annotated[
    float,
    typer.Option("--timeout", metavar="DURATION", parser=read_duration, help="How long to wait"),
]
RawOption = Annotated[bool, typer.Option("--raw", help="Print payloads only, a line each")]
OptionalTimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", metavar="DURATION", parser=read_duration, help="End after this"),
]
HeadersOption = Annotated[
    list[str] | None,
    typer.Option("--header", "-H", metavar="KEY:VALUE", help="Header, may be repeated"),
]


class Command(TyperCommand):
    """A command that also takes the global options behind its name"""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.params.extend(global_options(hidden=True))

    def invoke(self, ctx: Any) -> Any:
        """Collect garbage from here on: `run` does without it while the commands are set up"""
        gc.enable()
        return super().invoke(ctx)


class ConnectingCommand(Command):
    """A command that connects to a server"""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.params.extend(_connection_options())


class StartingCommand(Command):
    """A command that starts a local server"""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.params.extend(_start_options())


class Group(TyperGroup):
    """Commands under headings, one line each"""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.params.extend(global_options(hidden=keywords.get("name") != PROGRAM))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands of each heading, those without one under `Commands`"""
        width = max((len(name) for name in self.commands), default=0)
        for title in [heading.value for heading in Heading] + ["Commands"]:
            listed = {name: self.commands[name] for name in self.list_commands(ctx)}
            rows = [
                (name.ljust(width), command.get_short_help_str(formatter.width))
                for name, command in listed.items()
                if not command.hidden and _title_of(command) == title
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _title_of(command: Any) -> str:
    return getattr(command, "rich_help_panel", None) or "Commands"


def global_options(*, hidden: bool) -> list[TyperOption]:
    """Return the options that work before and behind every command's name"""
    return [
        _option("--verbose", "-v", callback=_on_verbose, count=True, hidden=hidden,
                help="Say more, for example where each value came from (-vv: even more)"),
        _option("--quiet", "-q", callback=_on_quiet, is_flag=True, hidden=hidden,
                help="Say only warnings and errors"),
        _option("--color", callback=_on_color, hidden=hidden, metavar="auto|always|never",
                help="When to colour"),
    ]  # fmt: skip


def _connection_options() -> list[TyperOption]:
    return [
        _option("--server", metavar="URL", help="Server address, several separated by commas"),
        _option("--creds", metavar="FILE", help="Credentials file"),
        _option("--ca", metavar="FILE", help="CA certificate of the server"),
        _option("--env-file", metavar="FILE", help="File with the platform's variables"),
        _option("--connect-timeout", metavar="DURATION", help="How long to try to connect"),
    ]


def _start_options() -> list[TyperOption]:
    from iterapp_nats.security.certificates.key_type import KeyType

    return [
        _option("--port", callback=_on_start_flag, type=int, metavar="N",
                help="Port to listen on; 0: any"),
        _option("--jetstream/--no-jetstream", is_flag=True, callback=_on_start_flag,
                help="Streams on disk"),
        _option("--secure/--plain", is_flag=True, callback=_on_start_flag,
                help="Accounts, credentials and TLS as in production"),
        _option("--environment", "environments", callback=_on_start_flag, multiple=True,
                metavar="NAME", help="Have an account for it, may be repeated"),
        _option("--app", "apps", callback=_on_start_flag, multiple=True, metavar="NAME",
                help="Have accounts for this app too, may be repeated"),
        _option("--san", "names", callback=_on_start_flag, multiple=True, metavar="HOST",
                help="Name in the certificate too, may be repeated"),
        _option("--key-type", callback=_on_start_flag, type=_key_type,
                metavar="|".join(KeyType),
                help="Keys of the certificates; ecdsa is known everywhere"),
        _option("--proxy/--no-proxy", is_flag=True, callback=_on_start_flag,
                help="Have a proxy in front, which dev chaos makes bad"),
        _option("--backend", callback=_on_start_flag, metavar="auto|binary|docker",
                help="Run a program or a container"),
        _option("--server-binary", callback=_on_start_flag, metavar="PATH",
                help="nats-server to run"),
        _option("--image", callback=_on_start_flag, metavar="NAME", help="Image of the container"),
        _option("--docker-command", callback=_on_start_flag, metavar="COMMAND",
                help="What to call instead of docker, for example podman"),
        _option("--nodes", callback=_on_start_flag, type=int, metavar="N",
                help="Servers in a cluster, 1, 3 or 5"),
        _option("--websocket/--no-websocket", is_flag=True, callback=_on_start_flag,
                help="A port for browsers too"),
        _option("--config-snippet", callback=_on_start_flag, metavar="FILE",
                help="Settings of nats-server to add; '' for none"),
    ]  # fmt: skip


def _option(*names: str, callback: Any = None, **keywords: Any) -> TyperOption:
    return TyperOption(
        param_decls=list(names),
        callback=callback or _on_connection_flag,
        expose_value=False,
        default=None,
        **keywords,
    )


def _key_type(text: str) -> KeyType:
    from iterapp_nats.security.certificates.key_type import KeyType

    try:
        return KeyType(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(KeyType)}") from error


def _on_connection_flag(ctx: typer.Context, param: CallbackParam, value: str | None) -> None:
    if value is None or param.name is None:
        return
    parsed = parse_duration(value) if param.name == "connect_timeout" else value
    ctx.obj = replace(ctx.obj, flags=replace(ctx.obj.flags, **{param.name: parsed}))


def _on_start_flag(
    ctx: typer.Context, param: CallbackParam, value: str | int | tuple[str, ...] | None
) -> None:
    if value not in (None, ()) and param.name is not None:
        ctx.obj = replace(ctx.obj, start_flags=replace(ctx.obj.start_flags, **{param.name: value}))


def _on_verbose(ctx: typer.Context, _param: CallbackParam, value: int | None) -> None:
    ctx.obj.output.verbosity += value or 0


def _on_quiet(ctx: typer.Context, _param: CallbackParam, value: bool | None) -> None:
    ctx.obj.output.quiet |= bool(value)


def _on_color(ctx: typer.Context, _param: CallbackParam, value: str | None) -> None:
    if value is None:
        return
    try:
        ctx.obj.output.color = ColorMode(value)
    except ValueError as error:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(ColorMode)}") from error
