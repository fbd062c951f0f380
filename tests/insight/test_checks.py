from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.insight.checks import Check, CheckResult, Level, Limits, run_check
from tests.client.connecting import LIMITED, settings_of
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, RunningServer, free_port, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIDE = Limits(warning_s=5.0, critical_s=10.0, timeout_s=5.0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with run_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def check(kind: Check, url: str, limits: Limits = WIDE) -> CheckResult:
    return asyncio.run(run_check(kind, settings_of(url), limits))


def test_connection_is_measured(server: RunningServer) -> None:
    result = check(Check.CONNECTION, server.url)
    assert (result.level, result.code) == (Level.OK, "")
    assert [each.name for each in result.measurements] == ["connect", "round trip"]
    assert all(0 < each.milliseconds < 5000 for each in result.measurements)


def test_request_asks_the_server_unless_told_otherwise(server: RunningServer) -> None:
    result = check(Check.REQUEST, server.url)
    assert [each.name for each in result.measurements] == ["response"]
    assert result.level is Level.OK


@pytest.mark.parametrize(
    ("warning_s", "critical_s", "level"),
    [(5, 10, Level.OK), (0.0, 10, Level.WARNING), (0.0, 0.0, Level.CRITICAL)],
)
def test_limits_decide_the_level(
    warning_s: float, critical_s: float, level: Level, server: RunningServer
) -> None:
    result = check(Check.CONNECTION, server.url, Limits(warning_s, critical_s, 5.0))
    assert result.level is level


def test_error_is_critical_and_named() -> None:
    url = f"nats://{HOST}:{free_port()}"
    result = check(Check.CONNECTION, url)
    assert (result.level, result.code) == (Level.CRITICAL, "server-unreachable")
    assert result.measurements == ()
    assert url in result.message


def test_request_nobody_answers_is_critical(server: RunningServer) -> None:
    result = check(Check.REQUEST, server.url, Limits(1.0, 2.0, 5.0, "nobody.home"))
    assert (result.level, result.code) == (Level.CRITICAL, "no-responders")


def test_user_without_an_inbox_is_critical_by_name(tmp_path: Path) -> None:
    with run_server(tmp_path, LIMITED) as running:
        result = check(Check.CONNECTION, running.url.replace("//", "//deaf:pw@"))
    assert (result.level, result.code) == (Level.CRITICAL, "inbox-denied")


def test_silent_server_is_critical_in_time() -> None:
    with run_peer(Wire.read_to_end) as peer:
        began = time.monotonic()
        result = check(Check.CONNECTION, peer.url, Limits(0.1, 0.2, 0.5))
        assert time.monotonic() - began < 3
    assert (result.level, result.code) == (Level.CRITICAL, "connect-timeout")
