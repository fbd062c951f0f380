from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import DevProject
from tests.support.servers import run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.servers import RunningServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with run_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def environ(server: RunningServer) -> dict[str, str]:
    return {"NATS_URL": server.url}


@pytest.fixture
def shop(project: Path, engine_host: str | None) -> Iterator[DevProject]:
    """A project whose local server is ended whatever happens"""
    shop = DevProject(project, engine_host)
    yield shop
    shop.clean()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "iterapp.toml").write_text("[nats]\n")
    return folder
