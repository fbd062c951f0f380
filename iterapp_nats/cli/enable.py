"""`enable` and `disable`: add or take out `[nats]`, and touch nothing else"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.cli.context import Context
    from iterapp_nats.manifest.edit import EditResult

PathArgument = Annotated[
    str | None,
    typer.Argument(metavar="PATH", help="File or its folder, else the project's root file"),
]
ApplingOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Change the file of this appling")
]
DiffOption = Annotated[bool, typer.Option("--diff", help="Print the change, write nothing")]


def enable(
    ctx: typer.Context,
    path: PathArgument = None,
    appling: ApplingOption = None,
    diff: DiffOption = False,
) -> int:
    """Add [nats] to iterapp.toml, changing no other byte"""
    from iterapp_nats.manifest.edit import enable_nats

    return _edit(ctx.obj, enable_nats, (path, appling), diff=diff)


def disable(
    ctx: typer.Context,
    path: PathArgument = None,
    appling: ApplingOption = None,
    diff: DiffOption = False,
) -> int:
    """Remove [nats] from iterapp.toml, changing no other byte"""
    from iterapp_nats.manifest.edit import disable_nats

    return _edit(ctx.obj, disable_nats, (path, appling), diff=diff)


def _edit(
    context: Context,
    change: Callable[..., EditResult],
    place: tuple[str | None, str | None],
    *,
    diff: bool,
) -> int:
    from iterapp_nats.manifest.diff import render_diff
    from iterapp_nats.manifest_files.find import shown_path
    from iterapp_nats.manifest_files.read import read_manifest
    from iterapp_nats.manifest_files.target import find_target
    from iterapp_nats.manifest_files.write import write_manifest

    name, appling = place
    target = context.path(name) if name else None
    path = find_target(target, appling, context.cwd)
    shown = shown_path(path, context.cwd)
    result = change(read_manifest(path), path=shown)
    if diff:
        context.output.write(render_diff(shown, result).encode())
    elif result.has_changed:
        write_manifest(path, result.new)
    for text in (() if diff else result.done) + result.notes:
        context.output.say(f"{shown}: {text}")
    return ExitCode.OK
