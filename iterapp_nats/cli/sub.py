"""`sub`: print every message of one or more subjects"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats import files
from iterapp_nats.cli.connecting import run_connected
from iterapp_nats.cli.options import FormatOption, OptionalTimeoutOption
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.client.records import render_record
from iterapp_nats.client.subscriber import subscribe
from iterapp_nats.errors import ExitCode, InputError, NoAnswer
from iterapp_nats.output import Format
from iterapp_nats.subject import require_pattern, require_queue_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.subscriber import SubscribeResult
    from iterapp_nats.output import Output


class View(Enum):
    """How a received message is printed"""

    DEFAULT = "default"
    RAW = "raw"
    PRINT0 = "print0"
    JSON = "json"
    SUBJECTS = "subjects"


def sub(
    ctx: typer.Context,
    subjects: Annotated[list[str], typer.Argument(help="Subjects, wildcards * and > allowed")],
    queue: Annotated[str, typer.Option(metavar="NAME", help="Queue group to join")] = "",
    count: Annotated[
        int | None, typer.Option(min=1, help="End after so many messages; fewer is a failure")
    ] = None,
    timeout: OptionalTimeoutOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="Print payloads only, a line each")] = False,
    print0: Annotated[bool, typer.Option("--print0", help="End each payload with NUL")] = False,
    subjects_only: Annotated[
        bool, typer.Option("--subjects-only", help="Print the subject of each message only")
    ] = False,
    ready_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write this file when messages can come")
    ] = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Subscribe to subjects and print what comes"""
    context: Context = ctx.obj
    view = _choose_view(output_format, raw=raw, print0=print0, subjects_only=subjects_only)
    job = SubscribeJob(
        context=context,
        subjects=tuple(require_pattern(subject) for subject in subjects),
        queue=require_queue_group(queue) if queue else "",
        printer=Printer(context.output, view),
        ready_file=ready_file,
        count=count,
        timeout_s=timeout,
    )
    context.output.is_stream = True
    policy = ConnectPolicy.for_subscriber(context.flags.connect_timeout)
    result = run_connected(context, policy, job.run, name="iterapp-nats sub")
    if not result.complete:
        raise NoAnswer(
            "too-few-messages",
            f"received {result.messages} of {count} messages within {timeout:g} s",
            context={"received": str(result.messages), "wanted": str(count)},
        )
    return ExitCode.OK


@dataclass(slots=True)
class Printer:
    """Writes blocks of messages in one view, each block with one flush"""

    output: Output
    view: View
    printed: int = field(default=0)

    def print_block(self, messages: Sequence[Message]) -> None:
        """Write all messages of a block"""
        self.output.write(b"".join(self._render(message) for message in messages))
        self.output.flush()

    def _render(self, message: Message) -> bytes:
        self.printed += 1
        match self.view:
            case View.RAW:
                return message.payload + b"\n"
            case View.PRINT0:
                return message.payload + b"\0"
            case View.SUBJECTS:
                return f"{message.subject}\n".encode()
            case View.JSON:
                return f"{render_record(message)}\n".encode()
            case View.DEFAULT:
                return self._render_for_people(message)

    def _render_for_people(self, message: Message) -> bytes:
        reply = f" (reply to {message.reply})" if message.reply else ""
        title = self.output.paint_data(f"[{self.printed}] {message.subject}", "cyan") + reply
        lines = [title, *(f"{name}: {value}" for name, value in message.headers)]
        return "\n".join(lines).encode() + b"\n" + message.payload + b"\n"


@dataclass(frozen=True, slots=True)
class SubscribeJob:
    """What one `sub` does with its connection"""

    context: Context
    subjects: tuple[str, ...]
    queue: str
    printer: Printer
    ready_file: str | None
    count: int | None
    timeout_s: float | None

    async def run(self, connection: Connection) -> SubscribeResult:
        """Subscribe, say so, and print until the end"""
        output = self.context.output
        async with subscribe(
            connection,
            self.subjects,
            self.printer.print_block,
            queue=self.queue,
            count=self.count,
        ) as subscriber:
            output.say(f"listening on {', '.join(self.subjects)} at {connection.url}")
            self._write_ready_file()
            try:
                return await subscriber.finished(self.timeout_s)
            finally:
                noun = "message" if subscriber.received == 1 else "messages"
                output.say(f"received {subscriber.received} {noun}")

    def _write_ready_file(self) -> None:
        if self.ready_file is None:
            return
        path = self.context.path(self.ready_file)
        try:
            files.write_atomic(path, b"", mode=files.PUBLIC_FILE)
        except OSError as error:
            raise InputError(
                "ready-file-unwritable",
                f"cannot write {path} (--ready-file): {(error.strerror or '').lower()}",
            ) from error


def _choose_view(output_format: Format, *, raw: bool, print0: bool, subjects_only: bool) -> View:
    wishes = {
        View.JSON: output_format is Format.JSON,
        View.RAW: raw,
        View.PRINT0: print0,
        View.SUBJECTS: subjects_only,
    }
    chosen = [view for view, is_wished in wishes.items() if is_wished]
    if len(chosen) > 1:
        raise InputError(
            "usage", "--raw, --print0, --subjects-only and --format json exclude each other"
        )
    return chosen[0] if chosen else View.DEFAULT
