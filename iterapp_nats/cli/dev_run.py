"""`dev run`: a command with the local server beside it, for tests and CI"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.dev import write_env_file
from iterapp_nats.cli.dev_options import choose_backend, read_options
from iterapp_nats.errors import LocalServerError
from iterapp_nats.settings import VARIABLES

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.plan import ServerOptions
    from iterapp_nats.dev.server_state import ServerState


def run(
    ctx: typer.Context,
    command: Annotated[
        list[str], typer.Argument(metavar="COMMAND", help="Behind --, with its arguments")
    ],
) -> int:
    """Run a command with the server and its variables, and end with its exit code

    Of several environments and apps the command gets the variables of the first.
    """
    from iterapp_nats.cli.views.dev import say_notes
    from iterapp_nats.dev import server
    from iterapp_nats.dev.lease import hold_shared
    from iterapp_nats.dev.run import CommandUnusable, run_command
    from iterapp_nats.dev.signals import CommandSignals

    context: Context = ctx.obj
    options = read_options(context)
    folder = context.state_folder.create()
    backend = choose_backend(context)
    with CommandSignals() as signals:
        try:
            with hold_shared(folder.users_file):
                result = server.start(folder, options, backend, is_temporary=True)
                say_notes(context, result)
                write_env_file(context, result)
                environ = _environ(context, result.state, options)
                code = run_command(command, cwd=context.cwd, environ=environ, signals=signals)
        except CommandUnusable as error:
            context.output.fail(error)
            return error.shell_code
        finally:
            _end_server(context)
    if code:
        context.output.say(f"{command[0]} ended with code {code}")
    return code


def _end_server(context: Context) -> None:
    """End the server of the command; the code stays that of the command where it cannot be ended"""
    from iterapp_nats.dev import server

    try:
        server.stop_temporary(context.state_folder)
    except LocalServerError as error:
        context.output.fail(error)


def _environ(context: Context, state: ServerState, options: ServerOptions) -> dict[str, str]:
    """Return our own environment with the server's variables and no others of their kind"""
    from iterapp_nats.dev.accounts.variables import load_variables

    variables = load_variables(
        context.state_folder,
        state,
        app=next(iter(options.apps), None),
        environment=next(iter(options.environments), None),
    )
    others = {name: value for name, value in context.environ.items() if name not in VARIABLES}
    return others | {name: value.reveal() for name, value in variables.items()}
