"""The process of a proxy: inherits its sockets, and lives until it is told to end"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module is the process itself
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.proxy.control import ControlDesk
from iterapp_nats.dev.proxy.listener import run_proxy
from iterapp_nats.dev.proxy.state import load_proxy_state

if TYPE_CHECKING:
    from iterapp_nats.dev.proxy.state import ProxyState

_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from iterapp_nats.dev.proxy.process import main; main()"
)


def command_line(listener: int, control: int, mark: list[str]) -> list[str]:
    """Return how to start a proxy; `mark` ends the line and names the state file last

    The package's place goes along, because the folder of the process is not ours.
    """
    package = Path(__file__).resolve().parents[3]
    return [sys.executable, "-I", "-c", _BOOT, str(package), str(listener), str(control), *mark]


def main() -> None:
    """Be the proxy that a command line of `command_line` describes"""
    _, _, listener, control, *mark = sys.argv
    state = load_proxy_state(Path(mark[-1]))
    if state:
        sockets = socket.socket(fileno=int(listener)), socket.socket(fileno=int(control))
        asyncio.run(_serve(state, *sockets))


async def _serve(state: ProxyState, listener: socket.socket, control: socket.socket) -> None:
    async with run_proxy(listener, state.target_port) as proxy:
        desk = ControlDesk(proxy, state.token)
        server = await asyncio.start_server(desk.serve, sock=control)
        async with server:
            # TERM ends the process; nothing is left to do then.
            await asyncio.Event().wait()
