"""What the system user may do to the clients of a real server"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from typing import TYPE_CHECKING

from iterapp_nats.client.connection import open_connection
from iterapp_nats.dev.accounts.system_requests import kick, list_guests
from iterapp_nats.dev.accounts.system_user import system_settings
from tests.dev.cluster_clients import COMMAND, connect

if TYPE_CHECKING:
    from tests.dev.dev_project import DevProject


def test_client_that_has_left_is_no_obstacle_to_the_next(project: DevProject) -> None:
    project.up()

    async def work() -> None:
        settings = system_settings(project.state_folder, project.state)
        async with open_connection(settings, COMMAND, name="system") as system:
            async with connect(project):
                (gone,) = await list_guests(system)
            while await list_guests(system):  # noqa: ASYNC110 - only the server knows that it has left
                await asyncio.sleep(0.01)
            async with connect(project):
                (guest,) = await list_guests(system)
                await kick(system, gone)
                assert await list_guests(system) == (guest,)
                await kick(system, guest)
                assert guest not in await list_guests(system)

    asyncio.run(asyncio.wait_for(work(), 20))
