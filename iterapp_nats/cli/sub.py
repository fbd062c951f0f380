"""`sub`: print every message of one or more subjects"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, OptionalTimeoutOption, RawOption
from iterapp_nats.errors import ExitCode, NoAnswer
from iterapp_nats.output import Format
from iterapp_nats.subject import require_pattern, require_queue_group

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.subscriber import SubscribeResult


CountOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="End after so many messages; fewer is a failure"),
]


def sub(
    ctx: typer.Context,
    subjects: Annotated[list[str], typer.Argument(help="Subjects, wildcards * and > allowed")],
    queue: Annotated[str, typer.Option(metavar="NAME", help="Queue group to join")] = "",
    count: CountOption = None,
    timeout: OptionalTimeoutOption = None,
    raw: RawOption = False,
    print0: Annotated[bool, typer.Option("--print0", help="End each payload with NUL")] = False,
    subjects_only: Annotated[
        bool, typer.Option("--subjects-only", help="Print the subject of each message only")
    ] = False,
    ready_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write this file when messages can come")
    ] = None,
    allow_gaps: Annotated[
        bool, typer.Option("--allow-gaps", help="Lost connections are no failure")
    ] = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Subscribe to subjects and print what comes"""
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.jobs.subscribe import SubscribeJob
    from iterapp_nats.cli.views.messages import choose_view
    from iterapp_nats.client.policy import ConnectPolicy

    context: Context = ctx.obj
    as_json = output_format is Format.JSON
    view = choose_view(as_json=as_json, raw=raw, print0=print0, subjects_only=subjects_only)
    job = SubscribeJob(
        context=context,
        subjects=tuple(require_pattern(subject) for subject in subjects),
        queue=require_queue_group(queue) if queue else "",
        view=view,
        ready_file=ready_file,
        count=count,
        timeout_s=timeout,
    )
    context.output.is_stream = True
    job.remove_ready_file()
    policy = ConnectPolicy.for_subscriber(context.flags.connect_timeout)
    result = run_connected(context, policy, job.run, name="iterapp-nats sub")
    _require_complete(result, count, timeout)
    if result.gaps and not allow_gaps:
        context.output.warning("messages may be missing; with --allow-gaps that is no failure")
        return ExitCode.FINDINGS
    return ExitCode.OK


def _require_complete(result: SubscribeResult, count: int | None, timeout_s: float | None) -> None:
    if result.complete:
        return
    raise NoAnswer(
        "too-few-messages",
        f"received {result.messages} of {count} messages within {timeout_s:g} s",
        context={"received": str(result.messages), "wanted": str(count)},
    )
