"""A peer that answers as much of the Docker API as `docker create` asks for"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Engine:
    """Where the peer listens, and the bodies of the containers that it was asked to create"""

    host: str = ""
    created: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def open_engine() -> Iterator[Engine]:
    engine = Engine()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer({})

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            engine.created.append(json.loads(self.rfile.read(length)))
            self._answer({"Id": "0123456789ab", "Warnings": []}, status=201)

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, body: dict[str, Any], status: int = 200) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Api-Version", "1.43")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        engine.host = f"tcp://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield engine
        server.shutdown()
        thread.join()
