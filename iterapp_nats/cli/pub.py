"""`pub`: publish one message, many, or a stream of lines"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, HeadersOption, read_duration
from iterapp_nats.cli.payload import PayloadArgument, payload_source
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.headers import parse_headers
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.publisher import PublishResult


SubjectArgument = Annotated[
    str | None, typer.Argument(help="Subject to publish to; --jsonl has its own")
]
ReplyOption = Annotated[str, typer.Option(metavar="SUBJECT", help="Reply subject")]
CountOption = Annotated[int, typer.Option(metavar="N", min=1, help="How often to publish")]
IntervalOption = Annotated[
    float, typer.Option(metavar="DURATION", parser=read_duration, help="Pause between messages")
]
LinesOption = Annotated[bool, typer.Option("--lines", help="Publish each line of stdin")]
JsonlOption = Annotated[
    bool, typer.Option("--jsonl", help="Publish messages that sub --format json wrote")
]
TemplateOption = Annotated[
    bool, typer.Option("--template", help="Replace {{count}}, {{id}}, {{time}}, {{unix}}")
]


def pub(
    ctx: typer.Context,
    subject: SubjectArgument = None,
    payload: PayloadArgument = None,
    header: HeadersOption = None,
    reply: ReplyOption = "",
    count: CountOption = 1,
    interval: IntervalOption = 0.0,
    lines: LinesOption = False,
    jsonl: JsonlOption = False,
    template: TemplateOption = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Publish messages to a subject"""
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.jobs.publish import PublishJob, recorded_messages
    from iterapp_nats.client.message import OutgoingBlock
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.client.publisher import publish

    context: Context = ctx.obj
    if jsonl:
        _require_alone(lines or template or header or reply or payload or count > 1)
        messages = recorded_messages(context, require_subject(subject) if subject else None)
    else:
        checked = require_subject(_require_given(subject))
        first = OutgoingBlock(
            checked,
            payloads=(),
            reply=require_subject(reply) if reply else "",
            headers=parse_headers(header or ()),
        )
        given = payload_source(context, payload, streams=lines)
        job = PublishJob(context, first, given, count, template)
        messages = job.lines() if lines else job.repeated()
    result = run_connected(
        context,
        ConnectPolicy.for_command(context.flags.connect_timeout),
        lambda connection: publish(connection, messages, interval_s=interval),
        name="iterapp-nats pub",
    )
    _show(context, result, subject or "the recorded subjects", output_format)
    return ExitCode.OK


def _require_given(subject: str | None) -> str:
    if subject is None:
        raise InputError(
            "usage", "missing argument 'subject'", hints=("see iterapp-nats pub --help",)
        )
    return subject


def _require_alone(others: object) -> None:
    if others:
        raise InputError(
            "usage",
            "--jsonl excludes a payload, --lines, --template, --header, --reply and --count",
            hints=("a record holds its own payload, headers and reply subject",),
        )


def _show(context: Context, result: PublishResult, subject: str, output_format: Format) -> None:
    if output_format is Format.JSON:
        context.output.result(result)
        return
    noun = "message" if result.messages == 1 else "messages"
    seen = "seen by the server" if result.confirmed else "accepted by the client, not confirmed"
    context.output.say(
        f"published {result.messages} {noun} ({result.bytes} bytes) to {subject}: {seen}"
    )
