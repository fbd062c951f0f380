"""`check`: is NATS enabled, and is iterapp.toml right?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.manifest.formats import ReportFormat
from iterapp_nats.manifest.severity import Severity
from iterapp_nats.project import MANIFEST_NAME

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH", help="Files, folders or patterns; - reads stdin"),
]
RequireNatsOption = Annotated[bool, typer.Option("--require-nats", help="Not enabled is an error")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Warnings fail too")]
FailOnOption = Annotated[
    Severity | None, typer.Option("--fail-on", help="Mildest level that fails")
]
SelectOption = Annotated[list[str] | None, typer.Option(metavar="RULE", help="Only these rules")]
IgnoreOption = Annotated[list[str] | None, typer.Option(metavar="RULE", help="Not these")]
NoCodeOption = Annotated[bool, typer.Option("--no-code", help="Do not look at dependency files")]
StdinFilenameOption = Annotated[str, typer.Option(metavar="NAME", help="Name of what stdin holds")]
ReportFormatOption = Annotated[
    ReportFormat | None, typer.Option("--format", help="How the report is printed")
]
OutputFileOption = Annotated[
    str | None, typer.Option(metavar="FILE", help="Write the report to a file")
]
FixOption = Annotated[bool, typer.Option("--fix", help="Make the safe fixes first")]
DiffOption = Annotated[
    bool, typer.Option("--diff", help="Print what --fix would change, write nothing")
]
SchemaOption = Annotated[
    bool, typer.Option("--schema", help="Print the JSON Schema of iterapp.toml for editors")
]


def check(
    ctx: typer.Context,
    paths: PathsArgument = None,
    require_nats: RequireNatsOption = False,
    strict: StrictOption = False,
    fail_on: FailOnOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    no_code: NoCodeOption = False,
    stdin_filename: StdinFilenameOption = MANIFEST_NAME,
    report_format: ReportFormatOption = None,
    output_file: OutputFileOption = None,
    fix: FixOption = False,
    diff: DiffOption = False,
    schema: SchemaOption = False,
) -> int:
    """Check the NATS part of iterapp.toml"""
    from iterapp_nats.cli.jobs import check as job
    from iterapp_nats.manifest.check import check_all
    from iterapp_nats.manifest.source import CheckOptions

    context: Context = ctx.obj
    if schema:
        return job.print_schema(context)
    options = CheckOptions(
        select=_rules(select),
        ignore=_rules(ignore),
        strict=strict,
        require_nats=require_nats,
        fail_on=fail_on,
    )
    names = paths or []
    if diff:
        return job.print_diff(context, job.read_sources(context, names, stdin_filename), options)
    if fix:
        job.fix_all(context, names, options)
    sources = job.read_sources(context, names, stdin_filename, with_code=not no_code)
    with job.collecting_later():
        report = check_all(sources, options)
        job.deliver(context, report, report_format or _default_format(context), output_file)
    return report.exit_code


def _rules(names: list[str] | None) -> frozenset[str]:
    return frozenset(part for name in names or [] for part in name.split(",") if part)


def _default_format(context: Context) -> ReportFormat:
    in_github = context.environ.get("GITHUB_ACTIONS") == "true"
    return ReportFormat.GITHUB if in_github else ReportFormat.TEXT
