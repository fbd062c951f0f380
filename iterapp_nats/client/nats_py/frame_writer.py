"""Frames for nats-py's socket, with a PING behind them; knows private names as strict_client does

nats-py builds, queues and flushes each message apart. Frames that are joined already go to its
transport in one piece, behind everything that it has still to send. Its own `flush` writes the
PING first; here the PONG means that the server has seen the frames.

This module is imported inside functions only, because it loads nats-py.
"""

# ruff: noqa: SLF001 - the private names are collected here, in block_parser and in strict_client

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import sys
from struct import Struct
from typing import TYPE_CHECKING, Final

from nats.errors import ConnectionClosedError, OutboundBufferLimitError  # noqa: TID253 - as above

from iterapp_nats.client.nats_py.block_parser import is_tried_release
from iterapp_nats.wire.frames import PING

if TYPE_CHECKING:
    from asyncio.trsock import TransportSocket

    from nats.aio.client import Client

_INT: Final = Struct("i")


class FrameWriter:
    """Writes to the present connection of a client"""

    def __init__(self, client: Client) -> None:
        self._client = client

    def write(self, frames: bytes, messages: int) -> None:
        """Send frames that hold so many messages; what the socket does not take is buffered

        Raises what `publish` of nats-py raises when it is not connected.
        """
        self._write(frames)
        self._client.stats["out_msgs"] += messages
        self._client.stats["out_bytes"] += len(frames)

    def ping(self) -> asyncio.Future[bool]:
        """Send a PING; the future is done when the server has answered it

        Do not cancel the future: nats-py stops reading when it cannot set the result.
        """
        pong: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._write(PING)
        # The answers come in the order in which nats-py, too, writes to the transport.
        self._client._pongs.append(pong)
        return pong

    def unsent(self) -> int:
        """Return how many bytes the other side has not acknowledged

        What the operating system has taken counts on Linux only.
        """
        writer = getattr(self._client._transport, "_io_writer", None)
        if writer is None:
            return 0
        buffered: int = writer.transport.get_write_buffer_size()
        return buffered + _unacknowledged(writer.get_extra_info("socket"))

    def _write(self, data: bytes) -> None:
        client = self._client
        if client.is_closed:
            raise ConnectionClosedError
        if not client.is_connected or client._transport is None:
            raise OutboundBufferLimitError
        before, client._pending, client._pending_data_size = client._pending, [], 0
        client._transport.writelines([*before, data])


def _unacknowledged(socket: TransportSocket | None) -> int:
    """Return the size of the system's queue of bytes to send (SIOCOUTQ, see tcp(7))"""
    if socket is None or sys.platform != "linux":
        return 0
    import fcntl
    import termios

    try:
        answer = fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, bytes(_INT.size))
    except OSError:
        return 0
    (size,) = _INT.unpack(answer)
    return int(size)


def frame_writer_of(client: Client) -> FrameWriter | None:
    """Return a writer for the client, None where nats-py is not as expected"""
    has_shape = (
        isinstance(getattr(client, "_pending", None), list)
        and isinstance(getattr(client, "_pongs", None), list)
        and isinstance(getattr(client, "_pending_data_size", None), int)
        and callable(getattr(getattr(client, "_transport", None), "writelines", None))
    )
    return FrameWriter(client) if has_shape and is_tried_release() else None
