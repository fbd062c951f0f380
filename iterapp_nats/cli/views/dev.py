"""How the local server is shown: its address block, its status, its JSON"""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.accounts.variables import client_url
from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.lease import has_users
from iterapp_nats.output import Format
from iterapp_nats.security.realm import CA_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.inspection import Inspection
    from iterapp_nats.dev.server import UpResult
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.security.realm import AppEnvironment

_DATE_CHARACTERS: Final = len("2030-01-31")
_START_HINT: Final = "start it with iterapp-nats dev up"
_END_HINT: Final = "end it with iterapp-nats dev down; dev up does so too"


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account of a secure server; `expires_at` is when its creds do, in Unix seconds"""

    name: str
    app: str
    environment: str
    public_key: str
    creds_file: str
    expires_at: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node of a cluster"""

    number: int
    state: str
    name: str | None = None
    url: str | None = None
    pid: int | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ServerView:
    """A local server as `--format json` shows it; times are Unix seconds

    `mode` is plain or secure; `accounts` and `ca_file` belong to a secure one. `proxy_url` is where
    a proxy stands in front.
    """

    state: str
    url: str | None = None
    proxy_url: str | None = None
    mode: str | None = None
    pid: int | None = None
    version: str | None = None
    jetstream: bool | None = None
    backend: str | None = None
    executable: str | None = None
    started_at: int | None = None
    folder: str | None = None
    env_file: str | None = None
    ca_file: str | None = None
    websocket_url: str | None = None
    config_snippet: str | None = None
    nodes: tuple[NodeView, ...] = ()
    accounts: tuple[AccountView, ...] = ()
    was_running: bool | None = None


def say_notes(context: Context, result: UpResult) -> None:
    """Tell what happened on the way to the server"""
    for note in result.notes:
        context.output.say(f"note: {note}")


def show_server(context: Context, result: UpResult, output_format: Format) -> None:
    """Tell where the server is and what to type next: at most six lines, in each mode"""
    say_notes(context, result)
    if output_format is Format.JSON:
        context.output.result(view(context, inspect(context.state_folder), result))
        return
    output, project = context.output, context.project
    verb = "already running" if result.was_running else "running"
    name = f"for {project.root.name}" if project.manifest else "without an iterapp.toml"
    output.say(f"nats-server is {verb} at {output.paint(result.state.url, 'bold')} ({name})")
    if result.state.websocket_url:
        trust = _relative(context, str(context.state_folder.path / CA_NAME))
        trusted = f" (trust {trust})" if result.state.default_account else ""
        output.say(f"  browsers   {result.state.websocket_url}{trusted}")
    output.say(f"  variables  {_relative(context, str(context.state_folder.env_file))}")
    if (url := client_url(context.state_folder, result.state)) != result.state.url:
        output.say(f"  proxy      {url} (in the variables)")
    if result.state.default_account:
        output.say(f"  account    {_describe_accounts(context, result.state.default_account)}")
    output.say("  listen     iterapp-nats sub '>'")
    output.say("  publish    iterapp-nats pub hello world")
    output.say("  stop       iterapp-nats dev down")


def describe(context: Context, found: Inspection) -> tuple[str, str]:
    """Return what a person wants to know, and what to do about it"""
    state = found.state
    match found.condition:
        case Condition.RUNNING if state and found.info:
            details = [f"nats-server {found.info.version}"]
            details += [f"container of {state.executable}"] if state.engine else []
            details += [_count_nodes(found)] if found.nodes else []
            details += [f"pid {found.pid}"] if found.pid and not found.nodes else []
            details += ["secure"] * (state.default_account is not None)
            details += ["JetStream"] * state.jetstream
            if (url := client_url(context.state_folder, state)) != state.url:
                details.append(f"proxy at {url}")
            if state.is_temporary:
                is_used = has_users(context.state_folder.users_file)
                details.append("until dev run ends" if is_used else "left by a killed dev run")
            return f"running at {state.url} ({', '.join(details)})", ""
        case Condition.SILENT:
            return f"alive, but silent{where(state)}", "look at iterapp-nats dev logs"
        case Condition.LOST:
            return f"running without its state, which was removed (pid {found.pid})", _END_HINT
        case Condition.STALE:
            reason = f" ({found.trouble.message})" if found.trouble else ""
            return f"not running: it ended without dev down{where(state)}{reason}", _START_HINT
        case Condition.UNKNOWN if found.trouble:
            hint = found.trouble.hints[0] if found.trouble.hints else _START_HINT
            return f"unknown{where(state)}: {found.trouble.message}", hint
        case _:
            return "not running", _START_HINT


