"""`connect audit`: the known mistakes in code that connects"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.audit.findings import AuditFormat
from iterapp_nats.errors import ExitCode

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

PathsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="PATH", help="Files or folders of an app")
]
AuditFormatOption = Annotated[
    AuditFormat | None, typer.Option("--format", help="How the findings are printed")
]


def audit(
    ctx: typer.Context, paths: PathsArgument = None, report_format: AuditFormatOption = None
) -> int:
    """Find the known mistakes in code that connects to NATS"""
    from iterapp_nats.audit.check import audit as audit_sources
    from iterapp_nats.audit.findings import render_github, render_text
    from iterapp_nats.source_files import read_sources

    context: Context = ctx.obj
    output = context.output
    named = [context.path(path) for path in paths or ["."]]
    report = audit_sources(read_sources(named, context.cwd))
    code = ExitCode.FINDINGS if report.findings else ExitCode.OK
    match report_format or _default_format(context):
        case AuditFormat.JSON:
            output.result(report, exit_code=code)
        case AuditFormat.GITHUB:
            output.write(render_github(report).encode())
        case AuditFormat.TEXT:
            output.write(render_text(report).encode())
    return code


def _default_format(context: Context) -> AuditFormat:
    in_github = context.environ.get("GITHUB_ACTIONS") == "true"
    return AuditFormat.GITHUB if in_github else AuditFormat.TEXT
