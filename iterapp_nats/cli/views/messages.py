"""How received messages are printed: a block of them at a time, each message one part"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from iterapp_nats.cli.views.terminal import written_out
from iterapp_nats.client.block import headers_of
from iterapp_nats.client.records import render_records
from iterapp_nats.errors import InputError
from iterapp_nats.spool import Chunk

if TYPE_CHECKING:
    from iterapp_nats.client.block import MessageBlock
    from iterapp_nats.output import Output
    from iterapp_nats.wire.blocks import Envelope


class View(Enum):
    """How a received message is printed"""

    DEFAULT = "default"
    RAW = "raw"
    PRINT0 = "print0"
    JSON = "json"
    SUBJECTS = "subjects"


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


class Renderer:
    """Renders blocks in one view; the default view numbers the messages from 1

    On a terminal the views for people hold nothing that steers it; the others are exact.
    """

    def __init__(self, view: View, output: Output) -> None:
        self._view = view
        self._number = 0
        self._is_watched = output.shows_data_on_terminal
        before, _, behind = output.paint_data("\0", "cyan").partition("\0")
        self._before, self._behind = before.encode(), behind.encode()

    def render(self, block: MessageBlock) -> Chunk:
        """Return a part for each message"""
        match self._view:
            case View.RAW:
                return Chunk(block.payloads, b"\n")
            case View.PRINT0:
                return Chunk(block.payloads, b"\0")
            case View.SUBJECTS:
                return Chunk(self._shown([_bytes(each.subject) for each in block.envelopes]), b"\n")
            case View.JSON:
                return Chunk(render_records(block), b"\n")
            case View.DEFAULT:
                return Chunk(self._for_people(block), b"\n")

    def _shown(self, texts: list[bytes]) -> list[bytes]:
        return [written_out(text) for text in texts] if self._is_watched else texts

    def _for_people(self, block: MessageBlock) -> list[bytes]:
        first = self._number + 1
        self._number += len(block)
        titles: dict[Envelope, tuple[bytes, bytes]] = {}
        parts = []
        for number, (envelope, payload) in enumerate(
            zip(block.envelopes, self._shown(block.payloads), strict=True), first
        ):
            subject, rest = titles.get(envelope) or titles.setdefault(
                envelope, self._title(envelope)
            )
            parts.append(
                b"%b[%d] %b%b%b\n%b" % (self._before, number, subject, self._behind, rest, payload)
            )
        return parts

    def _title(self, envelope: Envelope) -> tuple[bytes, bytes]:
        """Return the subject, and what stands between it and the payload"""
        reply = f" (reply to {envelope.reply})" if envelope.reply else ""
        lines = [f"\n{name}: {value}" for name, value in headers_of(envelope)]
        subject, rest = self._shown([_bytes(envelope.subject), _bytes(reply + "".join(lines))])
        return subject, rest


def _bytes(text: str) -> bytes:
    # A subject that is not UTF-8 holds its bytes as lone surrogates.
    return text.encode("utf-8", "surrogateescape")
