"""How the local server is shown: its address block, its status, its JSON"""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.lease import has_users
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.server import UpResult
    from iterapp_nats.dev.state import ServerState

_START_HINT: Final = "start it with iterapp-nats dev up"


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


def say_notes(context: Context, result: UpResult) -> None:
    """Tell what happened on the way to the server"""
    for note in result.notes:
        context.output.say(f"note: {note}")


def show_server(context: Context, result: UpResult, output_format: Format) -> None:
    """Tell where the server is and what to type next: at most six lines"""
    say_notes(context, result)
    if output_format is Format.JSON:
        context.output.result(view(context, inspect(context.state_folder), result))
        return
    output, project = context.output, context.project
    verb = "already running" if result.was_running else "running"
    name = f"for {project.root.name}" if project.manifest else "without an iterapp.toml"
    output.say(f"nats-server is {verb} at {output.paint(result.state.url, 'bold')} ({name})")
    output.say(f"  variables  {_relative(context, str(context.state_folder.env_file))}")
    output.say("  listen     iterapp-nats sub '>'")
    output.say("  publish    iterapp-nats pub hello world")
    output.say("  stop       iterapp-nats dev down")


def describe(context: Context, found: Inspection) -> tuple[str, str]:
    """Return what a person wants to know, and what to do about it"""
    state = found.state
    match found.condition:
        case Condition.RUNNING if state and found.info:
            details = [f"nats-server {found.info.version}", f"pid {found.pid}"]
            details += ["JetStream"] * state.jetstream
            if state.is_temporary:
                is_used = has_users(context.state_folder.users_file)
                details.append("until dev run ends" if is_used else "left by a killed dev run")
            return f"running at {state.url} ({', '.join(details)})", ""
        case Condition.SILENT:
            return f"alive, but silent{where(state)}", "look at iterapp-nats dev logs"
        case Condition.STALE:
            return f"not running: it ended without dev down{where(state)}", _START_HINT
        case _:
            return "not running", _START_HINT


def view(context: Context, found: Inspection, result: UpResult | None = None) -> ServerView:
    """Return a server for `--format json`"""
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


def where(state: ServerState | None) -> str:
    """Return the end of a sentence about a server: its address, if there is one"""
    return f" at {state.url}" if state else ""


def _relative(context: Context, path: str) -> str:
    return os.path.relpath(path, context.cwd)
