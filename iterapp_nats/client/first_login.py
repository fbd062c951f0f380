"""One login over TLS, on a plain socket: the proof that a server which was just started can be used

Neither asyncio nor nats-py is loaded, because a person waits for `dev up`.
"""

from __future__ import annotations

import json
import socket
import time
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.greeting import MAX_GREETING_BYTES, parse_greeting
from iterapp_nats.client.translate import Phase, connect_error, server_error
from iterapp_nats.security.nkey import KeyPair

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.security.creds import Creds
    from iterapp_nats.server_url import ServerUrl

_NAME: Final = "iterapp-nats"
_MIN_WAIT_S: Final = 0.001


def prove_login(url: ServerUrl, creds: Creds, ca_file: Path, timeout_s: float) -> None:
    """Log in once over TLS and hang up

    Raises:
        Unreachable: no connection within `timeout_s`, or a certificate that is not trusted
        Refused: `login-refused`

    """
    import ssl

    deadline = time.monotonic() + timeout_s
    place, phase = str(url), Phase.TCP
    try:
        with socket.create_connection((url.host, url.port), timeout_s) as plain:
            # The login is a second small write behind the handshake: Nagle would hold it for 40 ms.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            info = parse_greeting(_read_line(plain, deadline), place)
            phase = Phase.TLS
            trust = ssl.create_default_context(cafile=str(ca_file))
            with trust.wrap_socket(plain, server_hostname=url.host) as connection:
                phase = Phase.LOGIN
                connection.sendall(_login(creds, info.nonce))
                while (answer := _read_line(connection, deadline)).startswith(b"INFO"):
                    pass
    except OSError as error:
        raise connect_error(error, place, phase) from error
    if answer != b"PONG":
        raise server_error(answer.removeprefix(b"-ERR").decode(errors="replace"), place)


def _read_line(connection: socket.socket, deadline: float) -> bytes:
    # Byte by byte: what follows the line belongs to TLS, or to the next line.
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < MAX_GREETING_BYTES:
        connection.settimeout(max(_MIN_WAIT_S, deadline - time.monotonic()))
        if not (byte := connection.recv(1)):
            raise ConnectionResetError
        line += byte
    return bytes(line.rstrip())


def _login(creds: Creds, nonce: str) -> bytes:
    signature = KeyPair.from_seed(creds.seed).sign(nonce.encode())
    options = {
        "jwt": creds.user_jwt.reveal(),
        "sig": urlsafe_b64encode(signature).decode("ascii").rstrip("="),
        "name": _NAME,
        "lang": "python",
        "version": "",
        "verbose": False,
        "pedantic": False,
    }
    return f"CONNECT {json.dumps(options)}\r\nPING\r\n".encode()
