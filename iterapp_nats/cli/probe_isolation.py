"""`probe isolation`: prove that accounts do not see each other's messages"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.cli.context import ConnectionFlags
from iterapp_nats.cli.options import FormatOption, TimeoutOption, read_duration
from iterapp_nats.errors import ExitCode, InputError, NoAnswer
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.cli.context import Context
    from iterapp_nats.isolation import IsolationReport
    from iterapp_nats.probes.isolation import NamedSettings

_MIN_ACCOUNTS: Final = 2

CredsOption = Annotated[
    list[str] | None,
    typer.Option("--creds", metavar="FILE", help="Credentials of an account, to be repeated"),
]
EnvFilesOption = Annotated[
    list[str] | None,
    typer.Option("--env-file", metavar="FILE", help="Variables of an account, to be repeated"),
]
ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="Server of the --creds")
]
CaOption = Annotated[
    str | None, typer.Option("--ca", metavar="FILE", help="CA certificate of the server")
]
ConnectTimeoutOption = Annotated[
    float,
    typer.Option(metavar="DURATION", parser=read_duration, help="How long to try to connect"),
]
NamespaceOption = Annotated[
    str,
    typer.Option(metavar="SUBJECT", help="Subject that all of the probe are below"),
]


def isolation(
    ctx: typer.Context,
    creds: CredsOption = None,
    env_file: EnvFilesOption = None,
    server: ServerOption = None,
    ca: CaOption = None,
    namespace: NamespaceOption = "_iterapp_nats.probe",
    connect_timeout: ConnectTimeoutOption = 5.0,
    timeout: TimeoutOption = 2.0,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Prove that accounts do not see each other's messages; exit 1 on a leak"""
    import asyncio

    from iterapp_nats.probes.isolation import prove_isolation
    from iterapp_nats.probes.member import ProbeOptions

    context: Context = ctx.obj
    flags = ConnectionFlags(server=server, ca=ca, connect_timeout=connect_timeout)
    accounts = _given_accounts(replace(context, flags=flags), creds or (), env_file or ())
    options = ProbeOptions(
        run=secrets.token_hex(6),
        namespace=require_subject(namespace),
        connect_timeout_s=connect_timeout,
        timeout_s=timeout,
    )
    report = asyncio.run(prove_isolation(accounts, options))
    return _show(context, report, output_format)


def _given_accounts(
    context: Context, creds: Sequence[str], env_files: Sequence[str]
) -> tuple[NamedSettings, ...]:
    from iterapp_nats.probes.isolation import NamedSettings

    flags = [replace(context.flags, creds=path) for path in creds]
    flags += [replace(context.flags, env_file=path) for path in env_files]
    accounts = tuple(
        NamedSettings(name, replace(context, flags=each).settings())
        for name, each in zip(_names([*creds, *env_files]), flags, strict=True)
    )
    if len(accounts) < _MIN_ACCOUNTS:
        raise InputError(
            "accounts-too-few",
            f"isolation needs {_MIN_ACCOUNTS} accounts or more, {len(accounts)} given",
            hints=("name two creds files: --creds one.creds --creds other.creds",),
        )
    return accounts


def _names(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the file names without their last suffix, or the paths where those are not unique"""
    from pathlib import Path

    short = tuple(Path(path).stem for path in paths)
    return short if len(set(short)) == len(short) else tuple(paths)


def _show(context: Context, report: IsolationReport, output_format: Format) -> ExitCode:
    from iterapp_nats.cli.probe_view import describe_isolation

    code = _exit_code(report)
    if output_format is Format.JSON:
        context.output.result(report, exit_code=code)
        return code
    for line in describe_isolation(report, context.output.paint_data):
        context.output.line(line)
    if report.failed_controls:
        context.output.fail(_control_failed(report))
    return code


def _exit_code(report: IsolationReport) -> ExitCode:
    if report.leaks:
        return ExitCode.FINDINGS
    return ExitCode.NO_ANSWER if report.failed_controls else ExitCode.OK


def _control_failed(report: IsolationReport) -> NoAnswer:
    first, *others = report.failed_controls
    more = f", and {len(others)} more" if others else ""
    return NoAnswer(
        "control-failed",
        f"{first.account} does not see its own messages by {first.way.value}{more}: {first.reason}",
        hints=(
            "silence proves nothing there: the user has to be allowed the subjects of the probe",
            "choose where they are with --namespace, for example --namespace orders.probe",
        ),
    )
