"""Clients beside the one that is tested: named ones, and one that never reads"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats.client.connection import Connection, open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.security.creds import parse_creds
from iterapp_nats.security.nkey import KeyPair
from iterapp_nats.settings import Flags, resolve_settings
from tests.support.servers import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from iterapp_nats.client.message import Message
    from tests.support.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Pod:
    """A client by name: on which server, and what it subscribes to as (subject, queue group)"""

    server: int
    interests: tuple[tuple[str, str], ...] = ()


async def ignore(_message: Message) -> None:
    """Take a message and do nothing"""


@asynccontextmanager
async def connected_pods(
    cluster: Cluster, pods: Mapping[str, Pod]
) -> AsyncIterator[dict[str, Connection]]:
    """Connect each pod; every server knows their subscriptions"""
    async with AsyncExitStack() as stack:
        connections = {}
        for name, pod in pods.items():
            flags = Flags(cluster.servers[pod.server].url, str(cluster.mode.creds_path))
            opening = open_connection(
                resolve_settings(flags, []), ConnectPolicy.for_command(), name=name
            )
            connections[name] = await stack.enter_async_context(opening)
            for subject, queue in pod.interests:
                await connections[name].subscribe(subject, ignore, queue=queue)
        yield connections


@contextlib.contextmanager
def deaf_client(port: int, creds_text: str, name: str, subject: str) -> Iterator[socket.socket]:
    """A client that subscribes and never reads: the server cuts it when too much waits"""
    creds = parse_creds(creds_text)
    with socket.create_connection((HOST, port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lines = connection.makefile("rb")
        nonce = json.loads(lines.readline().partition(b" ")[2])["nonce"]
        signature = KeyPair.from_seed(creds.seed).sign(nonce.encode())
        login = {
            "jwt": creds.user_jwt.reveal(),
            "sig": base64.urlsafe_b64encode(signature).decode().rstrip("="),
            "name": name,
            "lang": "go",
            "version": "1.40.0",
            "verbose": False,
            "protocol": 1,
        }
        connection.sendall(f"CONNECT {json.dumps(login)}\r\nSUB {subject} 1\r\nPING\r\n".encode())
        assert lines.readline().startswith(b"PONG")
        yield connection
