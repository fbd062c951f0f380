"""`doctor --checks`: one measurement against two limits, for a monitoring system"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.account.asking import USER_INFO
from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.client.requests import measure_round_trip, request
from iterapp_nats.errors import IterappNatsError

if TYPE_CHECKING:
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.settings import Settings

_ROUND_TRIPS: Final = 5
_NAME: Final = "iterapp-nats doctor"


class Check(StrEnum):
    """What is measured"""

    CONNECTION = "connection"
    """How long it takes to connect, and a message to ourselves"""
    REQUEST = "request"
    """How long an answer takes"""


class Level(StrEnum):
    """How a monitoring system takes it"""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many seconds on a measurement is a warning, and critical

    The check gives up after `timeout_s`. `subject` is who is asked, by default the server itself.
    """

    warning_s: float
    critical_s: float
    timeout_s: float
    subject: str = USER_INFO


@dataclass(frozen=True, slots=True)
class Measurement:
    """One duration and what it means"""

    name: str
    milliseconds: float
    level: Level


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check; `code` and `message` are those of the error when nothing could be measured"""

    check: Check
    level: Level
    measurements: tuple[Measurement, ...]
    warning_ms: float
    critical_ms: float
    code: str = ""
    message: str = ""


async def run_check(check: Check, settings: Settings, limits: Limits) -> CheckResult:
    """Connect and measure; an error is critical and never raised"""
    # Loaded first: the time of nats-py's import is not that of the server.
    from iterapp_nats.client.nats_py import strict_client  # noqa: F401

    policy = ConnectPolicy.for_command(limits.timeout_s)
    began_s = time.perf_counter()
    try:
        async with open_connection(settings, policy, name=_NAME) as connection:
            connect_s = time.perf_counter() - began_s
            times = await _measure(check, connection, limits)
    except IterappNatsError as error:
        return _result(check, (), limits, Level.CRITICAL, error)
    if check is Check.CONNECTION:
        times = {"connect": connect_s, **times}
    measurements = tuple(
        Measurement(name, duration_s * 1000, _level(duration_s, limits))
        for name, duration_s in times.items()
    )
    worst = max((each.level for each in measurements), key=list(Level).index)
    return _result(check, measurements, limits, worst, None)


async def _measure(check: Check, connection: Connection, limits: Limits) -> dict[str, float]:
    if check is Check.REQUEST:
        message = OutgoingMessage(limits.subject)
        reply = await request(connection, message, timeout_s=limits.timeout_s)
        return {"response": reply.round_trip_s}
    times_s = await measure_round_trip(connection, _ROUND_TRIPS, timeout_s=limits.timeout_s)
    return {"round trip": median(times_s)}


def _level(duration_s: float, limits: Limits) -> Level:
    if duration_s >= limits.critical_s:
        return Level.CRITICAL
    return Level.WARNING if duration_s >= limits.warning_s else Level.OK


def _result(
    check: Check,
    measurements: tuple[Measurement, ...],
    limits: Limits,
    level: Level,
    error: IterappNatsError | None,
) -> CheckResult:
    return CheckResult(
        check=check,
        level=level,
        measurements=measurements,
        warning_ms=limits.warning_s * 1000,
        critical_ms=limits.critical_s * 1000,
        code=error.code if error else "",
        message=error.message if error else "",
    )
