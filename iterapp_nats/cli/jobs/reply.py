"""One `reply` at work: where its answers come from"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import OutgoingMessage, require_sendable
from iterapp_nats.client.responder import Answer, respond
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iterapp_nats.cli.context import Context
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message

_ERROR_HEADER: Final = "Reply-Error"
_ANY_INBOX: Final = "_INBOX"


@dataclass(frozen=True, slots=True)
class FixedAnswer:
    """The same payload for every request"""

    payload: bytes

    async def answer(self, _request: Message) -> Answer:
        """Return the payload"""
        return Answer(self.payload)


@dataclass(frozen=True, slots=True)
class EchoAnswer:
    """The request's own payload and headers"""

    async def answer(self, request: Message) -> Answer:
        """Return what came"""
        return Answer(request.payload, headers=request.headers)


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """What a command prints

    The command line is fixed: nothing of a request is put into it. A request's payload is the
    command's stdin, its subject the variable NATS_SUBJECT.
    """

    words: tuple[str, ...]
    environ: Mapping[str, str]

    async def answer(self, request: Message) -> Answer:
        """Run the command once; a failure is answered by the header `Reply-Error`"""
        import asyncio

        try:
            process = await asyncio.create_subprocess_exec(
                *self.words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**self.environ, "NATS_SUBJECT": request.subject},
                # So that what it has started ends with it.
                start_new_session=True,
            )
        except OSError as error:
            # For example a script without a first line that says what runs it.
            reason = (error.strerror or str(error)).lower()
            return _failed(f"cannot run {self.words[0]}: {reason}")
        try:
            output, _ = await process.communicate(request.payload)
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode:
            return _failed(f"{self.words[0]} ended with code {process.returncode}", output)
        return Answer(output)


def _failed(reason: str, output: bytes = b"") -> Answer:
    return Answer(output, headers=((_ERROR_HEADER, reason),))


Answerer = FixedAnswer | EchoAnswer | CommandAnswer


@dataclass(frozen=True, slots=True)
class ReplyJob:
    """What one `reply` does with its connection"""

    context: Context
    subject: str
    queue: str
    answerer: Answerer
    count: int | None
    timeout_s: float | None
    concurrency: int

    async def run(self, connection: Connection) -> int:
        """Answer until the end and return how many requests were answered"""
        output = self.context.output
        if isinstance(self.answerer, FixedAnswer):
            _require_sendable(connection, _ANY_INBOX, Answer(self.answerer.payload))

        async def answer(request: Message) -> Answer | None:
            found = await self.answerer.answer(request)
            if isinstance(self.answerer, CommandAnswer) and found.headers:
                output.warning(found.headers[0][1])
            try:
                _require_sendable(connection, request.reply, found)
            except InputError as error:
                # One request is to end neither the responder nor in silence.
                output.warning(error.message)
                if error.code.startswith("subject-"):
                    return None
                return _failed(error.message)
            return found

        async with respond(
            connection,
            self.subject,
            answer,
            queue=self.queue,
            count=self.count,
            concurrency=self.concurrency,
        ) as responder:
            try:
                output.say(f"answering on {self.subject} at {connection.url}")
                return await responder.finished(self.timeout_s)
            finally:
                if responder.unsent:
                    what = "answer was" if responder.unsent == 1 else "answers were"
                    output.warning(f"{responder.unsent} {what} not sent: not connected just then")
                noun = "request" if responder.answered == 1 else "requests"
                output.say(f"answered {responder.answered} {noun}")


def _require_sendable(connection: Connection, subject: str, answer: Answer) -> None:
    message = OutgoingMessage(subject, answer.payload, headers=answer.headers)
    require_sendable(message, connection.server.max_payload)


def choose_answerer(
    context: Context, payload: str | None, command: str | None, *, echo: bool
) -> Answerer:
    """Return where answers come from; raises `usage`, `command-invalid`, `command-not-found`"""
    if sum((payload is not None, command is not None, echo)) != 1:
        raise InputError("usage", "give a payload, --echo or --command, exactly one of them")
    if payload is not None:
        return FixedAnswer(payload.encode("utf-8", "surrogateescape"))
    if command is None:
        return EchoAnswer()
    return CommandAnswer(_split_command(context, command), context.environ)


def _split_command(context: Context, command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise InputError(
            "command-invalid",
            f"cannot read the command {command}: {str(error).lower()}",
            context={"command": command},
        ) from error
    name = words[0] if words else "''"
    if not words or not shutil.which(name, path=context.environ.get("PATH")):
        raise InputError("command-not-found", f"cannot run {name}: there is no such command")
    return words
