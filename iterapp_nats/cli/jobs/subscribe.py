"""One `sub` at work: what it prints, and when it is ready"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from iterapp_nats import files
from iterapp_nats.client.records import render_record
from iterapp_nats.client.subscriber import subscribe
from iterapp_nats.errors import InputError

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


def choose_view(*, as_json: bool, raw: bool, print0: bool, subjects_only: bool) -> View:
    """Return the one view that was asked for; raises `usage` when there are several"""
    wishes = {
        View.JSON: as_json,
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
