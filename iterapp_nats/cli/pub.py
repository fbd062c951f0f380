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
    from iterapp_nats.cli.jobs.publish import PublishJob


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


RateOption = Annotated[
    float | None, typer.Option(metavar="N", min=0.001, help="At most so many messages a second")
]
KeepTimingOption = Annotated[
    bool, typer.Option("--keep-timing", help="With --jsonl: as far apart as they were received")
]


def pub(
    ctx: typer.Context,
    subject: SubjectArgument = None,
    payload: PayloadArgument = None,
    header: HeadersOption = None,
    reply: ReplyOption = "",
    count: CountOption = 1,
    interval: IntervalOption = 0.0,
    rate: RateOption = None,
    lines: LinesOption = False,
    jsonl: JsonlOption = False,
    keep_timing: KeepTimingOption = False,
    template: TemplateOption = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Publish messages to a subject"""
    from iterapp_nats.cli.jobs.publish import PublishJob
    from iterapp_nats.cli.jobs.sources import Payloads, recorded
    from iterapp_nats.client.message import OutgoingBlock
    from iterapp_nats.client.pacing import at_rate

    context: Context = ctx.obj
    _require_one_pace(interval, rate, keep_timing=keep_timing, jsonl=jsonl)
    if jsonl:
        _require_alone(lines or template or header or reply or payload or count > 1)
        target = require_subject(subject) if subject else None
        blocks = recorded(context, target, keep_timing=keep_timing)
    else:
        envelope = OutgoingBlock(
            require_subject(_require_given(subject)),
            payloads=(),
            reply=require_subject(reply) if reply else "",
            headers=parse_headers(header or ()),
        )
        given = payload_source(context, payload, streams=lines)
        payloads = Payloads(context, envelope, given, count, template)
        blocks = payloads.lines() if lines else payloads.repeated()
    paced = at_rate(blocks, rate) if rate else blocks
    job = PublishJob(context, paced, subject or "the recorded subjects", interval)
    return _publish(job, output_format)


def _publish(job: PublishJob, output_format: Format) -> int:
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.client.policy import ConnectPolicy

    policy = ConnectPolicy.for_command(job.context.flags.connect_timeout)
    result = run_connected(job.context, policy, job.run, name="iterapp-nats pub")
    if output_format is Format.JSON:
        job.context.output.result(result)
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


def _require_one_pace(
    interval: float, rate: float | None, *, keep_timing: bool, jsonl: bool
) -> None:
    if bool(interval) + bool(rate) + keep_timing > 1:
        raise InputError("usage", "--interval, --rate and --keep-timing exclude each other")
    if keep_timing and not jsonl:
        raise InputError(
            "usage",
            "--keep-timing needs --jsonl",
            hints=("only a record tells when it was received",),
        )
