"""A message as a line of JSON: what `sub --format json` writes and `pub --jsonl` reads

    {"subject": "orders.new", "headers": [["Trace", "7"]], "payload": "hello", "received_at": 1.5}

`payload` holds text; bytes that are not UTF-8 stand in `payload_base64` instead. `reply` and
`headers` are left out when they are empty. `received_at` is in Unix seconds.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.errors import InputError
from iterapp_nats.headers import require_header
from iterapp_nats.subject import require_subject

if TYPE_CHECKING:
    from iterapp_nats.client.message import Message


def render_record(message: Message) -> str:
    """Return the line of a received message, without a line end"""
    record: dict[str, object] = {"subject": message.subject}
    if message.reply:
        record["reply"] = message.reply
    if message.headers:
        record["headers"] = message.headers
    try:
        record["payload"] = message.payload.decode()
    except UnicodeDecodeError:
        record["payload_base64"] = b64encode(message.payload).decode()
    record["received_at"] = message.received_at_s
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def parse_record(line: bytes, *, number: int, subject: str | None = None) -> OutgoingMessage:
    """Return the message of a line; `subject` replaces the one in the record

    Raises:
        InputError: `record-invalid`, naming the line's number

    """
    try:
        record = json.loads(line)
    except ValueError as error:
        raise _invalid(number, "it is not JSON") from error
    if not isinstance(record, dict):
        raise _invalid(number, "it is not a JSON object")
    target = subject or _text(record, "subject", number)
    return OutgoingMessage(
        require_subject(target),
        _payload(record, number),
        reply=_text(record, "reply", number) if record.get("reply") else "",
        headers=_headers(record, number),
    )


def _payload(record: dict[str, Any], number: int) -> bytes:
    if "payload_base64" not in record:
        return _text(record, "payload", number).encode()
    try:
        return b64decode(_text(record, "payload_base64", number), validate=True)
    except ValueError as error:
        raise _invalid(number, "payload_base64 is not base64") from error


def _headers(record: dict[str, Any], number: int) -> tuple[tuple[str, str], ...]:
    pairs = record.get("headers", [])
    try:
        return tuple(require_header(name, value) for name, value in pairs)
    except (TypeError, ValueError) as error:
        raise _invalid(number, "headers is not a list of [name, value]") from error


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
