"""Which project a folder belongs to"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.project import Project, find_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


def write(folder: Path, text: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "iterapp.toml").write_text(text)
    return folder


def root_of(folder: Path) -> Path:
    return find_project(folder).root


def test_folder_without_anything_is_its_own_project(shop: Path) -> None:
    assert find_project(shop) == Project(shop, None)
    assert find_project(shop).state_folder == shop / ".iterapp-nats"


def test_subfolder_belongs_to_the_manifest_above(shop: Path) -> None:
    write(shop)
    below = shop / "src" / "app"
    below.mkdir(parents=True)
    assert find_project(below) == Project(shop, shop / "iterapp.toml")


def test_appling_belongs_to_the_app_that_lists_it(shop: Path) -> None:
    write(shop, 'applings = ["api", "worker"]\n')
    api = write(shop / "api", "[nats]\n")
    (api / "src").mkdir()
    assert find_project(api / "src") == Project(shop, shop / "iterapp.toml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        'applings = ["web"]',
        'applings = "api"',
        "applings = [1]",
        "applings = [",
        "\ufeff[nats]",
    ],
)
def test_app_within_an_app_that_does_not_list_it_is_its_own(text: str, shop: Path) -> None:
    write(shop, text)
    api = write(shop / "api")
    assert root_of(api) == api


def test_manifest_with_a_byte_order_mark_lists_its_applings(shop: Path) -> None:
    write(shop, '\ufeffapplings = ["api"]')
    assert root_of(write(shop / "api")) == shop


def test_folder_named_like_a_manifest_is_none(shop: Path) -> None:
    (shop / "iterapp.toml").mkdir()
    assert find_project(shop) == Project(shop, None)


def test_without_a_manifest_the_nearest_state_is_the_root(shop: Path) -> None:
    (shop / ".iterapp-nats").mkdir()
    below = shop / "src"
    below.mkdir()
    assert find_project(below) == Project(shop, None)


def test_manifest_above_wins_over_a_state_folder_below(shop: Path) -> None:
    write(shop)
    below = shop / "src"
    (below / ".iterapp-nats").mkdir(parents=True)
    assert root_of(below) == shop


def test_folder_above_that_may_not_be_entered_is_passed_over(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    shop = locked / "shop"
    shop.mkdir(parents=True)
    code = (
        "import os, sys; from pathlib import Path; from iterapp_nats.project import find_project;"
        "os.chdir(sys.argv[1]); os.chmod('..', 0);"
        "os.geteuid() or os.setuid(65534); print(find_project(Path(sys.argv[1])))"
    )
    try:
        ended = subprocess.run(
            [sys.executable, "-c", code, shop], capture_output=True, text=True, check=False
        )
    finally:
        locked.chmod(0o700)
    assert ended.returncode == 0, ended.stderr
    assert "manifest=None" in ended.stdout
