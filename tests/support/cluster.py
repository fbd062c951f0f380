"""Three real servers that are one cluster, in operator mode, and clients with names of their own"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.greeting import read_greeting
from tests.support.operator_mode import OperatorMode, build_operator_mode
from tests.support.servers import HOST, READY_S, RunningServer, free_port, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NODES: Final = ("n0", "n1", "n2")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The servers in the order of `NODES`, and what to log in with"""

    servers: tuple[RunningServer, ...]
    mode: OperatorMode

    @property
    def environ(self) -> dict[str, str]:
        """The platform's variables, for the first server"""
        return {
            "NATS_URL": self.servers[0].url,
            "NATS_CREDENTIALS_FILE": str(self.mode.creds_path),
        }


@contextlib.contextmanager
def run_cluster(folder: Path, config: str = "") -> Iterator[Cluster]:
    """Run a cluster of which every server knows every other; `config` goes into each of them"""
    mode = build_operator_mode(folder)
    ports = tuple(free_port() for _ in NODES)
    with contextlib.ExitStack() as stack:
        servers = tuple(
            stack.enter_context(_run_node(folder / name, mode, name, ports, config))
            for name in NODES
        )
        _wait_joined(servers)
        yield Cluster(servers, mode)


def _run_node(
    folder: Path, mode: OperatorMode, name: str, ports: tuple[int, ...], config: str
) -> contextlib.AbstractContextManager[RunningServer]:
    folder.mkdir()
    routes = ", ".join(f'"nats://{HOST}:{port}"' for port in ports)
    own = ports[NODES.index(name)]
    cluster = f'cluster {{ name: east, listen: "{HOST}:{own}", routes: [{routes}] }}'
    lines = (mode.config_path.read_text(), f"server_name: {name}", cluster, config)
    return run_server(folder, "\n".join(lines))


def _wait_joined(servers: tuple[RunningServer, ...]) -> None:
    deadline = time.monotonic() + READY_S
    for server in servers:
        while len(read_greeting(HOST, server.port, READY_S).connect_urls) < len(servers):
            assert time.monotonic() < deadline, "the servers do not find each other"
            time.sleep(0.01)
