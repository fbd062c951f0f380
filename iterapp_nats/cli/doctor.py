"""`doctor`: what stands between this app and its messages"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.insight.checks import CheckResult

WarnWithinOption = Annotated[
    float,
    typer.Option(
        metavar="DURATION",
        parser=read_duration,
        help="Warn of an expiry this soon",
        show_default="168h",
    ),
]
ChecksOption = Annotated[
    list[str] | None,
    typer.Option(
        "--checks", metavar="connection|request", help="Only measure, against the two limits"
    ),
]
SubjectOption = Annotated[
    str | None,
    typer.Option(metavar="SUBJECT", help="Whom --checks request asks; by default the server"),
]
WarningOption = Annotated[
    float, typer.Option(metavar="DURATION", parser=read_duration, help="--checks: warn from here")
]
CriticalOption = Annotated[
    float, typer.Option(metavar="DURATION", parser=read_duration, help="--checks: fail from here")
]


def doctor(
    ctx: typer.Context,
    warn_within: WarnWithinOption = 7 * 86_400.0,
    checks: ChecksOption = None,
    subject: SubjectOption = None,
    warning: WarningOption = 0.5,
    critical: CriticalOption = 1.0,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Name the cause when something does not work

    Ends with 1 if any step, or any measurement of --checks, has failed.
    """
    import asyncio

    from iterapp_nats.cli.views.doctor import render_report

    context: Context = ctx.obj
    if checks:
        return _run_checks(context, checks, subject, (warning, critical), output_format)
    from iterapp_nats.cli.jobs.doctor import build_case
    from iterapp_nats.insight.doctor import examine

    report = asyncio.run(examine(build_case(context, warn_within_s=warn_within)))
    code = ExitCode.OK if report.healthy else ExitCode.FINDINGS
    if output_format is Format.JSON:
        context.output.result(report, exit_code=code)
        return code
    for line in render_report(report, context.output):
        context.output.line(line)
    return code


def _run_checks(
    context: Context,
    names: list[str],
    subject: str | None,
    limits_s: tuple[float, float],
    output_format: Format,
) -> int:
    from iterapp_nats.cli.views.doctor import render_check
    from iterapp_nats.insight.checks import Level

    results = _measure(context, names, subject, limits_s)
    is_critical = any(result.level is Level.CRITICAL for result in results)
    code = ExitCode.FINDINGS if is_critical else ExitCode.OK
    if output_format is Format.JSON:
        context.output.result(results, exit_code=code)
        return code
    for result in results:
        context.output.line(render_check(result, context.output))
    return code


def _measure(
    context: Context, names: list[str], subject: str | None, limits_s: tuple[float, float]
) -> list[CheckResult]:
    import asyncio

    from iterapp_nats.client.account.asking import USER_INFO
    from iterapp_nats.insight.checks import Check, Limits, run_check
    from iterapp_nats.subject import require_subject

    warning_s, critical_s = limits_s
    if warning_s > critical_s:
        raise InputError("limits-invalid", "--warning must not be more than --critical")
    unknown = [name for name in names if name not in set(Check)]
    if unknown:
        raise InputError(
            "check-unknown",
            f"there is no check {unknown[0]!r}",
            hints=(f"checks are {' and '.join(Check)}",),
        )
    asked = require_subject(subject) if subject else USER_INFO
    limits = Limits(warning_s, critical_s, context.flags.connect_timeout, asked)
    settings = context.settings()

    async def measure_all() -> list[CheckResult]:
        return [await run_check(Check(name), settings, limits) for name in names]

    return asyncio.run(measure_all())
