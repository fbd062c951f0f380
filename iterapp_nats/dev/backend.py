"""What every way of running a server must be able to do"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from iterapp_nats.dev.state import ServerState, StateFolder


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

    def start(self, folder: StateFolder, state: ServerState, *, lease: int) -> StartedServer:
        """Start the server of `state` with the configuration in `folder`

        It returns at once; the server takes over `lease`, an open and locked descriptor.
        """
