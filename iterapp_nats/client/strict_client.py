"""nats-py's client, made strict about TLS; the one module that knows private names of nats-py

nats-py 2.16 connects in plaintext when a server offers no TLS or does not insist on it, also when a
TLS context is given, and sends the login along. Two of its methods are overridden to prevent that.
A release without these names is not trusted with a connection that must be encrypted.

This module is imported inside functions only, because it loads nats-py.
"""

# ruff: noqa: SLF001 - the private names are collected here so that nobody else touches one

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nats.aio.client import Client  # noqa: TID253 - this module itself is imported on use
from nats.errors import SecureConnRequiredError, SecureConnWantedError  # noqa: TID253 - as above

from iterapp_nats.client.greeting import ServerInfo, server_info

if TYPE_CHECKING:
    from asyncio import StreamWriter

    from iterapp_nats.headers import Headers

CAN_ENFORCE_TLS: Final = hasattr(Client, "_process_info") and hasattr(Client, "_connect_command")


class StrictClient(Client):
    """A client that sends no login over plaintext once `wants_tls` is set

    This holds for the first connection and for each later one.
    """

    wants_tls: bool = False
    farewell: str = ""
    """The last -ERR text; nats-py forgets it when the end of the stream comes right behind"""

    async def _process_err(self, err_msg: str) -> None:
        self.farewell = err_msg
        await super()._process_err(err_msg)

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        if self.wants_tls and initial_connection:
            if not (info.get("tls_required") or info.get("tls_available")):
                raise SecureConnWantedError
            # nats-py looks at this field alone, so that a server with allow_non_tls gets plaintext.
            info["tls_required"] = True
        await super()._process_info(info, initial_connection)

    def _connect_command(self) -> bytes:
        if self.wants_tls and not is_encrypted(self):
            raise SecureConnRequiredError
        command: bytes = super()._connect_command()
        return command

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        headers = Client._parse_header_lines(raw)
        return _RepeatedHeaders(headers, _header_pairs(raw))


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
    return getattr(headers, "pairs", None) or tuple(headers.items())


def is_encrypted(client: Client) -> bool:
    """Tell whether the client's present connection runs over TLS"""
    writer = _writer(client)
    return writer is not None and writer.get_extra_info("ssl_object") is not None


def present_server(client: Client) -> ServerInfo | None:
    """Return what the server of the present connection said about itself"""
    info = getattr(client, "_server_info", None)
    return server_info(info) if info else None


def abort(client: Client) -> None:
    """Drop the connection without a word; `close` of nats-py hangs after a failed TLS handshake"""
    writer = _writer(client)
    if writer is not None:
        writer.transport.abort()


def _writer(client: Client) -> StreamWriter | None:
    return getattr(getattr(client, "_transport", None), "_io_writer", None)


def _header_pairs(raw: bytes) -> Headers:
    pairs = (line.partition(b":") for line in raw.split(b"\r\n"))
    return tuple(
        (name.decode("utf-8", "replace").strip(), value.decode("utf-8", "replace").strip())
        for name, colon, value in pairs
        if colon
    )
