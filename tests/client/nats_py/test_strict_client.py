"""The last line of defence, which a server cannot be made to reach through the client of today"""

# ruff: noqa: SLF001 - what is under test overrides private names of nats-py

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from contextlib import suppress

import pytest
from nats.errors import SecureConnRequiredError  # noqa: TID253 - as above

from iterapp_nats.client.nats_py.strict_client import StrictClient, end_tasks
from tests.client.connecting import run


def test_no_login_is_made_for_a_connection_without_tls() -> None:
    async def work() -> None:
        client = StrictClient()
        client.wants_tls = True
        with pytest.raises(SecureConnRequiredError):
            client._connect_command()

    run(work())


def test_a_task_that_misses_being_cancelled_is_cancelled_again() -> None:
    async def miss_once() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        await asyncio.sleep(30)

    async def work() -> None:
        client = StrictClient()
        task = asyncio.create_task(miss_once())
        client._reconnection_task = task
        await asyncio.sleep(0)
        await end_tasks(client, timeout_s=1)
        assert task.cancelled()

    run(work())


def test_a_task_that_refuses_to_end_does_not_hold_the_exit() -> None:
    async def refuse(ended: asyncio.Event) -> None:
        while not ended.is_set():
            with suppress(asyncio.CancelledError):
                await ended.wait()

    async def work() -> None:
        client, ended = StrictClient(), asyncio.Event()
        task = asyncio.create_task(refuse(ended))
        client._reading_task = task
        await asyncio.sleep(0)
        async with asyncio.timeout(2):
            await end_tasks(client, timeout_s=0.2)
        assert not task.done()
        ended.set()
        await task

    run(work())
