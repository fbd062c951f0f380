"""`pub`: publish one message, many, or a stream of lines"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, HeadersOption, read_duration
from iterapp_nats.cli.payload import payload_source
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.headers import parse_headers
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.publisher import PublishResult


def pub(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(help="Subject to publish to")],
    payload: Annotated[
        str | None, typer.Argument(help="Payload; - or nothing reads stdin", show_default=False)
    ] = None,
    header: HeadersOption = None,
    reply: Annotated[str, typer.Option(metavar="SUBJECT", help="Reply subject")] = "",
    count: Annotated[int, typer.Option(metavar="N", min=1, help="How often to publish")] = 1,
    interval: Annotated[
        float,
        typer.Option(metavar="DURATION", parser=read_duration, help="Pause between messages"),
    ] = 0.0,
    lines: Annotated[bool, typer.Option("--lines", help="Publish each line of stdin")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Publish messages that sub --format json wrote")
    ] = False,
    template: Annotated[
        bool, typer.Option("--template", help="Replace {{count}}, {{id}}, {{time}}, {{unix}}")
    ] = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Publish messages to a subject"""
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.jobs.publish import PublishJob
    from iterapp_nats.client.message import OutgoingMessage
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.client.publisher import publish

    context: Context = ctx.obj
    job = PublishJob(
        context=context,
        first=OutgoingMessage(
            require_subject(subject),
            reply=require_subject(reply) if reply else "",
            headers=parse_headers(header or ()),
        ),
        payload=payload_source(context, payload, streams=lines or jsonl),
        count=count,
        template=template,
    )
    if lines and jsonl:
        raise InputError("usage", "--lines and --jsonl exclude each other")
    messages = job.records() if jsonl else job.lines() if lines else job.repeated()
    result = run_connected(
        context,
        ConnectPolicy.for_command(context.flags.connect_timeout),
        lambda connection: publish(connection, messages, interval_s=interval),
        name="iterapp-nats pub",
    )
    _show(context, result, subject, output_format)
    return ExitCode.OK


def _show(context: Context, result: PublishResult, subject: str, output_format: Format) -> None:
    if output_format is Format.JSON:
        context.output.result(result)
        return
    noun = "message" if result.messages == 1 else "messages"
    seen = "seen by the server" if result.confirmed else "accepted by the client, not confirmed"
    context.output.say(
        f"published {result.messages} {noun} ({result.bytes} bytes) to {subject}: {seen}"
    )
