"""What `doctor` is told of the world: manifest, variables, and the project's own server"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.cli.dev_options import find_backend
from iterapp_nats.cli.jobs.check import read_sources
from iterapp_nats.cli.views.dev import describe
from iterapp_nats.dev.evidence import find_local_refusal, list_addresses, read_log
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import name_generation, project_of_generation
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.insight.case import Case, LocalServer, ServerSearch
from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.source import ManifestSource
from iterapp_nats.project import MANIFEST_NAME
from iterapp_nats.security.diagnosis import Owner
from iterapp_nats.security.realm import app_of_folder
from iterapp_nats.settings import Settings

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.errors import Refused
    from iterapp_nats.manifest.check import FileReport


def build_case(context: Context, *, warn_within_s: float) -> Case:
    """Collect what can be known without the network"""
    settings = _settings(context)
    return Case(
        manifest=_check_manifest(context),
        settings=settings,
        owner=_owner(context),
        variables=frozenset(name for name, value in context.environ.items() if value),
        local_server=_local_server(context, settings),
        search=lambda: _search(context),
        other_project=lambda server_name: _other_project(context, server_name),
        now=context.now,
        warn_within_s=warn_within_s,
        timeout_s=context.flags.connect_timeout,
    )


def _check_manifest(context: Context) -> FileReport | None:
    path = context.project.manifest
    if path is None:
        return None
    source = next(read_sources(context, [str(path)], MANIFEST_NAME))
    return check_manifest(source) if isinstance(source, ManifestSource) else source


def _settings(context: Context) -> Settings | IterappNatsError:
    try:
        return context.settings()
    except IterappNatsError as error:
        return error


def _owner(context: Context) -> Owner:
    project = context.project
    environment = context.environ.get("HOPS_ENV", "")
    if project.manifest is None:
        return Owner("", environment)
    return Owner(app_of_folder(project.root.name), environment)


def _other_project(context: Context, server_name: str) -> str | None:
    project = project_of_generation(server_name)
    own = project_of_generation(name_generation(context.project.root.name, b""))
    return project if project != own else None


def _explain(context: Context, settings: Settings | IterappNatsError) -> Refused | None:
    if not isinstance(settings, Settings):
        return None
    return find_local_refusal(context.state_folder, settings, int(context.now()))


def _search(context: Context) -> ServerSearch:
    """Look for a server as dev up would, and start none"""
    attempts: list[str] = []
    try:
        find_backend(context, attempts.append)
    except IterappNatsError as trouble:
        return ServerSearch(tuple(attempts), trouble)
    return ServerSearch(tuple(attempts))


def _local_server(context: Context, settings: Settings | IterappNatsError) -> LocalServer | None:
    folder = context.state_folder
    if not folder.path.is_dir():
        return None
    try:
        found = inspect(folder)
    except IterappNatsError as error:
        return LocalServer(
            is_running=False,
            addresses=frozenset(),
            summary=error.message,
            fix="; ".join(error.hints),
            read_log=tuple,
            explain=lambda: None,
        )
    summary, fix = describe(context, found)
    return LocalServer(
        is_running=found.condition is Condition.RUNNING,
        addresses=list_addresses(folder, found.state),
        summary=summary,
        fix=fix,
        read_log=lambda: read_log(folder),
        explain=lambda: _explain(context, settings),
    )