def describe_accounts(context: Context, found: Inspection) -> Iterator[str]:
    """Yield a line for each account of a secure server: name, public key, creds, expiry"""
    from iterapp_nats.security.identity import render_time

    accounts = _accounts(context, found.state)
    width = max((len(account.name) for account in accounts), default=0)
    for account in accounts:
        creds = _relative(context, account.creds_file)
        word = "until" if context.now() < account.expires_at else "expired"
        date = render_time(account.expires_at)[:_DATE_CHARACTERS]
        yield f"  {account.name:{width}}  {account.public_key}  {creds}  {word} {date}"


def describe_nodes(found: Inspection) -> Iterator[str]:
    """Yield a line for each node of a cluster: its address and what it is doing"""
    for number, node in enumerate(found.nodes, start=1):
        url = node.state.node_url if node.state else "no address"
        pid = f", pid {node.pid}" if node.pid else ""
        yield f"  node {number}  {url}  {node.condition}{pid}"


def _count_nodes(found: Inspection) -> str:
    running = sum(node.condition is Condition.RUNNING for node in found.nodes)
    return f"{running} of {len(found.nodes)} nodes"


def describe_attempts(context: Context) -> Iterator[str]:
    """Yield a line for each place where a nats-server was looked for"""
    from iterapp_nats.dev.finding.discover import try_places

    for attempt in try_places(None, context.environ):
        yield f"nats-server from {attempt}"


def _describe_accounts(context: Context, default: AppEnvironment) -> str:
    realm = load_realm(context.state_folder)
    others = [each.owner for each in realm.accounts if each.owner != default] if realm else []
    if not others:
        return default.name
    example = f"--environment {others[0].environment}"
    if others[0].app != default.app:
        example = f"--app {others[0].app} {example}"
    return f"{default.name}, and {len(others)} more: iterapp-nats env {example}"


def _accounts(context: Context, state: ServerState | None) -> tuple[AccountView, ...]:
    if state is None or state.default_account is None:
        return ()
    folder = context.state_folder
    realm = load_realm(folder)
    return tuple(
        AccountView(
            name=account.owner.name,
            app=account.owner.app,
            environment=account.owner.environment,
            public_key=account.public_key,
            creds_file=str(folder.path / account.owner.creds_name),
            expires_at=account.expires_at,
            is_default=account.owner == state.default_account,
        )
        for account in (realm.accounts if realm else ())
    )


def view(context: Context, found: Inspection, result: UpResult | None = None) -> ServerView:
    """Return a server for `--format json`"""
    state, folder = found.state, context.state_folder
    if state is None:
        return ServerView(str(found.condition), pid=found.pid, folder=str(folder.path))
    return ServerView(
        state=str(found.condition),
        url=state.url,
        proxy_url=_proxy_url(context, state),
        mode="secure" if state.default_account else "plain",
        pid=found.pid,
        version=found.info.version if found.info else None,
        jetstream=state.jetstream,
        backend=state.backend,
        executable=state.executable,
        started_at=state.started_at,
        folder=str(folder.path),
        env_file=str(folder.env_file),
        ca_file=str(folder.path / CA_NAME) if state.default_account else None,
        websocket_url=state.websocket_url,
        config_snippet=state.snippet or None,
        nodes=tuple(_view_node(number, node) for number, node in enumerate(found.nodes, start=1)),
        accounts=_accounts(context, state),
        was_running=result.was_running if result else None,
    )


def _proxy_url(context: Context, state: ServerState) -> str | None:
    url = client_url(context.state_folder, state)
    return url if url != state.url else None


def _view_node(number: int, found: Inspection) -> NodeView:
    state, info = found.state, found.info
    return NodeView(
        number=number,
        state=str(found.condition),
        name=state.generation if state else None,
        url=state.node_url if state else None,
        pid=found.pid,
        version=info.version if info else None,
    )


def where(state: ServerState | None) -> str:
    """Return the end of a sentence about a server: its address, if there is one"""
    return f" at {state.url}" if state else ""


def _relative(context: Context, path: str) -> str:
    return os.path.relpath(path, context.cwd)
