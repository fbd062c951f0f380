"""Commands that run beside a test"""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.cli import Ended, start_cli

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


@contextmanager
def running(
    *argv: str, cwd: Path, environ: Mapping[str, str], **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A sub or reply that the server knows before the block begins"""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    process = start_cli(*argv, cwd=cwd, environ=environ, **streams)
    assert process.stderr
    try:
        first = process.stderr.readline()
        assert b"listening" in first or b"answering" in first, first + process.stderr.read()
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def fed(*argv: str, cwd: Path, environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A command that reads what the block feeds it"""
    process = start_cli(
        *argv,
        cwd=cwd,
        environ=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin
    process.stdin.write(data)
    process.stdin.flush()


def finished(process: subprocess.Popen[bytes]) -> Ended:
    stdout, stderr = process.communicate(timeout=20)
    return Ended(process.returncode, stdout or b"", stderr.decode())


def read_until(descriptor: int, text: bytes) -> bytes:
    """Read from a terminal until the text, or to the end where there is none"""
    seen = b""
    while not text or text not in seen:
        try:
            block = os.read(descriptor, 65536)
        except OSError:
            break
        seen += block
    return seen


def send_frames(url: str, pieces: Iterable[bytes]) -> None:
    """Write to a server what no client would, or faster than any; it has seen all at the end"""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.recv(65536)
        connection.sendall(b'CONNECT {"verbose":false}\r\n')
        for piece in pieces:
            connection.sendall(piece)
        connection.sendall(b"PING\r\n")
        while b"PONG" not in connection.recv(65536):
            continue
