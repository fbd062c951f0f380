"""`dev`: the life of the local server"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption
from iterapp_nats.dev import server
from iterapp_nats.dev.binary import BinaryBackend
from iterapp_nats.dev.discover import find_server_binary
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions, require_port
from iterapp_nats.envfile import Consumer, Variables, render_variables
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.server import UpResult
    from iterapp_nats.dev.state import ServerState

PortOption = Annotated[
    int | None, typer.Option("--port", help="Port to listen on; 0: any", show_default=False)
]
JetStreamOption = Annotated[
    bool | None, typer.Option("--jetstream/--no-jetstream", help="Streams on disk")
]
BinaryOption = Annotated[
    str | None, typer.Option("--server-binary", metavar="PATH", help="nats-server to run")
]
_STATUS_HINT = "start it with iterapp-nats dev up"


@dataclass(frozen=True, slots=True)
class ServerView:
    """A local server as `--format json` shows it; times are Unix seconds"""

    state: str
    url: str | None = None
    pid: int | None = None
    version: str | None = None
    jetstream: bool | None = None
    backend: str | None = None
    executable: str | None = None
    started_at: int | None = None
    folder: str | None = None
    env_file: str | None = None
    was_running: bool | None = None


def up(
    ctx: typer.Context,
    port: PortOption = None,
    jetstream: JetStreamOption = None,
    server_binary: BinaryOption = None,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Show the log, end with Ctrl-C")
    ] = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Start the local server and write its variables to .iterapp-nats/nats.env"""
    context: Context = ctx.obj
    options = ServerOptions(port=require_port(port), jetstream=jetstream)
    result = server.start(context.state_folder, options, choose_backend(context, server_binary))
    write_env_file(context, result)
    show_server(context, result, output_format)
    return _stay(context, result) if foreground else ExitCode.OK


def down(ctx: typer.Context) -> int:
    """Stop the local server; its data and address are kept"""
    context: Context = ctx.obj
    found = server.stop(context.state_folder)
    if found.condition in (Condition.RUNNING, Condition.SILENT):
        context.output.say("stopped the local server" + (_at(found.state)))
    else:
        context.output.say("the local server was not running")
    return ExitCode.OK


def status(ctx: typer.Context, output_format: FormatOption = Format.TEXT) -> int:
    """Say whether the local server runs; exit 1 when it does not"""
    context: Context = ctx.obj
    found = inspect(context.state_folder)
    code = ExitCode.OK if found.condition is Condition.RUNNING else ExitCode.FINDINGS
    if output_format is Format.JSON:
        context.output.result(_view(context, found), exit_code=code)
        return code
    for line in _describe(found):
        context.output.line(line)
    return code


