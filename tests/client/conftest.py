from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import nats.aio.client  # noqa: TID253 - tests need not start fast
import pytest

from tests.client.connecting import LIMITED
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator


class Road(Enum):
    """How messages get past nats-py: in blocks, or one call for each as in an unknown release"""

    BLOCKS = "blocks"
    CALLS = "calls"


@pytest.fixture(params=Road)
def road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Road:
    """Run a test over both roads; which one is taken is decided by the release of nats-py"""
    taken: Road = request.param
    if taken is Road.CALLS:
        monkeypatch.setattr(nats.aio.client, "__version__", "3.0.0")
    return taken


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server without login or TLS, shared by the tests of one module"""
    with run_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with the users of `connecting.LIMITED`"""
    with run_server(tmp_path_factory.mktemp("limited"), LIMITED) as running:
        yield running
