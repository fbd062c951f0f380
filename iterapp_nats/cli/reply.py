"""`reply`: answer requests with a fixed payload, an echo, or a command's output"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import OptionalTimeoutOption
from iterapp_nats.errors import ExitCode, NoAnswer
from iterapp_nats.subject import require_pattern, require_queue_group

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context


def reply(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(help="Subject to answer on, wildcards allowed")],
    payload: Annotated[
        str | None, typer.Argument(help="Payload of every answer", show_default=False)
    ] = None,
    echo: Annotated[bool, typer.Option("--echo", help="Answer with the request's payload")] = False,
    command: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND", help="Answer with what this prints; the payload is its stdin"
        ),
    ] = None,
    queue: Annotated[str, typer.Option(metavar="NAME", help="Queue group to join")] = "",
    count: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="End after so many answers")
    ] = None,
    timeout: OptionalTimeoutOption = None,
    concurrency: Annotated[
        int, typer.Option(metavar="N", min=1, help="So many commands run at once")
    ] = 1,
) -> int:
    """Answer requests on a subject"""
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.jobs.reply import ReplyJob, choose_answerer
    from iterapp_nats.client.policy import ConnectPolicy

    context: Context = ctx.obj
    job = ReplyJob(
        context=context,
        subject=require_pattern(subject),
        queue=require_queue_group(queue) if queue else "",
        answerer=choose_answerer(context, payload, command, echo=echo),
        count=count,
        timeout_s=timeout,
        concurrency=concurrency,
    )
    policy = ConnectPolicy.for_subscriber(context.flags.connect_timeout)
    answered = run_connected(context, policy, job.run, name="iterapp-nats reply")
    if count is not None and answered < count:
        raise NoAnswer("too-few-messages", f"answered {answered} of {count} requests")
    return ExitCode.OK
