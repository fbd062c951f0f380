"""`completion`: the script that makes TAB work"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.completion import Shell, render_completion
from iterapp_nats.errors import ExitCode

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context


def completion(
    ctx: typer.Context, shell: Annotated[Shell, typer.Argument(help="Shell to complete in")]
) -> int:
    """Print the completion script of a shell"""
    from iterapp_nats.cli.command_tree import read_command_tree

    context: Context = ctx.obj
    tree = read_command_tree(ctx.find_root().command)
    context.output.write(render_completion(shell, tree).encode())
    return ExitCode.OK
