"""The command tree: every command with its heading and an example that can be pasted"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats import __version__
from iterapp_nats.cli import (
    check,
    completion,
    creds,
    dev,
    dev_run,
    env,
    help_topics,
    pub,
    reply,
    request,
    rtt,
    sub,
)
from iterapp_nats.cli.options import PROGRAM, Command, ConnectingCommand, Group, Heading

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.cli.context import Context

_SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _new_group(name: str, summary: str) -> typer.Typer:
    return typer.Typer(
        name=name,
        cls=Group,
        help=summary,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings=_SETTINGS,
    )


app = _new_group(PROGRAM, "Check, run and probe NATS for apps on Iterapp (HOPS)")
dev_app = _new_group("dev", "Run a local server as on the platform")
creds_app = _new_group("creds", "Decode and check credentials offline")


@app.callback(epilog=f"Topics: {PROGRAM} help {'|'.join(help_topics.TOPICS)}")
def root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version")] = False,
) -> None:
    """Check, run and probe NATS for apps on Iterapp (HOPS)"""
    context: Context = ctx.obj
    if version:
        context.output.line(f"{PROGRAM} {__version__}")
        raise typer.Exit
    _help_alone(ctx)


@dev_app.callback()
def dev_root(ctx: typer.Context) -> None:
    """Run a local server as on the platform"""
    _help_alone(ctx)


@creds_app.callback()
def creds_root(ctx: typer.Context) -> None:
    """Decode and check credentials offline"""
    _help_alone(ctx)


def _help_alone(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        context: Context = ctx.obj
        context.output.line(ctx.get_help())
        raise typer.Exit


def _add(
    group: typer.Typer,
    name: str,
    function: Callable[..., int],
    example: str,
    *,
    heading: Heading | None = None,
    connects: bool = False,
) -> None:
    group.command(
        name,
        cls=ConnectingCommand if connects else Command,
        epilog=f"Example: {PROGRAM} {example}",
        rich_help_panel=heading.value if heading else None,
        context_settings=_SETTINGS,
    )(function)


_add(app, "check", check.check, "check --require-nats", heading=Heading.CHECK)
app.add_typer(dev_app, rich_help_panel=Heading.LOCAL.value)
_add(dev_app, "up", dev.up, "dev up --jetstream")
_add(dev_app, "down", dev.down, "dev down")
_add(dev_app, "status", dev.status, "dev status --format json")
_add(dev_app, "logs", dev.logs, "dev logs --follow")
_add(dev_app, "restart", dev.restart, "dev restart --port 4333")
_add(dev_app, "reset", dev.reset, "dev reset --yes")
_add(dev_app, "run", dev_run.run, "dev run -- npm test")
_add(app, "env", env.env, "env --for sh", heading=Heading.LOCAL, connects=True)
_add(app, "pub", pub.pub, "pub orders.new '{\"id\": 7}'", heading=Heading.MESSAGES, connects=True)
_add(app, "sub", sub.sub, "sub 'orders.>' --count 3", heading=Heading.MESSAGES, connects=True)
_add(
    app,
    "request",
    request.request,
    "request orders.get 7 --timeout 2s",
    heading=Heading.MESSAGES,
    connects=True,
)
_add(app, "reply", reply.reply, "reply orders.get --echo", heading=Heading.MESSAGES, connects=True)
_add(app, "rtt", rtt.rtt, "rtt --count 100", heading=Heading.MESSAGES, connects=True)
app.add_typer(creds_app, rich_help_panel=Heading.UNDERSTAND.value)
_add(creds_app, "show", creds.show, "creds show app.creds", connects=True)
_add(creds_app, "check", creds.check, "creds check app.creds --warn-within 168h", connects=True)
_add(app, "completion", completion.completion, "completion bash", heading=Heading.OPERATE)
_add(app, "help", help_topics.help_topic, "help exit-codes")
