"""`pub`: publish one message, many, or a stream of lines"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.connecting import run_connected
from iterapp_nats.cli.options import FormatOption, HeadersOption, read_duration
from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.client.publisher import publish
from iterapp_nats.client.records import parse_record
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.headers import parse_headers
from iterapp_nats.input_stream import read_all, read_lines
from iterapp_nats.output import Format
from iterapp_nats.subject import require_subject
from iterapp_nats.template import render_template

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.publisher import PublishResult

STDIN = "-"
_ID_BYTES = 8


def pub(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(help="Subject to publish to")],
    payload: Annotated[
        str | None, typer.Argument(help="Payload; - or nothing reads stdin", show_default=False)
    ] = None,
    header: HeadersOption = None,
    reply: Annotated[str, typer.Option(metavar="SUBJECT", help="Reply subject")] = "",
    count: Annotated[int, typer.Option(min=1, help="How often to publish")] = 1,
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


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What one `pub` sends; `payload` is None when stdin holds it"""

    context: Context
    first: OutgoingMessage
    payload: bytes | None
    count: int
    template: bool

    async def repeated(self) -> AsyncIterator[OutgoingMessage]:
        """Yield the one message `count` times"""
        payload = self.payload
        if payload is None:
            payload = await read_all(self.context.stdin)
        for number in range(1, self.count + 1):
            yield self._message(payload, number)

    async def lines(self) -> AsyncIterator[OutgoingMessage]:
        """Yield a message for each line of stdin"""
        number = 0
        async for line in read_lines(self.context.stdin):
            for _ in range(self.count):
                number += 1
                yield self._message(line, number)

    async def records(self) -> AsyncIterator[OutgoingMessage]:
        """Yield each recorded message, sent to our subject instead of its own"""
        number = 0
        async for line in read_lines(self.context.stdin):
            number += 1
            if line.strip():
                yield parse_record(line, number=number, subject=self.first.subject)

    def _message(self, payload: bytes, number: int) -> OutgoingMessage:
        if self.template:
            payload = render_template(
                payload,
                count=number,
                now_s=self.context.now(),
                entropy=os.urandom(_ID_BYTES),
            )
        first = self.first
        return OutgoingMessage(first.subject, payload, reply=first.reply, headers=first.headers)


def payload_source(
    context: Context, argument: str | None, *, streams: bool = False
) -> bytes | None:
    """Return the payload of the command line, None when stdin is to be read

    Raises:
        InputError: `payload-missing`, `usage`

    """
    if streams and argument not in (None, STDIN):
        raise InputError("usage", "a payload argument and --lines or --jsonl exclude each other")
    if argument is not None and argument != STDIN:
        # Bytes of the command line that are not UTF-8 arrive as surrogates: send what was typed.
        return argument.encode("utf-8", "surrogateescape")
    if argument is None and not streams and context.stdin.isatty():
        raise InputError(
            "payload-missing",
            "no payload: give it as an argument or on stdin",
            hints=('send an empty message with "" as the payload',),
        )
    return None


def _show(context: Context, result: PublishResult, subject: str, output_format: Format) -> None:
    if output_format is Format.JSON:
        context.output.result(result)
        return
    noun = "message" if result.messages == 1 else "messages"
    seen = "seen by the server" if result.confirmed else "accepted by the client, not confirmed"
    context.output.say(
        f"published {result.messages} {noun} ({result.bytes} bytes) to {subject}: {seen}"
    )
