"""Kernel locks between processes"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.lease import has_users, hold_lock, hold_shared, is_taken, take_lease
from iterapp_nats.errors import LocalServerError
from tests.dev.dev_project import wait_until

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def lease(tmp_path: Path) -> Path:
    return tmp_path / "lease"


def held(lease: Path) -> int:
    descriptor = take_lease(lease)
    assert descriptor is not None
    return descriptor


def test_lease_lives_as_long_as_the_process_that_inherited_it(lease: Path) -> None:
    descriptor = held(lease)
    with subprocess.Popen(["sleep", "60"], pass_fds=(descriptor,)) as heir:
        os.close(descriptor)
        assert is_taken(lease)
        heir.kill()
        wait_until(lambda: not is_taken(lease))


def test_lease_is_not_inherited_unasked(lease: Path) -> None:
    descriptor = held(lease)
    with subprocess.Popen(["sleep", "60"], close_fds=False) as stranger:
        os.close(descriptor)
        assert not is_taken(lease)
        stranger.kill()


def test_missing_lease_is_free_and_looking_makes_no_file(lease: Path) -> None:
    assert not is_taken(lease)
    assert not lease.exists()


def test_those_who_look_do_not_take_each_other_for_the_server(lease: Path) -> None:
    lease.touch()
    script = (
        "import fcntl,sys,time; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_SH);"
        "print(flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(lease)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as looker:
        assert looker.stdout
        looker.stdout.readline()
        assert not is_taken(lease)
        looker.kill()


def test_lease_is_taken_in_spite_of_somebody_who_looks(lease: Path) -> None:
    with ExitStack() as looking:
        looking.enter_context(hold_shared(lease))
        timer = threading.Timer(0.1, looking.pop_all().close)
        timer.start()
        os.close(held(lease))
        timer.join()


def test_lease_of_a_living_server_is_refused(lease: Path) -> None:
    descriptor = held(lease)
    assert take_lease(lease) is None
    os.close(descriptor)


def test_users_are_seen_while_there_are_any(lease: Path) -> None:
    with hold_shared(lease):
        with hold_shared(lease):
            assert has_users(lease)
        assert has_users(lease)
        assert not is_taken(lease)
    assert not has_users(lease)


def test_lock_that_is_not_free_in_time_names_its_holder(lease: Path) -> None:
    with (
        hold_lock(lease, purpose="dev up", timeout_s=1),
        pytest.raises(LocalServerError) as caught,
        hold_lock(lease, purpose="dev down", timeout_s=0.05),
    ):
        pytest.fail("two hold the lock")
    assert caught.value.code == "state-locked"
    assert f"(dev up, pid {os.getpid()}), waited 0.05 s" in caught.value.message


def test_lock_of_a_removed_file_is_not_enough(lease: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter_and_remove() -> None:
        for number in range(150):
            with hold_lock(lease, purpose="test", timeout_s=20):
                inside.append(number)
                most.append(len(inside))
                inside.pop()
                lease.unlink()

    threads = [threading.Thread(target=enter_and_remove) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 600
    assert max(most) == 1


def test_lock_brings_its_folder_back(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "lock"
    with hold_lock(path, purpose="dev up", timeout_s=1):
        assert path.read_text() == f"dev up, pid {os.getpid()}"


def test_lock_that_cannot_be_made_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(LocalServerError, match="file: a file is in its place") as caught,
        hold_lock(tmp_path / "file" / "lock", purpose="dev up", timeout_s=1),
    ):
        pytest.fail("it is locked")
    assert caught.value.code == "state-unwritable"
