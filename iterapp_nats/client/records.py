"""A message as a line of JSON: what `sub --format json` writes and `pub --jsonl` reads

    {"subject": "orders.new", "headers": [["Trace", "7"]], "payload": "hello", "received_at": 1.5}

`payload` holds text; bytes that are not UTF-8 stand in `payload_base64` instead. `reply` and
`headers` are left out when they are empty. `received_at` is in Unix seconds.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted
from math import isfinite
from typing import TYPE_CHECKING, Any

from iterapp_nats.client.block import headers_of
from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.errors import InputError
from iterapp_nats.headers import require_header
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.client.block import MessageBlock
    from iterapp_nats.client.message import Message
    from iterapp_nats.headers import Headers
    from iterapp_nats.wire.blocks import Envelope


def render_record(message: Message) -> str:
    """Return the line of a received message, without a line end"""
    head = _head(message.subject, message.reply, message.headers)
    return f"{head}{_body(message.payload)}{_end(message.received_at_s)}"


def render_records(block: MessageBlock) -> list[bytes]:
    """Return the line of each message in a block, without line ends"""
    end = _end(block.received_at_s)
    heads: dict[Envelope, str] = {}
    lines = []
    for envelope, payload in zip(block.envelopes, block.payloads, strict=True):
        head = heads.get(envelope)
        if head is None:
            head = _head(envelope.subject, envelope.reply, headers_of(envelope))
            heads[envelope] = head
        lines.append(f"{head}{_body(payload)}{end}")
    # JSON escapes line breaks, so that all lines can be made bytes in one go.
    return "\n".join(lines).encode("utf-8", "backslashreplace").split(b"\n")


def _head(subject: str, reply: str, headers: Headers) -> str:
    head = f'{{"subject":{_quoted(subject)}'
    if reply:
        head += f',"reply":{_quoted(reply)}'
    if headers:
        head += f',"headers":{_dump(headers)}'
    return head


def _body(payload: bytes) -> str:
    try:
        return f',"payload":{_quoted(payload.decode())}'
    except UnicodeDecodeError:
        return f',"payload_base64":"{b64encode(payload).decode()}"'


def _end(received_at_s: float) -> str:
    return f',"received_at":{_dump(received_at_s)}}}'


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Record:
    """A line that was read; `received_at_s` is None where it is not told"""

    message: OutgoingMessage
    received_at_s: float | None


def parse_record(line: bytes, *, number: int, subject: str | None = None) -> Record:
    """Read a line; `subject` replaces the one in the record

    Raises:
        InputError: `record-invalid`, naming the line's number

    """
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _invalid(number, "it is not JSON") from error
    if not isinstance(record, dict):
        raise _invalid(number, "it is not a JSON object")
    message = OutgoingMessage(
        require_subject(subject) if subject else _subject(record, number),
        _payload(record, number),
        reply=_text(record, "reply", number) if record.get("reply") else "",
        headers=_headers(record, number),
    )
    return Record(message, _received_at_s(record, number))


def _subject(record: dict[str, Any], number: int) -> str:
    try:
        return require_subject(_text(record, "subject", number))
    except InputError as error:
        raise _invalid(number, error.message) from error


def _payload(record: dict[str, Any], number: int) -> bytes:
    if "payload_base64" not in record:
        try:
            return _text(record, "payload", number).encode()
        except UnicodeEncodeError as error:
            raise _invalid(number, "payload is not Unicode") from error
    try:
        return b64decode(_text(record, "payload_base64", number), validate=True)
    except ValueError as error:
        raise _invalid(number, "payload_base64 is not base64") from error


def _headers(record: dict[str, Any], number: int) -> tuple[tuple[str, str], ...]:
    pairs = record.get("headers", [])
    if not (isinstance(pairs, list) and all(map(_is_header, pairs))):
        raise _invalid(number, "headers is not a list of [name, value]")
    try:
        return tuple(require_header(name, value) for name, value in pairs)
    except InputError as error:
        raise _invalid(number, error.message) from error


def _is_header(pair: object) -> bool:
    match pair:
        case [str(), str()]:
            return True
        case _:
            return False


def _received_at_s(record: dict[str, Any], number: int) -> float | None:
    told = record.get("received_at")
    if told is None:
        return None
    with suppress(OverflowError):
        if isinstance(told, (int, float)) and isfinite(told):
            return float(told)
    raise _invalid(number, "received_at is not a time in Unix seconds")


def _text(record: dict[str, Any], key: str, number: int) -> str:
    value = record.get(key)
    if isinstance(value, str):
        return value
    raise _invalid(number, f"{key} is missing or not a text")


def _invalid(number: int, reason: str) -> InputError:
    return InputError(
        "record-invalid",
        f"line {number} is not a message: {reason}",
        hints=("--jsonl reads what iterapp-nats sub --format json writes",),
        context={"line": str(number)},
    )
