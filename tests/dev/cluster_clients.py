"""Clients of a cluster that a test has started, and what its nodes are doing"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import json
from typing import TYPE_CHECKING, Any

import iterapp_nats
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.dev.accounts.variables import load_variables
from iterapp_nats.dev.inspection import Condition, inspect
from iterapp_nats.dev.plan import ServerOptions

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from iterapp_nats.client.connection import Connection
    from tests.dev.dev_project import DevProject

COMMAND = ConnectPolicy.for_command()
THREE = ServerOptions(port=0, nodes=3)


def environ(project: DevProject, url: str | None = None) -> dict[str, str]:
    variables = load_variables(project.state_folder, project.state)
    given = {name: value.reveal() for name, value in variables.items()}
    return given | ({"NATS_URL": url} if url else {})


def connect(project: DevProject, url: str | None = None) -> AbstractAsyncContextManager[Connection]:
    return iterapp_nats.connect(environ=environ(project, url), policy=COMMAND)


def node_conditions(project: DevProject) -> list[Condition]:
    return [node.condition for node in inspect(project.state_folder).nodes]


async def ask(
    connection: Connection, subject: str, payload: str = "", timeout_s: float = 5
) -> dict[str, Any]:
    reply = await connection.request(subject, payload.encode(), timeout_s=timeout_s)
    answer: dict[str, Any] = json.loads(reply.payload)
    assert "error" not in answer, answer
    return answer


def create_stream(project: DevProject, name: str, *, replicas: int = 1) -> None:
    config = {"name": name, "subjects": [name], "num_replicas": replicas}
    asyncio.run(_ask(project, f"$JS.API.STREAM.CREATE.{name}", json.dumps(config)))


def stream_names(project: DevProject) -> list[str]:
    """Return the streams that there are, also those that have no leader yet"""
    names = asyncio.run(_ask(project, "$JS.API.STREAM.NAMES"))["streams"]
    return sorted(names or [])


async def _ask(project: DevProject, subject: str, payload: str = "") -> dict[str, Any]:
    async with connect(project) as connection:
        return await ask(connection, subject, payload)
