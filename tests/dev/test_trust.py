"""State that a stranger may have written: what stands in it is not executed"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.inspection import Condition
from tests.dev import strangers
from tests.dev.dev_project import DevProject, condition, start
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from collections.abc import Iterator

A_USER = 12345
COMMANDS = (
    ("dev", "status"),
    ("dev", "up", "--port", "0"),
    ("dev", "restart", "--port", "0"),
    ("dev", "down"),
    ("dev", "reset", "--yes"),
    ("env",),
    ("pub", "hello", "world"),
    ("rtt",),
    ("doctor",),
)
each_command = pytest.mark.parametrize(
    "argv", COMMANDS, ids=[" ".join(argv[:2]) for argv in COMMANDS]
)


@pytest.fixture
def engine_host() -> None:
    """The engine that a state names is the matter of these tests, and none is needed"""


@pytest.fixture
def trap(project: DevProject, tmp_path: Path) -> Iterator[Path]:
    """A file that appears when the state's engine is called; the state is as a clone has it"""
    state = start(project).state
    project.dev("down")
    folder = project.state_folder
    folder.save_state(state)
    sprung = tmp_path / "sprung"
    tool = strangers.write_program(tmp_path, f"#!/bin/sh\ntouch '{sprung}'\n")
    for name in ("state.json", "instance.json"):
        path = folder.path / name
        path.write_text(json.dumps(json.loads(path.read_text()) | {"engine": [str(tool)]}))
        path.chmod(0o644)
    yield sprung
    shutil.rmtree(folder.path)


@each_command
def test_state_that_others_may_have_written_is_refused(
    argv: tuple[str, ...], trap: Path, project: DevProject
) -> None:
    ended = run_cli(*argv, cwd=project.folder)
    assert ended.code in {1, 7}
    assert "state.json (mode 0644), so it is not believed" in ended.text + ended.stderr
    assert "chmod -R go=" in ended.text + ended.stderr
    assert not trap.exists()


def test_state_of_mode_0600_that_came_from_elsewhere_names_no_engine(
    trap: Path, project: DevProject
) -> None:
    """A clone below umask 077, an archive: neither knows the folder nor its inode"""
    for path in project.state_folder.path.glob("*.json"):
        path.chmod(0o600)
        values = json.loads(path.read_text())
        path.write_text(json.dumps(values | {"folder": "/elsewhere", "folder_inode": 1}))
    for argv in COMMANDS[:3]:
        run_cli(*argv, cwd=project.folder)
    assert not trap.exists()
    for path in project.state_folder.path.glob("*.json"):
        values = json.loads(path.read_text())
        own = {name: value for name, value in values.items() if not name.startswith("folder")}
        path.write_text(json.dumps(own | {"engine": ["touch", str(trap)], "schema": 3}))
    project.dev("status")
    assert not trap.exists()


def test_preferences_that_came_from_elsewhere_name_no_program(
    project: DevProject, tmp_path: Path
) -> None:
    sprung = tmp_path / "sprung"
    tool = strangers.write_program(tmp_path, f"#!/bin/sh\ntouch '{sprung}'\n")
    start(project)
    path = project.state_folder.path / "instance.json"
    values = json.loads(path.read_text()) | {"server_binary": str(tool)}
    project.dev("down")
    path.write_text(json.dumps(values))
    project.dev("up", "--port", "0")
    assert sprung.exists(), "what was written here is executed"
    sprung.unlink()
    path.write_text(json.dumps(values | {"folder": "/elsewhere", "folder_inode": 1}))
    assert project.dev("up", "--port", "0").code == 0
    assert not sprung.exists()


def test_own_state_is_believed_when_the_rights_of_others_are_taken_away(
    project: DevProject,
) -> None:
    start(project)
    files = [project.state_folder.path, *project.state_folder.path.rglob("*")]
    for path in files:
        path.chmod(path.stat().st_mode | 0o044)
    assert project.dev("status").code == 7
    for path in files:
        path.chmod(path.stat().st_mode & ~0o077)
    assert condition(project) is Condition.RUNNING


@each_command
def test_state_of_another_user_is_named(argv: tuple[str, ...]) -> None:
    """As after sudo dev up"""
    if os.geteuid():
        pytest.skip("only root can be another user too")
    # Not below pytest's folder, which is its user's alone.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "iterapp.toml").touch()
        DevProject(folder).state_folder.create()
        code, said = as_a_user(folder, *argv)
    assert code in {1, 7}
    assert f"{name}/.iterapp-nats belongs to another user (root), so it is not believed" in said


def test_root_does_not_believe_a_user(trap: Path, project: DevProject) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    for path in (project.state_folder.path, *project.state_folder.path.rglob("*")):
        path.chmod(0o700)
        os.chown(path, A_USER, A_USER)
    ended = project.dev("status")
    assert ended.code == 7
    assert f"belongs to another user (uid {A_USER})" in ended.stderr
    assert not trap.exists()


def as_a_user(folder: Path, *argv: str) -> tuple[int, str]:
    """Run as a child of ours that has loaded all: a stranger may not read the Python of root"""
    run_cli("rtt", "--server", "nats://127.0.0.1:1", cwd=folder)
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setresgid(A_USER, A_USER, A_USER)
        os.setresuid(A_USER, A_USER, A_USER)
        ended = run_cli(*argv, cwd=folder)
        os.write(into, ended.stdout + ended.stderr.encode())
        os._exit(ended.code)
    os.close(into)
    with os.fdopen(out) as reader:
        said = reader.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said
