"""The tool is killed or interrupted at every one of its steps, and the state is right afterwards"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev import server
from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.security.issuing import Issuer
from tests.dev.dev_project import DevProject, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.dev.striking import Driver

PARTS = 4
# A secure server has more steps, each with files to make and a login to prove.
SECURE_PARTS = 8
MAX_STEPS = 200
RUN = ("run", "--port", "0", "--", "true")
SECURE = ("up", "--port", "0", "--secure")
ADD = ("up", "--app", "other", "--environment", "prod")


@pytest.fixture
def engine_host() -> None:
    """Strikes hit processes; a container takes half a second for each of some thousand starts"""


def steps(part: int, parts: int = PARTS) -> range:
    return range(1 + part, MAX_STEPS, parts)


def is_settled(project: DevProject) -> bool:
    """Two looks agree: a server that was told to end just before the strike takes a moment"""
    looks = []
    for pause_s in (0.05, 0):
        condition = inspect(project.state_folder).condition
        looks.append((condition, len(project.servers())))
        time.sleep(pause_s)
    condition, count = looks[0]
    is_right = count == (condition is Condition.RUNNING) and condition is not Condition.SILENT
    return is_right and looks[0] == looks[1]


def assert_right_state(project: DevProject) -> None:
    """What status, up and down do works, with exactly one server or none"""
    folder = project.state_folder
    wait_until(lambda: is_settled(project))
    server.start(folder, ServerOptions(), project.backend)
    assert len(project.servers()) == 1
    server.stop(folder)
    assert_nothing_left(project)


def assert_whole_realm(project: DevProject) -> None:
    """Every file of the vault's accounts is what the vault says"""
    folder = project.state_folder
    realm = load_realm(folder)
    assert realm
    assert project.state.default_account
    assert realm.find(project.state.default_account)
    for file in Issuer.of(realm).files():
        assert (folder.path / file.name).read_text() == file.content.reveal(), file.name


def assert_nothing_left(project: DevProject) -> None:
    assert project.servers() == []
    assert inspect(project.state_folder).condition is Condition.STOPPED


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("argv", [("up", "--port", "0"), RUN], ids=["up", "run"])
def test_killed_start_leaves_one_server_or_none(
    argv: tuple[str, ...], part: int, project: DevProject, driver: Driver
) -> None:
    for step in steps(part):
        code = driver.strike(project, argv, step, signal.SIGKILL)
        assert_right_state(project)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("the command was never allowed to end")
    assert step > PARTS


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("argv", [("down",), ("restart",), ("reset", "--yes")], ids=lambda a: a[0])
def test_killed_change_leaves_one_server_or_none(
    argv: tuple[str, ...], part: int, project: DevProject, driver: Driver
) -> None:
    for step in steps(part):
        server.start(project.state_folder, ServerOptions(port=0), project.backend)
        code = driver.strike(project, argv, step, signal.SIGKILL)
        assert_right_state(project)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("the command was never allowed to end")
    assert step > PARTS


@pytest.mark.parametrize("part", range(SECURE_PARTS))
def test_killed_secure_start_is_made_whole_by_the_next(
    part: int, project: DevProject, driver: Driver
) -> None:
    folder = project.state_folder
    for step in steps(part, SECURE_PARTS):
        server.reset(folder)
        code = driver.strike(project, SECURE, step, signal.SIGKILL)
        wait_until(lambda: is_settled(project))
        server.start(folder, ServerOptions(secure=True), project.backend)
        assert_whole_realm(project)
        assert_right_state(project)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("the command was never allowed to end")
    assert step > SECURE_PARTS


@pytest.mark.parametrize("part", range(SECURE_PARTS))
def test_killed_addition_leaves_the_server_and_a_whole_realm(
    part: int, project: DevProject, driver: Driver
) -> None:
    for step in steps(part, SECURE_PARTS):
        server.reset(project.state_folder)
        before = server.start(
            project.state_folder, ServerOptions(port=0, secure=True), project.backend
        ).state
        code = driver.strike(project, ADD, step, signal.SIGKILL)
        assert project.state.generation == before.generation
        server.start(
            project.state_folder,
            ServerOptions(apps=("other",), environments=("prod",)),
            project.backend,
        )
        assert_whole_realm(project)
        assert len(project.servers()) == 1
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("the command was never allowed to end")
    assert step > SECURE_PARTS


@pytest.mark.parametrize("part", range(SECURE_PARTS))
def test_killed_change_of_all_accounts_is_made_whole_by_the_next(
    part: int, project: DevProject, driver: Driver
) -> None:
    folder = project.state_folder
    for step in steps(part, SECURE_PARTS):
        server.restart(folder, ServerOptions(port=0, secure=True, jetstream=False), project.backend)
        code = driver.strike(project, ("restart", "--jetstream"), step, signal.SIGKILL)
        wait_until(lambda: is_settled(project))
        server.restart(folder, ServerOptions(jetstream=True), project.backend)
        assert_whole_realm(project)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("the command was never allowed to end")
    assert step > SECURE_PARTS


def test_half_written_files_of_killed_commands_are_removed_in_the_end(
    project: DevProject, driver: Driver
) -> None:
    folder = project.state_folder
    for step in range(1, MAX_STEPS):
        if driver.strike(project, SECURE, step, signal.SIGKILL) == 0:
            break
        server.reset(folder) if step % 10 == 0 else server.stop(folder)
    left = half_written(project)
    assert left
    for path in left[1:]:
        os.utime(path, (1, 1))
    server.start(folder, ServerOptions(port=0), project.backend)
    # Whoever writes the young one may still be at it.
    assert half_written(project) == left[:1]


def half_written(project: DevProject) -> list[Path]:
    return sorted(project.state_folder.path.rglob(".*.????????"))


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("argv", [("up", "--port", "0"), RUN, SECURE], ids=["up", "run", "secure"])
def test_interrupted_start_leaves_nothing(
    argv: tuple[str, ...], part: int, project: DevProject, driver: Driver
) -> None:
    for step in steps(part):
        code = driver.strike(project, argv, step, signal.SIGINT)
        if code == 0:
            break
        assert code == 130
        assert_nothing_left(project)
    else:
        pytest.fail("the command was never allowed to end")
    assert step > PARTS
