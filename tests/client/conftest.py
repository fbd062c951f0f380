from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.client.connecting import LIMITED
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator


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
