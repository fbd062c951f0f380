from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.engine import require_engine

if TYPE_CHECKING:
    from collections.abc import Generator


# The first draw of text builds a table of all characters: 1.6 s in a fresh environment.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


# nohup and the background of a shell leave signals ignored, also in everything that tests start.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=["process", "container"])
def engine_host(request: pytest.FixtureRequest) -> str | None:
    """The engine that runs the servers of a test, None for processes: each test has its turn"""
    return require_engine() if request.param == "container" else None


def is_ci() -> bool:
    return os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one: every tool that a test wants must be there"""
    report = yield
    if report.skipped and is_ci() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
