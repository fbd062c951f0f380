"""What every way of running a server must be able to do"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.dev.engines.engine import Engine
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder


class StartedServer(Protocol):
    """A server that was just started and may still fail"""

    def death_note(self) -> str | None:
        """Return why it ended, None while it lives"""

    def release(self) -> None:
        """Let it live on without us: it answers"""

    def abandon(self) -> None:
        """End it at once, because the start failed or was interrupted"""


class Backend(Protocol):
    """One way of running nats-server"""

    @property
    def name(self) -> str:
        """The word of `--backend`"""

    @property
    def executable(self) -> str:
        """What is run: a path or an image"""

    @property
    def named_binary(self) -> str:
        """The path of the nats-server that the user has named, empty for what was found"""

    @property
    def listen_host(self) -> str:
        """The address that the server listens on, where it runs"""

    @property
    def engine(self) -> Engine | None:
        """The container engine between us and the server, None without one"""

    def route_host(self, number: int) -> str:
        """Return the host by which the other nodes of a cluster reach a node"""

    def test(self, folder: StateFolder, config_file: Path) -> str | None:
        """Let the server read a configuration; return what it says against it"""

    def prepare(self) -> None:
        """Bring what a start needs; it may take minutes"""

    def start(self, folder: StateFolder, state: ServerState, *, lease: int) -> StartedServer:
        """Start the server of `state` with the configuration in `folder`

        It returns at once; the server takes over `lease`, an open and locked descriptor.
        """
