"""`probe isolation`: prove that accounts do not see each other's messages"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.cli.context import ConnectionFlags
from iterapp_nats.cli.options import FormatOption, TimeoutOption, read_duration
from iterapp_nats.errors import ExitCode, InputError, NoAnswer
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.accounts.tenants import Tenant
    from iterapp_nats.isolation import IsolationReport
    from iterapp_nats.probes.isolation import NamedSettings
    from iterapp_nats.security.realm import AppEnvironment

_MIN_ACCOUNTS: Final = 2

CredsOption = Annotated[
    list[str] | None,
    typer.Option("--creds", metavar="FILE", help="Credentials of an account, to be repeated"),
]
EnvFilesOption = Annotated[
    list[str] | None,
    typer.Option("--env-file", metavar="FILE", help="Variables of an account, to be repeated"),
]
AppsOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=100, help="Try N apps on the local secure server"),
]
EnvironmentsOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=100, help="Try each app in N environments")
]
ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="Server of the --creds")
]
CaOption = Annotated[
    str | None, typer.Option("--ca", metavar="FILE", help="CA certificate of the server")
]
ConnectTimeoutOption = Annotated[
    float, typer.Option(metavar="DURATION", parser=read_duration, help="How long to try to connect")
]
NamespaceOption = Annotated[
    str, typer.Option(metavar="SUBJECT", help="Subject that all of the probe are below")
]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Whose isolation is proven: creds and env files, a number of new accounts, or those there"""

    creds: tuple[str, ...]
    env_files: tuple[str, ...]
    apps: int | None
    environments: int | None

    @property
    def is_given(self) -> bool:
        return bool(self.creds or self.env_files)

    @property
    def is_counted(self) -> bool:
        return self.apps is not None or self.environments is not None


def isolation(
    ctx: typer.Context,
    creds: CredsOption = None,
    env_file: EnvFilesOption = None,
    apps: AppsOption = None,
    environments: EnvironmentsOption = None,
    server: ServerOption = None,
    ca: CaOption = None,
    namespace: NamespaceOption = "_iterapp_nats.probe",
    connect_timeout: ConnectTimeoutOption = 5.0,
    timeout: TimeoutOption = 2.0,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Prove that accounts do not see each other's messages; exit 1 on a leak

    Without --creds these are the accounts of the local server, which `dev up --secure` makes.
    """
    import asyncio

    from iterapp_nats.probes.isolation import prove_isolation
    from iterapp_nats.probes.member import ProbeOptions

    flags = ConnectionFlags(server=server, ca=ca, connect_timeout=connect_timeout)
    context: Context = replace(ctx.obj, flags=flags)
    choice = _Choice(tuple(creds or ()), tuple(env_file or ()), apps, environments)
    options = ProbeOptions(
        run=secrets.token_hex(6),
        namespace=require_subject(namespace),
        connect_timeout_s=connect_timeout,
        timeout_s=timeout,
    )
    with _chosen_accounts(context, choice) as accounts:
        report = asyncio.run(prove_isolation(_require_several(accounts, choice), options))
    return _show(context, report, output_format)


@contextmanager
def _chosen_accounts(context: Context, choice: _Choice) -> Iterator[tuple[NamedSettings, ...]]:
    from iterapp_nats.dev.accounts.tenants import load_tenants, temporary_tenants

    if choice.is_given and choice.is_counted:
        message = "the accounts are given, or --apps and --environments count new ones: not both"
        raise InputError("usage", message, hints=("see iterapp-nats probe isolation --help",))
    if choice.is_given:
        yield _given_accounts(context, choice)
        return
    if context.flags.server:
        yield ()
        return
    if not choice.is_counted:
        yield _of_tenants(load_tenants(context.state_folder))
        return
    # A prefix of this run: two of them on one server do not take each other's accounts away.
    prefix = f"probe-{secrets.token_hex(3)}-"
    owners = _new_owners(prefix, choice.apps or 1, choice.environments or 1)
    with temporary_tenants(context.state_folder, owners, int(context.now())) as tenants:
        yield _of_tenants(tenants, prefix)


def _given_accounts(context: Context, choice: _Choice) -> tuple[NamedSettings, ...]:
    from iterapp_nats.probes.isolation import NamedSettings

    flags = [replace(context.flags, creds=path) for path in choice.creds]
    flags += [replace(context.flags, server=None, env_file=path) for path in choice.env_files]
    names = _names((*choice.creds, *choice.env_files))
    return tuple(
        NamedSettings(name, replace(context, flags=each).settings())
        for name, each in zip(names, flags, strict=True)
    )


def _names(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the file names without their last suffix; those that are not unique get a number"""
    names: list[str] = []
    for path in paths:
        stem = Path(path).stem
        same = sum(Path(other).stem == stem for other in paths[: len(names)])
        names.append(f"{stem}({same + 1})" if same else stem)
    return tuple(names)


def _new_owners(prefix: str, apps: int, environments: int) -> list[AppEnvironment]:
    from iterapp_nats.security.realm import AppEnvironment

    return [
        AppEnvironment(f"{prefix}app{app}", f"env{environment}")
        for app in range(1, apps + 1)
        for environment in range(1, environments + 1)
    ]


def _of_tenants(tenants: Sequence[Tenant], prefix: str = "") -> tuple[NamedSettings, ...]:
    from iterapp_nats.probes.isolation import NamedSettings
    from iterapp_nats.settings import Flags, Layer, Origin, Source, resolve_settings

    source = Source(Origin.DEV_SERVER)
    return tuple(
        NamedSettings(
            tenant.name.removeprefix(prefix),
            resolve_settings(Flags(), [Layer(source, dict(tenant.variables.items()))]),
        )
        for tenant in tenants
    )


def _require_several(
    accounts: tuple[NamedSettings, ...], choice: _Choice
) -> tuple[NamedSettings, ...]:
    if len(accounts) >= _MIN_ACCOUNTS:
        return accounts
    hint = "name two creds files: --creds one.creds --creds other.creds"
    if choice.is_counted:
        hint = "count more of them: --apps 3 --environments 3"
    elif accounts and not choice.is_given:
        hint = f"add one with iterapp-nats dev up --environment {_another_environment(accounts)}"
    raise InputError(
        "accounts-too-few",
        f"isolation is between {_MIN_ACCOUNTS} accounts or more, and there are {len(accounts)}",
        hints=(hint,),
    )


def _another_environment(accounts: Sequence[NamedSettings]) -> str:
    return "test" if not accounts[0].name.endswith("-test") else "prod"


def _show(context: Context, report: IsolationReport, output_format: Format) -> ExitCode:
    from iterapp_nats.cli.views.isolation import describe_isolation

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
