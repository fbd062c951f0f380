"""`check`: is NATS enabled, and is iterapp.toml right?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.manifest.formats import ReportFormat
from iterapp_nats.manifest.severity import Severity
from iterapp_nats.project import MANIFEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.manifest.check import FileReport
    from iterapp_nats.manifest.source import ManifestSource

STDIN: Final = "-"


def check(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Files, folders or patterns; - reads stdin"),
    ] = None,
    require_nats: Annotated[
        bool, typer.Option("--require-nats", help="Not enabled is an error")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too")] = False,
    fail_on: Annotated[
        Severity | None, typer.Option("--fail-on", help="Mildest level that fails")
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Only these rules")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Not these")] = None,
    no_code: Annotated[
        bool, typer.Option("--no-code", help="Do not look at dependency files")
    ] = False,
    stdin_filename: Annotated[
        str, typer.Option(metavar="NAME", help="Name of what stdin holds")
    ] = MANIFEST_NAME,
    report_format: Annotated[
        ReportFormat | None, typer.Option("--format", help="How the report is printed")
    ] = None,
) -> int:
    """Check the NATS part of iterapp.toml"""
    from iterapp_nats.manifest.check import check_all
    from iterapp_nats.manifest.formats import render_report
    from iterapp_nats.manifest.source import CheckOptions

    context: Context = ctx.obj
    options = CheckOptions(
        select=_rules(select),
        ignore=_rules(ignore),
        strict=strict,
        require_nats=require_nats,
        fail_on=fail_on,
    )
    sources = _sources(context, paths or [], stdin_filename, with_code=not no_code)
    report = check_all(sources, options)
    output = context.output
    text = render_report(
        report,
        report_format or _default_format(context),
        snippets=output.shows_data_on_terminal,
        colour=output.colors_data,
    )
    output.write(text.encode())
    return report.exit_code


def _sources(
    context: Context, paths: list[str], stdin_filename: str, *, with_code: bool
) -> Iterator[ManifestSource | FileReport]:
    from iterapp_nats import manifest_files
    from iterapp_nats.manifest.source import ManifestSource

    if STDIN in paths:
        yield ManifestSource(stdin_filename, context.stdin.buffer.read())
        paths = [path for path in paths if path != STDIN]
        if not paths:
            return
    for path in manifest_files.find_manifests(paths, context.cwd):
        yield manifest_files.read_source(path, context.cwd, with_code=with_code)


def _rules(names: list[str] | None) -> frozenset[str]:
    return frozenset(part for name in names or [] for part in name.split(",") if part)


def _default_format(context: Context) -> ReportFormat:
    in_github = context.environ.get("GITHUB_ACTIONS") == "true"
    return ReportFormat.GITHUB if in_github else ReportFormat.TEXT
