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
from iterapp_nats.errors import ExitCode, NoAnswer
from iterapp_nats.headers import parse_headers
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.requests import Reply


SubjectArgument = Annotated[str, typer.Argument(help="Subject to ask")]
RepliesOption = Annotated[
    int, typer.Option(metavar="N", min=0, help="Wanted answers; 0: all that come")
]
GapOption = Annotated[
    float | None,
    typer.Option(metavar="DURATION", parser=read_duration, help="End when no further answer comes"),
]


def request(
    ctx: typer.Context,
    subject: SubjectArgument,
    payload: PayloadArgument = None,
    header: HeadersOption = None,
    replies: RepliesOption = 1,
    timeout: TimeoutOption = 5.0,
    gap: GapOption = None,
    raw: RawOption = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Send a request and print the answers"""
    from iterapp_nats.cli.connecting import run_connected
    from iterapp_nats.client.message import OutgoingMessage
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.client.requests import request_many
    from iterapp_nats.input_stream import read_all

    context: Context = ctx.obj
    given = payload_source(context, payload)
    checked, headers = require_subject(subject), parse_headers(header or ())

    async def ask(connection: Connection) -> int:
        content = await read_all(context.stdin) if given is None else given
        message = OutgoingMessage(checked, content, headers=headers)

        def show(reply: Reply) -> None:
            _show(context, reply, output_format, raw=raw)

        return await request_many(
            connection, message, show, timeout_s=timeout, replies=replies or None, gap_s=gap
        )

    context.output.is_stream = True
    policy = ConnectPolicy.for_command(context.flags.connect_timeout)
    received = run_connected(context, policy, ask, name="iterapp-nats request")
    if received < replies:
        raise NoAnswer(
            "too-few-replies",
            f"received {received} of {replies} answers on {subject} within {timeout:g} s",
            context={"received": str(received), "wanted": str(replies)},
        )
    return ExitCode.OK


def _show(context: Context, reply: Reply, output_format: Format, *, raw: bool) -> None:
    from iterapp_nats.client.records import render_record

    message, output = reply.message, context.output
    if output_format is Format.JSON:
        output.line(render_record(message))
        output.flush()
        return
    if not raw:
        for name, value in message.headers:
            output.line(f"{name}: {value}")
        output.detail(f"answered in {reply.round_trip_s * 1000:.2f} ms")
    output.write(message.payload + b"\n")
    output.flush()
