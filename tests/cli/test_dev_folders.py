"""Projects in folders of every kind"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import PROCESS_ONLY, DevProject, envelope, finish
from tests.support.cli import run_cli
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = {
    "blanks": " my  shop ",
    "umlauts": "größe-漢字-🐋",
    "quotes": 'it\'s "quoted"',
    "signs": "$HOME %s #; {c} \\u00f6 \\",
    "newline": "two\nlines",
    "long": "/".join(["long" * 50] * 4),
}


@pytest.fixture
def projects() -> Iterator[list[DevProject]]:
    """The projects that a test adds are cleaned"""
    projects: list[DevProject] = []
    yield projects
    for project in projects:
        project.clean()


@PROCESS_ONLY
def test_life_in_a_folder_whose_name_is_not_utf_8(
    tmp_path: Path, projects: list[DevProject], engine_host: str | None
) -> None:
    test_life_in_a_folder_of_any_name("not-utf-8-\udcff", tmp_path, projects, engine_host)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_life_in_a_folder_of_any_name(
    name: str, tmp_path: Path, projects: list[DevProject], engine_host: str | None
) -> None:
    folder = tmp_path / name
    folder.mkdir(parents=True)
    (folder / "iterapp.toml").touch()
    project = DevProject(folder, engine_host)
    projects.append(project)
    ended = finish(project.start("up", "--port", "0", "--jetstream"))
    assert ended.code == 0, ended.stderr
    assert len(project.servers()) == 1
    assert project.dev("status").code == 0
    assert finish(project.start("restart")).code == 0
    assert project.dev("down").code == 0
    assert project.servers() == []


def test_symbolic_link_leads_to_the_same_server(shop: DevProject, tmp_path: Path) -> None:
    url = shop.up()
    link = tmp_path / "link"
    link.symlink_to(shop.folder)
    # A shell tells its own idea of the folder in PWD.
    through = DevProject(link, shop.engine_host)
    ended = finish(through.start("up", "--format", "json", environ={"PWD": str(link)}))
    assert envelope(ended)["url"] == url
    assert envelope(ended)["was_running"]


def test_subfolder_uses_the_server_of_the_project(shop: DevProject) -> None:
    below = shop.folder / "src" / "deep"
    below.mkdir(parents=True)
    ended = run_cli("dev", "up", "--port", "0", cwd=below)
    assert "variables  ../../.iterapp-nats/nats.env" in ended.stderr
    assert shop.dev("status").code == 0
    assert run_cli("dev", "down", cwd=below).code == 0
    assert shop.servers() == []


def test_file_in_place_of_the_state_folder_is_named(project: Path) -> None:
    (project / ".iterapp-nats").write_text("mine")
    ended = run_cli("dev", "up", "--port", "0", cwd=project)
    assert ended.code == 7
    assert f"cannot write {project}/.iterapp-nats: a file is in its place" in ended.stderr
    assert run_cli("dev", "status", cwd=project).code == 1
    assert run_cli("dev", "down", cwd=project).code == 0
    assert run_cli("dev", "run", "--", "true", cwd=project).code == 7
    assert (project / ".iterapp-nats").read_text() == "mine"


def test_folder_that_may_not_be_written_is_named(project: Path) -> None:
    command = [sys.executable, "-m", "iterapp_nats", "dev", "up", "--port", "0"]
    if os.geteuid() == 0:
        # Without these capabilities root obeys the mode of a file like everybody else.
        powers = "-dac_override,-dac_read_search"
        command = [require_tool("setpriv"), f"--bounding-set={powers}", *command]
    project.chmod(0o555)
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    project.chmod(0o755)
    assert ended.returncode == 7, ended.stderr
    assert ".iterapp-nats: permission denied" in ended.stderr
    assert "must be writable" in ended.stderr
