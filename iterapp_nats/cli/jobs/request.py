"""One `request` at work: a single question, or a stream of questions"""

from __future__ import annotations

import json
import time
from array import array
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.cli.views.terminal import written_out
from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.records import render_record
from iterapp_nats.client.request_stream import request_each
from iterapp_nats.client.requests import Reply, request_many
from iterapp_nats.errors import InputError, NoAnswer
from iterapp_nats.input_stream import read_all
from iterapp_nats.latency import summarise_latency
from iterapp_nats.output import ReaderGone
from iterapp_nats.spool import Chunk, Spool

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from iterapp_nats.cli.context import Context
    from iterapp_nats.cli.jobs.sources import Blocks
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import OutgoingBlock
    from iterapp_nats.client.request_stream import Outcome

_LAST_WRITES_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class ReplyView:
    """How an answer is printed; where a person watches, without what steers the terminal"""

    as_json: bool
    raw: bool
    is_watched: bool

    def render(self, reply: Reply) -> bytes:
        """Return an answer with its line end"""
        message = reply.message
        if self.as_json:
            return f"{render_record(message)}\n".encode("utf-8", "backslashreplace")
        if self.raw:
            return message.payload + b"\n"
        lines = "".join(f"{name}: {value}\n" for name, value in message.headers)
        shown = lines.encode("utf-8", "backslashreplace") + message.payload + b"\n"
        return written_out(shown) if self.is_watched else shown


@dataclass(frozen=True, slots=True)
class RequestJob:
    """One question

    `envelope` is without payloads, `payload` is None when stdin holds it. No `replies` means all
    that come.
    """

    context: Context
    envelope: OutgoingBlock
    payload: bytes | None
    view: ReplyView
    timeout_s: float
    replies: int | None
    gap_s: float | None

    async def run(self, connection: Connection) -> int:
        """Ask, print every answer as it comes, and return how many came"""
        payload = self.payload
        if payload is None:
            payload = await connection.wait(read_all(self.context.stdin), None)
        return await request_many(
            connection,
            OutgoingMessage(self.envelope.subject, payload, headers=self.envelope.headers),
            self._show,
            timeout_s=self.timeout_s,
            replies=self.replies,
            gap_s=self.gap_s,
        )

    def _show(self, reply: Reply) -> None:
        output = self.context.output
        if not (self.view.raw or self.view.as_json):
            output.detail(f"answered in {reply.round_trip_s * 1000:.2f} ms")
        output.write(self.view.render(reply))
        output.flush()


class Tally:
    """What has become of a stream of questions so far"""

    def __init__(self) -> None:
        self.asked = 0
        self.printed = 0
        self.times_s = array("d")
        self.complaints: set[str] = set()

    @property
    def answered(self) -> int:
        """How many questions were answered"""
        return len(self.times_s)


@dataclass(frozen=True, slots=True)
class RequestStreamJob:
    """Many questions; answers are printed in the order of asking"""

    context: Context
    blocks: Blocks
    view: ReplyView
    timeout_s: float
    concurrency: int

    async def run(self, connection: Connection) -> Tally:
        """Ask everything, and say at the end how many were answered and how fast"""
        # What it cannot write is raised when the next answer comes.
        spool, tally = Spool(self.context.output, lambda _: None), Tally()
        began_s = time.perf_counter()

        def take(number: int, outcome: Outcome) -> Awaitable[None] | None:
            return self._take(number, outcome, tally, spool)

        try:
            await request_each(
                connection,
                self.blocks,
                take,
                concurrency=self.concurrency,
                timeout_s=self.timeout_s,
            )
            await spool.drained()
            return tally
        finally:
            with suppress(ReaderGone, InputError):
                spool.finish(_LAST_WRITES_S)
            self._say_end(tally, spool.written, time.perf_counter() - began_s)

    def _take(
        self, number: int, outcome: Outcome, tally: Tally, spool: Spool
    ) -> Awaitable[None] | None:
        tally.asked = number
        if isinstance(outcome, Reply):
            tally.times_s.append(outcome.round_trip_s)
            return _print(self.view.render(outcome), tally, spool)
        if outcome.code not in tally.complaints:
            tally.complaints.add(outcome.code)
            self.context.output.warning(f"request {number}: {outcome.message}")
        if self.view.as_json:
            return _print(_failure_record(number, outcome), tally, spool)
        return None

    def _say_end(self, tally: Tally, written: int, duration_s: float) -> None:
        words = f"answered {tally.answered} of {tally.asked} requests"
        if written < tally.printed:
            words += f", wrote {written} of them,"
        words += f" in {duration_s:.2f} s"
        if latency := summarise_latency(tally.times_s):
            words += f", {tally.answered / duration_s:.0f} a second; {latency}"
        self.context.output.say(words)


def _print(line: bytes, tally: Tally, spool: Spool) -> Awaitable[None] | None:
    tally.printed += 1
    return spool.put(Chunk([line]))


def _failure_record(number: int, failure: NoAnswer) -> bytes:
    """Return what stands in the place of an answer, so that lines can be told apart by number"""
    told = {"request": number, "error": {"code": failure.code, "message": failure.message}}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