def restart(
    ctx: typer.Context,
    port: PortOption = None,
    jetstream: JetStreamOption = None,
    server_binary: BinaryOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Stop the local server and start it again at the same address"""
    context: Context = ctx.obj
    options = ServerOptions(port=require_port(port), jetstream=jetstream)
    result = server.restart(context.state_folder, options, choose_backend(context, server_binary))
    write_env_file(context, result)
    show_server(context, result, output_format)
    return ExitCode.OK


def reset(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")] = False,
) -> int:
    """Stop the local server and remove its state and data"""
    context: Context = ctx.obj
    folder = context.state_folder
    if not folder.path.is_dir():
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
) -> int:
    """Print the log of the local server, or of its last run"""
    from iterapp_nats.dev.logs import follow_lines, read_last_lines

    context: Context = ctx.obj
    folder, output = context.state_folder, context.output
    if not follow:
        found = read_last_lines(folder.log_file, lines)
        for line in found:
            output.line(line)
        return ExitCode.OK if found or folder.log_file.exists() else _no_log(context)
    for new_line in follow_lines(folder.log_file, lines):
        if new_line is None:
            output.flush()
        else:
            output.line(new_line)
    return ExitCode.OK


def choose_backend(context: Context, server_binary: str | None) -> BinaryBackend:
    """Return the way to run the server"""
    explicit = context.path(server_binary) if server_binary else None
    binary = find_server_binary(explicit, context.environ)
    context.output.detail(f"nats-server from {binary.origin}: {binary.path}")
    return BinaryBackend(binary)


def write_env_file(context: Context, result: UpResult) -> None:
    """Write the variables of the server beside its state, for shells and containers"""
    folder = context.state_folder
    rendered = render_variables(Consumer.DOTENV, Variables(url=result.state.url))
    folder.save_private(folder.env_file, rendered.text)


def show_server(context: Context, result: UpResult, output_format: Format) -> None:
    """Tell where the server is and what to type next: at most six lines"""
    for note in result.notes:
        context.output.say(f"note: {note}")
    if output_format is Format.JSON:
        context.output.result(_view(context, inspect(context.state_folder), result))
        return
    output, project = context.output, context.project
    verb = "already running" if result.was_running else "running"
    name = f"for {project.root.name}" if project.manifest else "without an iterapp.toml"
    output.say(f"nats-server is {verb} at {output.paint(result.state.url, 'bold')} ({name})")
    output.say(f"  variables  {_relative(context, str(context.state_folder.env_file))}")
    output.say("  listen     iterapp-nats sub '>'")
    output.say("  publish    iterapp-nats pub hello world")
    output.say("  stop       iterapp-nats dev down")


def _stay(context: Context, result: UpResult) -> int:
    from iterapp_nats.dev.logs import follow_lines

    folder = context.state_folder
    try:
        for line in follow_lines(folder.log_file, None):
            if line is not None:
                context.output.say(line)
            elif inspect(folder).condition is not Condition.RUNNING:
                context.output.warning(f"the server at {result.state.url} has ended")
                return ExitCode.LOCAL_SERVER
    except KeyboardInterrupt:
        context.output.say("stopping")
    finally:
        server.stop(folder)
    return ExitCode.OK


def _describe(found: Inspection) -> list[str]:
    state = found.state
    match found.condition:
        case Condition.RUNNING if state and found.info:
            jetstream = ", JetStream" if state.jetstream else ""
            temporary = ", until dev run ends" if state.is_temporary else ""
            details = f"nats-server {found.info.version}, pid {found.pid}{jetstream}{temporary}"
            return [f"running at {state.url} ({details})"]
        case Condition.SILENT:
            return [f"alive, but silent{_at(state)}", "hint: look at iterapp-nats dev logs"]
        case Condition.STALE:
            return [f"not running: it ended without dev down{_at(state)}", f"hint: {_STATUS_HINT}"]
        case _:
            return ["not running", f"hint: {_STATUS_HINT}"]


def _view(context: Context, found: Inspection, result: UpResult | None = None) -> ServerView:
    state, folder = found.state, context.state_folder
    if state is None:
        return ServerView(str(found.condition), folder=str(folder.path))
    return ServerView(
        state=str(found.condition),
        url=state.url,
        pid=found.pid,
        version=found.info.version if found.info else None,
        jetstream=state.jetstream,
        backend=state.backend,
        executable=state.executable,
        started_at=state.started_at,
        folder=str(folder.path),
        env_file=str(folder.env_file),
        was_running=result.was_running if result else None,
    )


def _confirmed(context: Context, question: str) -> bool:
    if not context.stdin.isatty():
        raise InputError(
            "not-confirmed",
            "dev reset removes data and nobody is there to confirm it",
            hints=("say yes with --yes",),
        )
    return typer.confirm(question, err=True)


def _no_log(context: Context) -> int:
    context.output.say("there is no log: the local server has not run yet")
    return ExitCode.FINDINGS


def _at(state: ServerState | None) -> str:
    return f" at {state.url}" if state else ""


def _relative(context: Context, path: str) -> str:
    import os.path

    return os.path.relpath(path, context.cwd)
