"""`dev`: the life of the local server"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.dev_options import choose_backend, read_options
from iterapp_nats.cli.options import FormatOption
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format, ReaderGone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.server import UpResult
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.output import Output


def up(
    ctx: typer.Context,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Show the log, end with Ctrl-C")
    ] = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Start the local server and write its variables to .iterapp-nats/nats.env"""
    from iterapp_nats.cli.views.dev import show_server
    from iterapp_nats.dev import server

    context: Context = ctx.obj
    options = read_options(context)
    result = server.start(context.state_folder, options, choose_backend(context))
    with _undone_on_failure(context, result, foreground=foreground):
        write_env_file(context, result)
        show_server(context, result, output_format)
        return _stay(context, result) if foreground else ExitCode.OK


def down(ctx: typer.Context) -> int:
    """Stop the local server; its data and address are kept"""
    from iterapp_nats.cli.views.dev import where
    from iterapp_nats.dev import server
    from iterapp_nats.dev.inspection import Condition

    context: Context = ctx.obj
    found = server.stop(context.state_folder)
    if found.condition in (Condition.RUNNING, Condition.SILENT, Condition.LOST):
        context.output.say("stopped the local server" + (where(found.state)))
    else:
        context.output.say("the local server was not running")
    return ExitCode.OK


def status(ctx: typer.Context, output_format: FormatOption = Format.TEXT) -> int:
    """Say whether the local server runs; exit 1 when it does not"""
    from iterapp_nats.cli.views.dev import (
        describe,
        describe_accounts,
        describe_attempts,
        describe_nodes,
        view,
    )
    from iterapp_nats.dev.inspection import Condition, inspect

    context: Context = ctx.obj
    found = inspect(context.state_folder)
    code = ExitCode.OK if found.condition is Condition.RUNNING else ExitCode.FINDINGS
    if output_format is Format.JSON:
        context.output.result(view(context, found), exit_code=code)
        return code
    sentence, hint = describe(context, found)
    context.output.line(sentence)
    for node in describe_nodes(found):
        context.output.line(node)
    for account in describe_accounts(context, found):
        context.output.line(account)
    if context.output.verbosity:
        for attempt in describe_attempts(context):
            context.output.detail(attempt)
    if hint:
        context.output.say(f"hint: {hint}")
    return code


