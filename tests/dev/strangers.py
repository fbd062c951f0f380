"""Programs that are not our server: they listen on a port, or stand in for nats-server"""

from __future__ import annotations

import contextlib
import socket
import stat
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A server that answers with the INFO of nats-server and does not end on TERM.
STUBBORN = f"""#!{sys.executable}
import json, re, signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
text = open(sys.argv[4]).read()
port = int(re.search(r'listen: "[^:]*:(\\d+)"', text)[1])
listener = socket.create_server(("127.0.0.1", port))
while True:
    connection, _ = listener.accept()
    info = dict(server_name=sys.argv[2], version="2.0.0")
    connection.sendall(b"INFO " + json.dumps(info).encode() + b"\\r\\n")
    connection.close()
"""
# Says its version, and then nothing any more.
SILENT = f"""#!{sys.executable}
import signal, sys
print("nats-server: v2.15.1") if "--version" in sys.argv else signal.pause()
"""
FAILING = "#!/bin/sh\necho '[1] 2026/01/01 [FTL] the moon is full' >&2\nexit 1\n"
# Takes every configuration as long as it need not run it.
FAILING_LATER = FAILING.replace("echo", '[ "$1" = -t ] && exit 0\necho', 1)
WORDLESS = "#!/bin/sh\nexit 4\n"
UNREADABLE = "no program at all"


def write_program(folder: Path, text: str) -> Path:
    path = folder / "stand-in"
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@contextlib.contextmanager
def listening(greeting: bytes = b"", port: int = 0) -> Iterator[int]:
    """Greet everybody on a port of 127.0.0.1, and yield the port"""
    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=_greet, args=(listener, greeting))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _greet(listener: socket.socket, greeting: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(greeting)
