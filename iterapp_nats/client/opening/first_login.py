"""One login on a plain socket: the proof that a server which was just started can be used

Neither asyncio nor nats-py is loaded, because a person waits for `dev up`.
"""

from __future__ import annotations

import json
import socket
import time
from base64 import urlsafe_b64encode
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from os import urandom
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.greeting import MAX_GREETING_BYTES, parse_greeting
from iterapp_nats.client.translate import Phase, connect_error, server_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from iterapp_nats.secret import Secret
    from iterapp_nats.security.creds import Creds
    from iterapp_nats.server_url import ServerUrl

_NAME: Final = "iterapp-nats"
_MIN_WAIT_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class FirstIdentity:
    """Who logs in, and what the server's certificate is checked by"""

    creds: Creds
    ca_file: Path


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """Who logs in to a plain server"""

    user: str
    password: Secret


def prove_login(url: ServerUrl, creds: Creds, ca_file: Path, timeout_s: float) -> None:
    """Log in once over TLS and hang up

    Raises:
        Unreachable: no connection within `timeout_s`, or a certificate that is not trusted
        Refused: `login-refused`

    """
    with _logged_in(url, FirstIdentity(creds, ca_file), time.monotonic() + timeout_s):
        pass


def ask_once(
    url: ServerUrl,
    identity: FirstIdentity | FirstPassword | None,
    subject: str,
    timeout_s: float,
    *,
    payload: bytes = b"",
) -> bytes:
    """Log in, send one request and return the payload of its answer

    Without an identity, or with a password, the server is plain.

    Raises:
        Unreachable: no connection, or no answer, within `timeout_s`
        Refused: `login-refused`

    """
    deadline = time.monotonic() + timeout_s
    inbox = f"_INBOX.{int.from_bytes(urandom(12), 'big'):x}"
    with _logged_in(url, identity, deadline) as connection:
        request = f"SUB {inbox} 1\r\nPUB {subject} {inbox} {len(payload)}\r\n"
        connection.sendall(request.encode() + payload + b"\r\n")
        while not (line := _read_line(connection, deadline)).startswith((b"MSG ", b"HMSG ")):
            pass
        size = int(line.rpartition(b" ")[2])
        return b"".join(_read(connection, size, deadline))


@contextmanager
def _logged_in(
    url: ServerUrl, identity: FirstIdentity | FirstPassword | None, deadline: float
) -> Iterator[socket.socket]:
    place, phase = str(url), Phase.TCP
    try:
        patience_s = max(_MIN_WAIT_S, deadline - time.monotonic())
        with socket.create_connection((url.host, url.port), patience_s) as plain:
            # The login is a second small write behind the handshake: Nagle would hold it for 40 ms.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            info = parse_greeting(_read_line(plain, deadline), place)
            phase = Phase.TLS
            trust = identity if isinstance(identity, FirstIdentity) else None
            with _encrypted(plain, url, trust) as connection:
                phase = Phase.LOGIN
                connection.sendall(_login(identity, info.nonce))
                while (answer := _read_line(connection, deadline)).startswith(b"INFO"):
                    pass
                if answer != b"PONG":
                    said = answer.removeprefix(b"-ERR").decode(errors="replace")
                    raise server_error(said, place)
                yield connection
    except OSError as error:
        raise connect_error(error, place, phase) from error


def _encrypted(
    plain: socket.socket, url: ServerUrl, identity: FirstIdentity | None
) -> AbstractContextManager[socket.socket]:
    if identity is None:
        return nullcontext(plain)
    import ssl

    trust = ssl.create_default_context(cafile=str(identity.ca_file))
    return trust.wrap_socket(plain, server_hostname=url.host)


def _read_line(connection: socket.socket, deadline: float) -> bytes:
    # Byte by byte: what follows the line belongs to TLS, or to the next line.
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < MAX_GREETING_BYTES:
        connection.settimeout(max(_MIN_WAIT_S, deadline - time.monotonic()))
        if not (byte := connection.recv(1)):
            raise ConnectionResetError
        line += byte
    return bytes(line.rstrip())


def _read(connection: socket.socket, size: int, deadline: float) -> Iterator[bytes]:
    while size:
        connection.settimeout(max(_MIN_WAIT_S, deadline - time.monotonic()))
        if not (block := connection.recv(size)):
            raise ConnectionResetError
        size -= len(block)
        yield block


def _login(identity: FirstIdentity | FirstPassword | None, nonce: str) -> bytes:
    options: dict[str, object] = {
        "name": _NAME,
        "lang": "python",
        "version": "",
        "verbose": False,
        "pedantic": False,
    }
    if isinstance(identity, FirstPassword):
        options["user"], options["pass"] = identity.user, identity.password.reveal()
    elif identity:
        from iterapp_nats.security.nkey import KeyPair

        signature = KeyPair.from_seed(identity.creds.seed).sign(nonce.encode())
        options["jwt"] = identity.creds.user_jwt.reveal()
        options["sig"] = urlsafe_b64encode(signature).decode("ascii").rstrip("=")
    return f"CONNECT {json.dumps(options)}\r\nPING\r\n".encode()
