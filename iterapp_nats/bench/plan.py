"""What each client of a benchmark is to do, and what it tells about a round of it

Both cross the border of a process as a line of JSON.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Final

STAMP_BYTES: Final = 16
"""A payload that tells when it was sent begins with so many digits, others with zeros"""


class Role(StrEnum):
    """What a client does"""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    REQUEST = "request"
    REPLY = "reply"


class Order(StrEnum):
    """What a client is told: to do a round, that nobody publishes in it any more, to end

    A subscriber needs no `FINISH` when all that it expects has come.
    """

    WARM_UP = "warm-up"
    GO = "go"
    FINISH = "finish"
    END = "end"


class State(StrEnum):
    """What a client tells when it waits for an order, or for messages"""

    READY = "ready"
    COUNTING = "counting"


@dataclass(frozen=True, slots=True)
class ClientPlan:
    """One client: so many `messages` of so many bytes after a warm-up, `rate` a second

    A subscriber expects so many. No round lasts longer than `timeout_s`.
    """

    role: Role
    subject: str
    messages: int
    warm_up: int
    size: int
    timeout_s: float
    rate: float | None = None
    concurrency: int = 1


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a client did in one round, on the clock that all processes of a machine share

    `bytes` are those of payloads, `latencies_s` may be a sample. `failures` counts requests without
    an answer.
    """

    messages: int
    bytes: int
    began_s: float
    ended_s: float
    latencies_s: tuple[float, ...] = ()
    failures: int = 0


def render_line(value: ClientPlan | RoundReport | State) -> str:
    """Return what another process reads by `parse_plan`, `parse_report` or `parse_state`"""
    return json.dumps(value if isinstance(value, State) else asdict(value))


def parse_plan(line: str) -> ClientPlan:
    """Read a plan"""
    fields = json.loads(line)
    return ClientPlan(**{**fields, "role": Role(fields["role"])})


def parse_report(line: str) -> RoundReport:
    """Read a report"""
    fields = json.loads(line)
    return RoundReport(**{**fields, "latencies_s": tuple(fields["latencies_s"])})


def parse_state(line: str) -> State:
    """Read a state"""
    return State(json.loads(line))


def plan_shares(whole: ClientPlan, clients: int) -> list[ClientPlan]:
    """Return plans that make up the whole together: messages, warm-up and rate are shared"""
    messages, warm_ups = (
        _split_evenly(total, clients) for total in (whole.messages, whole.warm_up)
    )
    rate = None if whole.rate is None else whole.rate / clients
    return [
        replace(whole, messages=messages[number], warm_up=warm_ups[number], rate=rate)
        for number in range(clients)
    ]


def _split_evenly(total: int, parts: int) -> list[int]:
    share, rest = divmod(total, parts)
    return [share + (number < rest) for number in range(parts)]


def sampled(values: list[float], at_most: int) -> tuple[float, ...]:
    """Return the values, or evenly chosen ones when there are too many"""
    step = max(1, -(-len(values) // at_most))
    return tuple(values[::step])
