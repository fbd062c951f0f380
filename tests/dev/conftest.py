from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import DevProject
from tests.dev.striking import Driver, run_driver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def mute_engine() -> Iterator[str]:
    """The address of an engine that accepts and never answers"""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def project(tmp_path: Path, engine_host: str | None) -> Iterator[DevProject]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "iterapp.toml").write_text("[nats]\n")
    project = DevProject(folder, engine_host)
    yield project
    project.clean()


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with run_driver() as driver:
        yield driver
