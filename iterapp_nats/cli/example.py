"""`example`: an app to start from"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.errors import ExitCode

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

LanguageOption = Annotated[
    str, typer.Option("--lang", metavar="LANG", help="Language, as connect --list names it")
]


def example(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A new or empty folder")],
    lang: LanguageOption = "javascript",
) -> int:
    """Write an app to start from: a board that all its pods share"""
    import shlex

    from iterapp_nats.languages.catalog import load_example, write_new
    from iterapp_nats.languages.registry import require_language

    context: Context = ctx.obj
    language = require_language(lang)
    new = load_example(language)
    write_new(context.path(folder), new, into_empty=True)
    context.output.say(f"wrote {len(new)} files in {language.title} into {folder}")
    context.output.say(f"  cd {shlex.quote(folder)}")
    for command in language.build:
        context.output.say(f"  {shlex.join(command)}")
    context.output.say(f"  iterapp-nats dev run -- {shlex.join(language.run)}")
    return ExitCode.OK