def restart(
    ctx: typer.Context,
    rolling: Annotated[
        bool, typer.Option("--rolling", help="Restart the nodes of a cluster in turn")
    ] = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Stop the local server and start it again at the same address"""
    from iterapp_nats.cli.views.dev import show_server
    from iterapp_nats.dev import server

    context: Context = ctx.obj
    options = read_options(context)
    folder, backend = context.state_folder, choose_backend(context)
    if rolling:
        with _hint_on_interrupt(context):
            result = server.restart_in_turn(folder, options, backend, _tell_node(context))
    else:
        result = server.restart(folder, options, backend)
    write_env_file(context, result)
    show_server(context, result, output_format)
    return ExitCode.OK


@contextlib.contextmanager
def _hint_on_interrupt(context: Context) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        context.output.say("a node may be away: bring it back with iterapp-nats dev up")
        raise


def _tell_node(context: Context) -> Callable[[int], None]:
    return lambda number: context.output.say(f"node {number} is back, and the others know it")


def reset(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")] = False,
) -> int:
    """Stop the local server and remove its state and data"""
    from iterapp_nats.dev import server

    context: Context = ctx.obj
    folder = context.state_folder
    if server.is_nothing_left(folder):
        context.output.say("there is nothing to remove")
        return ExitCode.OK
    if not yes and not _confirmed(context, f"remove {folder.path} with all its data?"):
        context.output.say("nothing was removed")
        return ExitCode.FINDINGS
    server.reset(folder)
    context.output.say(f"removed {folder.path}")
    return ExitCode.OK


def logs(
    ctx: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines")] = False,
    lines: Annotated[
        int | None, typer.Option("--lines", "-n", min=0, help="Last lines only")
    ] = None,
    node: Annotated[
        int | None, typer.Option("--node", min=1, help="One node of a cluster alone")
    ] = None,
) -> int:
    """Print the log of the local server, or of its last run; -v adds its debug lines

    Those of all nodes of a cluster come as one, in the order of time.
    """
    from iterapp_nats.dev.logs import follow_lines, read_last_lines

    context: Context = ctx.obj
    folder, output = context.state_folder, context.output
    paths = [folder.node(node).log_file] if node else folder.log_files()
    with_debug = output.verbosity > 0
    if not follow:
        if not any(path.exists() for path in paths):
            # Of a start that failed before the log was open: there the reason stands.
            paths = [path.with_name(folder.startup_log_file.name) for path in paths]
        found = read_last_lines(paths, lines, with_debug=with_debug)
        for line in found:
            output.line(line)
        return ExitCode.OK if any(path.exists() for path in paths) else _no_log(context)
    for new_line in follow_lines(paths, lines, with_debug=with_debug):
        if new_line is None:
            output.flush()
        else:
            output.line(new_line)
    return ExitCode.OK


def write_env_file(context: Context, result: UpResult) -> None:
    """Write the variables of the server beside its state, for shells and containers"""
    from iterapp_nats.dev.accounts.variables import load_variables
    from iterapp_nats.envfile.render import render_variables
    from iterapp_nats.envfile.variables import Consumer

    folder = context.state_folder
    rendered = render_variables(Consumer.DOTENV, load_variables(folder, result.state))
    folder.save_private(folder.env_file, rendered.text)


@contextlib.contextmanager
def _undone_on_failure(context: Context, result: UpResult, *, foreground: bool) -> Iterator[None]:
    """End a server that we started when what follows fails: a full disk, Ctrl-C

    Whoever does not read what `up` prints has the server all the same.
    """
    from iterapp_nats.dev import server

    try:
        yield
    except BaseException as error:
        is_unread = isinstance(error, ReaderGone) and not foreground
        if not result.was_running and not is_unread:
            server.undo(context.state_folder, result)
        raise


def _stay(context: Context, result: UpResult) -> int:
    """Show the log until Ctrl-C, TERM or the end of the server"""
    from iterapp_nats.dev import server
    from iterapp_nats.dev.inspection import Condition, inspect
    from iterapp_nats.dev.signals import Terminated, terminating

    folder, output, url = context.state_folder, context.output, result.state.url
    try:
        with terminating():
            _show_log(folder, output)
    except KeyboardInterrupt as interrupt:
        if result.was_running:
            output.say(f"the server at {url} goes on: it ran before")
        else:
            output.say("stopping")
            server.stop(folder)
        return interrupt.exit_code if isinstance(interrupt, Terminated) else ExitCode.OK
    if inspect(folder).condition is Condition.STALE:
        output.warning(f"the server at {url} has crashed")
        return ExitCode.LOCAL_SERVER
    output.say(f"the server at {url} was stopped")
    return ExitCode.OK


def _show_log(folder: StateFolder, output: Output) -> None:
    from iterapp_nats.dev.inspection import is_alive
    from iterapp_nats.dev.logs import follow_lines

    was_alive = True
    for line in follow_lines(folder.log_files(), None):
        if line is not None:
            output.say(line)
        elif not was_alive:
            return
        else:
            # One more look after its end: the last lines say why.
            was_alive = is_alive(folder)


def _confirmed(context: Context, question: str) -> bool:
    if not context.stdin.isatty():
        raise InputError(
            "not-confirmed",
            "dev reset removes data and nobody is there to confirm it",
            hints=("say yes with --yes",),
        )
    context.output.ask(question)
    return context.stdin.readline().strip().lower() in ("y", "yes")


def _no_log(context: Context) -> int:
    context.output.say("there is no log: the local server has not run yet")
    return ExitCode.FINDINGS
