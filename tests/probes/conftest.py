from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.probes.probing import NAMED_ACCOUNT
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose clients are in an account with a name, as on the platform"""
    with run_server(tmp_path_factory.mktemp("server"), NAMED_ACCOUNT) as running:
        yield running


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[RunningServer]:
    """A server of one test alone, which it may stop"""
    with run_server(tmp_path, NAMED_ACCOUNT) as running:
        yield running
