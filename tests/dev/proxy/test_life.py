"""The process of a proxy: one at a time, found again, ended for good, useless to strangers"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.proxy.control import count_connections, order_fault
from iterapp_nats.dev.proxy.life import start_proxy, stop_proxy
from iterapp_nats.dev.proxy.link_fault import LinkFault, LinkTrouble
from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.dev.state import StateFolder
from iterapp_nats.errors import LocalServerError
from tests.dev.dev_project import is_alive, wait_until
from tests.support.servers import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StateFolder]:
    folder = StateFolder(tmp_path / "shop" / ".iterapp-nats").create()
    yield folder
    stop_proxy(folder)


@pytest.fixture
def target() -> Iterator[int]:
    """A port on which somebody listens"""
    with socket.create_server((HOST, 0)) as listener:
        yield listener.getsockname()[1]


def pid_of(folder: StateFolder) -> int:
    return int(ProxyFiles(folder).pid_file.read_text())


def test_second_start_finds_the_first(folder: StateFolder, target: int) -> None:
    state = start_proxy(folder, target)
    assert start_proxy(folder, target) == state
    assert ProxyFiles(folder).find_running() == state


def test_stop_ends_the_process_and_forgets_it(folder: StateFolder, target: int) -> None:
    start_proxy(folder, target)
    pid = pid_of(folder)
    assert stop_proxy(folder)
    assert not is_alive(pid)
    assert ProxyFiles(folder).find_running() is None
    assert not stop_proxy(folder)


def test_proxy_that_was_killed_is_replaced_at_the_same_port(
    folder: StateFolder, target: int
) -> None:
    state = start_proxy(folder, target)
    os.kill(pid_of(folder), signal.SIGKILL)
    wait_until(lambda: ProxyFiles(folder).find_running() is None)
    assert start_proxy(folder, target, state.port).port == state.port


def test_stopped_proxy_is_ended_all_the_same(folder: StateFolder, target: int) -> None:
    start_proxy(folder, target)
    pid = pid_of(folder)
    os.kill(pid, signal.SIGSTOP)
    assert stop_proxy(folder)
    assert not is_alive(pid)


def test_another_target_means_another_proxy_at_the_same_port(
    folder: StateFolder, target: int
) -> None:
    first = start_proxy(folder, target)
    second = start_proxy(folder, target + 1, first.port)
    assert (second.port, second.target_port) == (first.port, target + 1)
    assert second.generation != first.generation


def test_stranger_without_the_token_is_told_nothing(folder: StateFolder, target: int) -> None:
    state = start_proxy(folder, target)
    for order in (b'{"token": "guess", "fault": null}\n', b"{}\n", b"nonsense\n", b"[1]\n", b"7\n"):
        with socket.create_connection((HOST, state.control_port)) as connection:
            connection.sendall(order)
            connection.settimeout(5)
            assert connection.recv(100) == b""
    assert asyncio.run(count_connections(state)) == 0


def test_one_fault_at_a_time(folder: StateFolder, target: int) -> None:
    state = start_proxy(folder, target)
    fault = LinkFault(LinkTrouble.PARTITION)

    async def story() -> str:
        async with order_fault(state, fault):
            with pytest.raises(LocalServerError) as caught:
                async with order_fault(state, fault):
                    pass
        async with order_fault(state, fault) as report:
            assert report.connections == 0
        return caught.value.code

    assert asyncio.run(story()) == "fault-busy"


def test_token_stands_in_a_private_file_and_on_no_command_line(
    folder: StateFolder, target: int
) -> None:
    state = start_proxy(folder, target)
    files = ProxyFiles(folder)
    assert files.state_file.stat().st_mode & 0o777 == 0o600
    with open(f"/proc/{pid_of(folder)}/cmdline", "rb") as line:  # noqa: PTH123 - as a stranger would
        assert state.token.reveal().encode() not in line.read()
