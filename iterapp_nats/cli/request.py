"""`request`: ask, and print the answers"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import (
    FormatOption,
    HeadersOption,
    RawOption,
    TimeoutOption,
    read_duration,
)
from iterapp_nats.cli.payload import PayloadArgument, payload_source
from iterapp_nats.errors import ExitCode, InputError, NoAnswer
from iterapp_nats.headers import parse_headers
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context


SubjectArgument = Annotated[str, typer.Argument(help="Subject to ask")]
RepliesOption = Annotated[
    int, typer.Option(metavar="N", min=0, help="Wanted answers; 0: all that come")
]
GapOption = Annotated[
    float | None,
    typer.Option(metavar="DURATION", parser=read_duration, help="End when no further answer comes"),
]


LinesOption = Annotated[
    bool, typer.Option("--lines", help="Ask each line of stdin, answers in the same order")
]
ConcurrencyOption = Annotated[
    int, typer.Option(metavar="N", min=1, help="With --lines: so many are under way at once")
]


def request(
    ctx: typer.Context,
    subject: SubjectArgument,
    payload: PayloadArgument = None,
    header: HeadersOption = None,
    replies: RepliesOption = 1,
    timeout: TimeoutOption = 5.0,
    gap: GapOption = None,
    lines: LinesOption = False,
    concurrency: ConcurrencyOption = 1,
    raw: RawOption = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Send a request and print the answers"""
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.cli.jobs.request import ReplyView, RequestJob, RequestStreamJob
    from iterapp_nats.cli.jobs.sources import Payloads
    from iterapp_nats.client.message import OutgoingBlock
    from iterapp_nats.client.policy import ConnectPolicy

    context: Context = ctx.obj
    given = payload_source(context, payload, streams=lines)
    envelope = OutgoingBlock(require_subject(subject), (), headers=parse_headers(header or ()))
    as_json, is_watched = output_format is Format.JSON, context.output.shows_data_on_terminal
    view = ReplyView(as_json, raw, is_watched)
    context.output.is_stream = True
    policy = ConnectPolicy.for_command(context.flags.connect_timeout)
    within = ""
    if lines:
        _require_plain(replies != 1 or gap)
        source = Payloads(context, envelope, None, count=1, template=False).lines()
        stream = RequestStreamJob(context, source, view, timeout, concurrency)
        tally = run_connected(context, policy, stream.run, name="iterapp-nats request")
        received, wanted = tally.answered, tally.asked
    else:
        job = RequestJob(context, envelope, given, view, timeout, replies or None, gap)
        received = run_connected(context, policy, job.run, name="iterapp-nats request")
        wanted, within = replies, f" within {timeout:g} s"
    if received < wanted:
        raise NoAnswer(
            "too-few-replies",
            f"received {received} of {wanted} answers on {subject}{within}",
            context={"received": str(received), "wanted": str(wanted)},
        )
    return ExitCode.OK


def _require_plain(others: object) -> None:
    if others:
        raise InputError(
            "usage",
            "--lines excludes --replies and --gap",
            hints=("of each line the first answer is printed",),
        )
