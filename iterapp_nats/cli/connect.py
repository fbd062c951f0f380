"""`connect`: connect code per language, and whether a program connects as it must"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from iterapp_nats.cli.options import FormatOption, Group
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.cli.context import Context
    from iterapp_nats.languages.catalog import ConnectCode

WriteOption = Annotated[
    str | None, typer.Option(metavar="DIR", help="Write the module into a folder instead")
]
ListOption = Annotated[
    bool, typer.Option("--list", help="List the languages with their client libraries")
]


class LanguageGroup(Group):
    """Commands of which most are languages, known by their short forms and in any case too"""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command; raises `language-unknown`, which names the languages"""
        if cmd_name in self.commands:
            return super().get_command(ctx, cmd_name)
        from iterapp_nats.languages.registry import require_language

        return super().get_command(ctx, require_language(cmd_name).name)


def connect(
    ctx: typer.Context,
    list_languages: ListOption = False,
    output_format: FormatOption = Format.TEXT,
) -> None:
    """Show tested connect code"""
    if list_languages:
        _list(ctx.obj, output_format)
        raise typer.Exit
    if output_format is not Format.TEXT:
        raise InputError("usage", "--format stands beside --list, or behind the language")
    from iterapp_nats.cli.app import help_alone

    help_alone(ctx)


def _list(context: Context, output_format: Format) -> None:
    from iterapp_nats.languages.catalog import list_languages

    listed = list_languages()
    if output_format is Format.JSON:
        context.output.result(listed)
        return
    for each in listed:
        package = f"{each.package} {each.version}"
        context.output.line(f"{each.language:<12}{package:<40}{', '.join(each.files)}")


def _command_for(name: str, title: str) -> Callable[..., int]:
    def show(
        ctx: typer.Context, write: WriteOption = None, output_format: FormatOption = Format.TEXT
    ) -> int:
        return _show(ctx.obj, name, write, output_format)

    show.__doc__ = f"Print the connect code for {title}"
    return show


def _show(context: Context, name: str, write: str | None, output_format: Format) -> int:
    from iterapp_nats.languages.catalog import load_connect_code, write_new
    from iterapp_nats.languages.registry import require_language

    code = load_connect_code(require_language(name))
    if write is not None:
        write_new(context.path(write), code.files, into_empty=False)
    if output_format is Format.JSON:
        context.output.result(code)
        return ExitCode.OK
    if write is None:
        context.output.write("\n".join(file.content for file in code.files).encode())
    else:
        for file in code.files:
            context.output.say(f"wrote {write}/{file.path}")
    _say_how(context, code)
    return ExitCode.OK


def _say_how(context: Context, code: ConnectCode) -> None:
    """Tell on stderr, so that the module alone goes into a file"""
    context.output.say(f"\ninstall\n  {code.install}\nuse")
    for line in code.use.splitlines():
        context.output.say(f"  {line}" if line else "")


python = _command_for("python", "Python")
javascript = _command_for("javascript", "JavaScript")
typescript = _command_for("typescript", "TypeScript")
rust = _command_for("rust", "Rust")
go = _command_for("go", "Go")
java = _command_for("java", "Java")
kotlin = _command_for("kotlin", "Kotlin")
c = _command_for("c", "C")
