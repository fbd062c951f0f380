"""A page in a real browser talks to the local server through its port for browsers"""

from __future__ import annotations

import http.server
import json
import os
import queue
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cli import run_cli
from tests.support.tools import require_file, require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dev.dev_project import DevProject

ROOT = Path(__file__).parent.parent.parent
LIBRARY = ROOT / ".cache" / "ci" / "clients" / "node" / "node_modules" / "nats.ws" / "esm"
PATIENCE_S = 45
PAGE = """<!doctype html>
<script type="module">
const tell = (what) => fetch("/told", { method: "POST", body: JSON.stringify(what) });
try {
  const { connect, credsAuthenticator, StringCodec } = await import("/nats.js");
  const { servers, creds } = await (await fetch("/settings")).json();
  const authenticator = creds && credsAuthenticator(new TextEncoder().encode(creds));
  const connection = await connect({ servers, authenticator, maxReconnectAttempts: 0 });
  const text = StringCodec();
  connection.subscribe("browser.hello", {
    callback: (_, message) => message.respond(text.encode("hello from a page")),
  });
  await connection.flush();
  await tell({ server: connection.info.server_name });
} catch (error) {
  await tell({ error: String(error) });
}
</script>
"""


class Site:
    """The page, the library beside it, and what the page tells"""

    def __init__(self, settings: dict[str, str | None]) -> None:
        self.files = {
            "/": ("text/html", PAGE.encode()),
            "/nats.js": ("text/javascript", (LIBRARY / "nats.js").read_bytes()),
            "/settings": ("application/json", json.dumps(settings).encode()),
        }
        self.told: queue.Queue[dict[str, Any]] = queue.Queue()


@contextmanager
def serve(site: Site) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = site.files.get(self.path, ("text/plain", b""))
            self._answer(kind, content)

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            site.told.put(json.loads(self.rfile.read(size)))
            self._answer("text/plain", b"")

        def _answer(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@contextmanager
def browse(url: str, home: Path, ca_file: str | None) -> Iterator[None]:
    """Show a page in a browser that trusts a CA beside those it knows"""
    if ca_file:
        store = home / ".pki" / "nssdb"
        store.mkdir(parents=True)
        certutil = [require_tool("certutil"), "-d", f"sql:{store}"]
        subprocess.run([*certutil, "-N", "--empty-password"], check=True)
        adding = [*certutil, "-A", "-n", "dev", "-t", "C,,", "-i", ca_file]
        subprocess.run(adding, check=True)
    command = [
        require_tool("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
        "--disable-dev-shm-usage", f"--user-data-dir={home / 'profile'}",
        # No word to anybody outside.
        "--disable-background-networking", "--disable-component-update", "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--remote-debugging-pipe", url,
    ]  # fmt: skip
    environ = {**os.environ, "HOME": str(home), "CHROMIUM_FLAGS": ""}
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["sh", "-c", 'exec "$@" 3<&0 4>/dev/null', "-", *command],
        env=environ,
        stdin=reading,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as browser:
        os.close(reading)
        try:
            yield
        finally:
            # The end of the pipe is the end of the browser, with all its processes.
            os.close(writing)
            browser.wait(PATIENCE_S)


@pytest.mark.parametrize("mode", ["--plain", "--secure"])
def test_page_answers_a_request(mode: str, shop: DevProject, tmp_path: Path) -> None:
    require_file(str(LIBRARY), of="what .ci/run clients makes")
    shop.up("--port", "0", mode, "--websocket")
    state = shop.state
    secure = state.default_account is not None
    folder = shop.state_folder.path
    creds = (folder / "creds" / "shop-local.creds").read_text() if secure else None
    site = Site({"servers": state.websocket_url, "creds": creds})
    ca_file = str(folder / "tls" / "ca.pem") if secure else None
    with serve(site) as url, browse(url, tmp_path / "home", ca_file):
        assert site.told.get(timeout=PATIENCE_S) == {"server": state.generation}
        ended = run_cli("request", "browser.hello", "", cwd=shop.folder)
        assert (ended.code, ended.text) == (0, "hello from a page\n")


def test_page_that_does_not_trust_the_server_gets_no_connection(
    shop: DevProject, tmp_path: Path
) -> None:
    require_file(str(LIBRARY), of="what .ci/run clients makes")
    shop.up("--port", "0", "--secure", "--websocket")
    site = Site({"servers": shop.state.websocket_url, "creds": None})
    with serve(site) as url, browse(url, tmp_path / "home", None):
        assert "error" in site.told.get(timeout=PATIENCE_S)
