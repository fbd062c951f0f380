"""`explain`: the page of a rule of the check"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.errors import ExitCode

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context


def explain(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Rule, as a finding names it")],
) -> int:
    """Explain a rule of the check"""
    from iterapp_nats.manifest.rules import require_rule

    context: Context = ctx.obj
    found = require_rule(rule)
    context.output.line(f"{found.id} ({found.severity.value})")
    context.output.line()
    context.output.line(found.explanation)
    return ExitCode.OK
