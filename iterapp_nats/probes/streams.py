"""The few requests of JetStream's API that a probe needs, with words of our own for its refusals

A server without JetStream has nobody who answers them; one that does not allow it to the account
says so with an error code of its own.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.errors import IterappNatsError, NoAnswer, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.client.connection import Connection

_API: Final = "$JS.API"
_TIMEOUT_S: Final = 5.0
_SECOND_NS: Final = 1_000_000_000
_MAX_AGE_NS: Final = 3600 * _SECOND_NS
"""A stream that could not be removed empties itself"""
_NOT_ENABLED: Final = 10039
_ACK_TOKENS: Final = 9
_DELIVERED: Final = -5
"""From the end, because newer servers put domain and account before the rest"""


@dataclass(frozen=True, slots=True)
class StreamAck:
    """What a stream answers to a message; `is_duplicate`: it had that message id already"""

    is_stored: bool
    is_duplicate: bool


@dataclass(slots=True)
class ProbeStream:
    """A stream of our own; made by `open_stream`"""

    connection: Connection
    name: str
    is_left_behind: bool = False
    """Whether it could not be removed"""

    async def add_consumer(self, name: str, deliver_to: str, group: str, ack_wait_s: float) -> None:
        """Let the stream push to a subject, again and again until each message is acked

        Raises as `open_stream`.
        """
        config: dict[str, object] = {
            "durable_name": name,
            "deliver_subject": deliver_to,
            "deliver_policy": "all",
            "ack_policy": "explicit",
            "ack_wait": int(ack_wait_s * _SECOND_NS),
        }
        if group:
            config["deliver_group"] = group
        body = {"stream_name": self.name, "config": config}
        await _call(self.connection, f"CONSUMER.DURABLE.CREATE.{self.name}.{name}", body)

    async def count_stored(self) -> int | None:
        """Return how many messages it holds, None when it does not say"""
        with suppress(IterappNatsError):
            info = await _call(self.connection, f"STREAM.INFO.{self.name}", {})
            return int(info["state"]["messages"])
        return None


@asynccontextmanager
async def open_stream(
    connection: Connection, name: str, subject: str
) -> AsyncIterator[ProbeStream]:
    """Make a stream on disk for a subject, and remove it at the end of the block

    Raises:
        NoAnswer: `jetstream-missing`
        Refused: `jetstream-refused`, for example because of the account's limits

    """
    config = {
        "name": name,
        "subjects": [subject],
        "storage": "file",
        "retention": "limits",
        "max_age": _MAX_AGE_NS,
        "num_replicas": 1,
    }
    await _call(connection, f"STREAM.CREATE.{name}", config)
    stream = ProbeStream(connection, name)
    try:
        yield stream
    finally:
        try:
            await _call(connection, f"STREAM.DELETE.{name}", {})
        except IterappNatsError:
            stream.is_left_behind = True


def parse_ack(payload: bytes) -> StreamAck | None:
    """Read the answer of a stream, None when it is an error or something else"""
    try:
        answer = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(answer, dict) or "error" in answer or "seq" not in answer:
        return None
    return StreamAck(is_stored=True, is_duplicate=answer.get("duplicate") is True)


def deliveries_of(reply: str) -> int:
    """Return how often a message was delivered so far, by the subject that its ack goes to"""
    tokens = reply.split(".")
    if len(tokens) < _ACK_TOKENS or not tokens[_DELIVERED].isdecimal():
        return 1
    return int(tokens[_DELIVERED])


async def _call(connection: Connection, what: str, body: dict[str, Any]) -> dict[str, Any]:
    payload = json.dumps(body).encode()
    try:
        message = await connection.request(f"{_API}.{what}", payload, timeout_s=_TIMEOUT_S)
        answer = json.loads(message.payload)
    except NoAnswer as error:
        raise _missing(connection.url) from error
    except ValueError as error:
        raise _refused(connection.url, "its answer is not JSON") from error
    if not isinstance(answer, dict) or "error" in answer:
        reason = answer.get("error", {}) if isinstance(answer, dict) else {}
        if reason.get("err_code") == _NOT_ENABLED:
            raise _missing(connection.url)
        raise _refused(connection.url, str(reason.get("description", "no reason given")))
    return answer


def _missing(place: str) -> NoAnswer:
    return NoAnswer(
        "jetstream-missing",
        f"there is no JetStream for this account at {place}",
        hints=(
            "locally have it with iterapp-nats dev up --jetstream",
            "the platform has none in production today",
        ),
        context={"server": place},
    )


def _refused(place: str, reason: str) -> Refused:
    return Refused(
        "jetstream-refused",
        f"JetStream at {place} refused: {reason}",
        hints=("see the limits of the account with iterapp-nats creds show",),
        context={"server": place, "detail": reason},
    )
