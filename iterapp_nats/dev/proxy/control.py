"""How faults are ordered: a line of JSON each way, over a port of this machine

    -> {"token": "…", "fault": "{…}"}          or without a fault, to ask whether it is there
    <- {"connections": 2}                      the fault is on
    -> end                                     or the end of the stream
    <- {"connections": 1, "resets": 1, "dropped_bytes": 4096}

A fault is on as long as its connection lasts, so that a command that dies leaves none behind.
"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import contextlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.dev.plan import HOST
from iterapp_nats.dev.proxy.link_fault import parse_fault, render_fault
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from iterapp_nats.dev.proxy.link_fault import LinkFault
    from iterapp_nats.dev.proxy.listener import FaultProxy
    from iterapp_nats.dev.proxy.state import ProxyState
    from iterapp_nats.secret import Secret

_TIMEOUT_S: Final = 5.0
_END: Final = b"end\n"


@dataclass(slots=True)
class FaultReport:
    """What a fault met: connections at its begin, and at its end what became of them"""

    connections: int
    resets: int = 0
    dropped_bytes: int = 0


class ControlDesk:
    """The proxy's side: takes orders from whoever knows the token"""

    def __init__(self, proxy: FaultProxy, token: Secret) -> None:
        self._proxy = proxy
        self._token = token
        self._is_busy = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry out one order; nothing is said to somebody without the token"""
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            order = json.loads(await asyncio.wait_for(reader.readline(), _TIMEOUT_S))
            if hmac.compare_digest(str(order["token"]), self._token.reveal()):
                await self._carry_out(order.get("fault"), reader, writer)
        writer.close()

    async def _carry_out(
        self, text: str | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if text is None:
            _send(writer, {"connections": self._proxy.connections})
            return
        if self._is_busy:
            _send(writer, {"error": "another fault is on"})
            return
        fault = parse_fault(text)
        resets, dropped_bytes = self._proxy.resets, self._proxy.weather.dropped_bytes
        connections = self._proxy.connections
        self._is_busy = True
        try:
            self._proxy.begin(fault)
            _send(writer, {"connections": connections})
            await reader.readline()
        finally:
            self._proxy.end()
            self._is_busy = False
        _send(
            writer,
            {
                "connections": self._proxy.connections,
                "resets": self._proxy.resets - resets,
                "dropped_bytes": self._proxy.weather.dropped_bytes - dropped_bytes,
            },
        )


@contextlib.asynccontextmanager
async def order_fault(state: ProxyState, fault: LinkFault) -> AsyncIterator[FaultReport]:
    """Let a fault be on as long as the block lasts; at its end the report is complete

    Raises:
        LocalServerError: `proxy-silent`, `fault-busy`

    """
    reader, writer = await _reach(state)
    try:
        begun = await _ask(state, reader, writer, render_fault(fault))
        report = FaultReport(int(begun["connections"]))
        yield report
        writer.write(_END)
        ended = await _answer(reader)
        report.resets = int(ended["resets"])
        report.dropped_bytes = int(ended["dropped_bytes"])
    finally:
        writer.transport.abort()


async def count_connections(state: ProxyState) -> int:
    """Return how many clients are connected through the proxy; raises `proxy-silent`"""
    reader, writer = await _reach(state)
    try:
        return int((await _ask(state, reader, writer, None))["connections"])
    finally:
        writer.transport.abort()


async def _reach(state: ProxyState) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.wait_for(asyncio.open_connection(HOST, state.control_port), _TIMEOUT_S)
    except (OSError, TimeoutError) as error:
        raise _silent() from error


async def _ask(
    state: ProxyState,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    fault: str | None,
) -> dict[str, Any]:
    _send(writer, {"token": state.token.reveal(), "fault": fault})
    return await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(await asyncio.wait_for(reader.readline(), _TIMEOUT_S))
    except (OSError, ValueError, TimeoutError) as error:
        raise _silent() from error
    if "error" in answer:
        raise LocalServerError(
            "fault-busy",
            f"the proxy has no time for this fault: {answer['error']}",
            hints=("wait for the other iterapp-nats dev chaos to end",),
        )
    return answer


def _send(writer: asyncio.StreamWriter, values: dict[str, object]) -> None:
    writer.write(json.dumps(values).encode() + b"\n")


def _silent() -> LocalServerError:
    return LocalServerError(
        "proxy-silent",
        "the proxy in front of the local server does not answer",
        hints=("start it anew with iterapp-nats dev down and iterapp-nats dev up --proxy",),
    )
