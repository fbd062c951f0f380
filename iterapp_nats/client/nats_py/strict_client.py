"""nats-py's client, made strict about TLS; knows private names of nats-py as block_parser does

nats-py 2.16 connects in plaintext when a server offers no TLS or does not insist on it, also when a
TLS context is given, and sends the login along. Two of its methods are overridden to prevent that;
in a release without them `Session.connect` still looks whether the connection became encrypted.

This module is imported inside functions only, because it loads nats-py.
"""

# ruff: noqa: SLF001 - the private names are collected here so that nobody else touches one

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import time
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from nats.aio.client import Client, __version__  # noqa: TID253 - as above
from nats.errors import SecureConnRequiredError, SecureConnWantedError  # noqa: TID253 - as above
from nats.protocol.parser import PERMISSIONS_ERR  # noqa: TID253 - as above

from iterapp_nats.client.events import ClientName
from iterapp_nats.client.nats_py.block_parser import WideTransport, install_block_parser
from iterapp_nats.client.opening.greeting import ServerInfo, server_info
from iterapp_nats.headers import parse_header_lines

if TYPE_CHECKING:
    from nats.aio.client import Srv

    from iterapp_nats.headers import Headers

_TASKS: Final = ("_reading_task", "_ping_interval_task", "_flusher_task", "_reconnection_task")
_CANCEL_AGAIN_S: Final = 0.05


class StrictClient(Client):
    """A client that sends no login over plaintext once `wants_tls` is set

    This holds for the first connection and for each later one.
    """

    wants_tls: bool = False
    farewell: str = ""
    """The last -ERR text that is not a refused permission

    nats-py forgets it when the end of the stream comes right behind, as it does over TLS.
    """
    dialled: int = 0
    """How many connections it has opened: by this what came over which can be told"""

    def __init__(self) -> None:
        super().__init__()
        self.login_decided = asyncio.Event()
        """Set when the server has taken or refused a login that was still open after `connect`"""
        self.blocks = install_block_parser(self)
        """What hands over messages in blocks, None in a release of nats-py that is not known"""

    async def _process_err(self, err_msg: str) -> None:
        if PERMISSIONS_ERR not in err_msg:
            self.farewell = err_msg
        self.login_decided.set()
        await super()._process_err(err_msg)

    async def _process_pong(self) -> None:
        if self.is_connecting:
            # A PING of the server came before the answer to the login, and connect() took it for
            # that: it is still to be answered.
            self._status = Client.CONNECTED
            if self._flusher_task is None or self._flusher_task.done():
                self._flusher_task = asyncio.get_running_loop().create_task(self._flusher())
            self.login_decided.set()
            await self._process_ping()
        await super()._process_pong()

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        if self.wants_tls and initial_connection:
            if not (info.get("tls_required") or info.get("tls_available")):
                raise SecureConnWantedError
            # nats-py looks at this field alone, so that a server with allow_non_tls gets plaintext.
            info["tls_required"] = True
        await super()._process_info(info, initial_connection)

    async def _connect_to_server(self, s: Srv) -> None:
        # A try to reconnect that failed during the login leaves its socket open.
        abort(self)
        if self.blocks and self._transport is None:
            self._transport = WideTransport()
        await super()._connect_to_server(s)
        self.dialled += 1

    async def _close(self, status: int, do_cbs: bool = True) -> None:
        try:
            await super()._close(status, do_cbs)
        except OSError:
            # Data that was still to be written cannot be: nats-py stops half-way, with its tasks
            # running and without a word to the callbacks.
            self._pending, self._pending_data_size = [], 0
            self._status = Client.DISCONNECTED
            await super()._close(status, do_cbs)

    def _connect_command(self) -> bytes:
        if self.wants_tls and not is_encrypted(self):
            raise SecureConnRequiredError
        _know_tls(self)
        command: bytes = super()._connect_command()
        return command

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        headers = Client._parse_header_lines(raw)
        return _RepeatedHeaders(headers, parse_header_lines(raw))


class _RepeatedHeaders(dict[str, str]):
    """nats-py's headers, which keep the last of several values, with all of them beside"""

    def __init__(self, headers: dict[str, str], pairs: Headers) -> None:
        super().__init__(headers)
        self.pairs = pairs


class OutgoingHeaders(dict[str, str]):
    """Headers for nats-py's `publish`, which asks for nothing but `items`"""

    def __init__(self, headers: Headers) -> None:
        super().__init__(headers)
        self._pairs = headers

    def items(self) -> Any:
        """Return every pair, repeated names included"""
        return self._pairs


def received_headers(headers: dict[str, str] | None) -> Headers:
    """Return the headers of a received message, repeated names included"""
    if not headers:
        return ()
    pairs: Headers | None = getattr(headers, "pairs", None)
    return pairs or tuple(_status_header(*header) for header in headers.items())


def client_version() -> str:
    """Return which client library this is, with its version"""
    return f"nats-py {__version__}"


def is_encrypted(client: Client) -> bool:
    """Tell whether the client's present connection runs over TLS"""
    writer = _writer(client)
    return writer is not None and writer.get_extra_info("ssl_object") is not None


def present_server(client: Client) -> ServerInfo | None:
    """Return what the server of the present connection said about itself"""
    info = getattr(client, "_server_info", None)
    return server_info(info) if info else None


def client_name(client: Client) -> ClientName | None:
    """Return what the server calls the present connection, or the one that was just lost"""
    server, number = present_server(client), getattr(client, "_client_id", None)
    return ClientName(server.server_id, number) if server and isinstance(number, int) else None


def abort(client: Client) -> None:
    """Drop the connection without a word; `close` of nats-py hangs after a failed TLS handshake"""
    writer = _writer(client)
    if writer is not None:
        writer.transport.abort()


async def end(client: Client, timeout_s: float) -> None:
    """Drop the connection and all that could make a new one"""
    abort(client)
    await end_tasks(client, timeout_s)
    # A try to reconnect may have opened another connection before it was cancelled.
    abort(client)


async def end_tasks(client: Client, timeout_s: float) -> None:
    """Cancel the client's own tasks until they have ended: its `close` asks once and goes on

    A task that tries to reconnect can miss being cancelled (`asyncio.wait_for` of Python 3.11
    forgets it when its result has just come), and would go on trying for ever.
    """
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        running = _running_tasks(client)
        if not running:
            return
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=_CANCEL_AGAIN_S)


def _running_tasks(client: Client) -> list[asyncio.Task[None]]:
    own = [getattr(client, name, None) for name in _TASKS]
    # A close that was interrupted has not come to the tasks of subscriptions.
    subscriptions = getattr(client, "_subs", {}).values()
    handling = [getattr(each, "_wait_for_msgs_task", None) for each in subscriptions]
    return [task for task in (*own, *handling) if task and not task.done()]


def _know_tls(client: Client) -> None:
    """Tell asyncio's protocol that it runs over TLS: it was made before, and complains at the end

    Its warning `returning true from eof_received() has no effect when using ssl` reaches a terminal
    where no logging is set up.
    """
    writer = _writer(client)
    if writer is not None and is_encrypted(client):
        vars(writer.transport.get_protocol())["_over_ssl"] = True


def _writer(client: Client) -> asyncio.StreamWriter | None:
    return getattr(getattr(client, "_transport", None), "_io_writer", None)


def _status_header(name: str, value: str) -> tuple[str, str]:
    # Of a status of the server nats-py makes headers, some with a member of an enum for a name.
    return str(name.value if isinstance(name, Enum) else name), value.strip()
