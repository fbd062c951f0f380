from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import DevProject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Iterator[DevProject]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "iterapp.toml").write_text("[nats]\n")
    project = DevProject(folder)
    yield project
    project.clean()
