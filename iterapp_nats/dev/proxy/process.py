"""The process of a proxy: inherits its sockets, and lives until it is told to end"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module is the process itself
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iterapp_nats.dev.proxy.control import ControlDesk
from iterapp_nats.dev.proxy.listener import run_proxy
from iterapp_nats.dev.proxy.state import load_proxy_state

if TYPE_CHECKING:
    from iterapp_nats.dev.proxy.state import ProxyState


def main() -> None:
    """Be the proxy that `life.start_proxy` describes on the command line"""
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
