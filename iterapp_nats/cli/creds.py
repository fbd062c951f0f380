"""`creds`: decode credentials offline, and say what is wrong with them"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.cli.payload import STDIN
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format
from iterapp_nats.settings import require_path

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.security.creds import Creds
    from iterapp_nats.security.identity import CredsIdentity

_CHECK_CODES: Final = ("creds-", "seed-", "jwt-", "public-key-", "credentials-", "ca-", "file-")

SourceArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE", help="Creds file; - reads stdin, nothing the variables", show_default=False
    ),
]


def show(
    ctx: typer.Context, source: SourceArgument = None, output_format: FormatOption = Format.TEXT
) -> int:
    """Show who credentials log in as and what they allow; the seed is never shown"""
    from iterapp_nats.cli.views.creds import describe_identity, view_identity
    from iterapp_nats.security.identity import identify_creds

    context: Context = ctx.obj
    creds = _read_creds(context, source)
    identity = identify_creds(creds)
    if output_format is Format.JSON:
        context.output.result(view_identity(identity, creds))
        return ExitCode.OK
    for line in describe_identity(identity):
        context.output.line(line)
    _warn_of_damage(context, creds)
    return ExitCode.OK


def check(
    ctx: typer.Context,
    source: SourceArgument = None,
    environ: Annotated[
        bool, typer.Option("--environ", help="Check the platform's variables against each other")
    ] = False,
    warn_within: Annotated[
        float,
        typer.Option(metavar="DURATION", parser=read_duration, help="Fail if it expires this soon"),
    ] = 0.0,
) -> int:
    """Check credentials offline; exit 1 when a server cannot accept them"""
    context: Context = ctx.obj
    now = int(context.now())
    try:
        identity = _check_environ(context, now) if environ else _check(context, source, now)
    except InputError as error:
        if not error.code.startswith(_CHECK_CODES):
            raise
        context.output.fail(error)
        return ExitCode.FINDINGS
    if identity is None:
        context.output.say("the variables name no credentials")
        return ExitCode.OK
    return _judge_expiry(context, identity, now, warn_within)


def _check(context: Context, source: str | None, now: int) -> CredsIdentity:
    from iterapp_nats.security.identity import check_creds

    creds = _read_creds(context, source)
    _warn_of_damage(context, creds)
    return check_creds(creds, now)


def _check_environ(context: Context, now: int) -> CredsIdentity | None:
    from iterapp_nats.client.opening.login import load_login, load_trust

    settings = context.settings()
    load_trust(settings)
    login = load_login(settings, now)
    return login.identity if login else None


def _judge_expiry(
    context: Context, identity: CredsIdentity, now: int, warn_within_s: float
) -> ExitCode:
    from iterapp_nats.security.identity import render_time

    name = identity.user_name or identity.user_public_key
    if identity.expires_at is None:
        context.output.line(f"ok: {name} in account {identity.account_public_key}, never expires")
        return ExitCode.OK
    until = render_time(identity.expires_at)
    if identity.expires_at - now <= warn_within_s:
        context.output.line(f"expires soon: {name} at {until}")
        return ExitCode.FINDINGS
    context.output.line(f"ok: {name} in account {identity.account_public_key}, until {until}")
    return ExitCode.OK


def _read_creds(context: Context, source: str | None) -> Creds:
    from iterapp_nats import files
    from iterapp_nats.security.creds import parse_creds

    if source == STDIN:
        return parse_creds(context.stdin.buffer.read())
    if source is not None:
        path = context.path(require_path(source, "FILE"))
        return parse_creds(files.read_bytes(path, purpose="credentials"))
    settings = context.settings()
    if settings.credentials:
        return parse_creds(settings.credentials.reveal())
    if settings.credentials_file:
        path = context.path(settings.credentials_file)
        return parse_creds(files.read_bytes(path, purpose="credentials"))
    raise InputError(
        "creds-missing",
        "no credentials: neither a file nor NATS_CREDENTIALS or NATS_CREDENTIALS_FILE is given",
        hints=("name the file: iterapp-nats creds show FILE",),
    )


def _warn_of_damage(context: Context, creds: Creds) -> None:
    for repair in creds.repairs:
        languages = ", ".join(repair.refused_by)
        context.output.warning(f"the text {repair.value}: refused by clients in {languages}")
