"""A container registry on the loopback, from which engines pull without TLS

It knows one image, made from the nats-server of this environment, in the OCI distribution protocol:
a manifest names a configuration and one layer by their digests.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

from tests.support.servers import server_binary

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPE: Final = "application/vnd.docker."
_MANIFEST: Final = f"{_TYPE}distribution.manifest.v2+json"
_REPOSITORY: Final = "/v2/nats/"
_PATIENCE_S: Final = 30


@dataclass(slots=True)
class Registry:
    """`image` is how engines name what it has; while it is mute, nobody gets the layer"""

    image: str
    contents: dict[str, tuple[str, bytes]]
    layer: str
    is_mute: bool = False
    waiting: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def run_registry(architecture: str) -> Iterator[Registry]:
    """Serve an image for engines of an architecture in Go's words"""
    registry = _fill(architecture)

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            kind, content = registry.contents.get(self.path, ("", b"{}"))
            if registry.is_mute and self.path == registry.layer:
                registry.waiting.set()
                registry.ended.wait(_PATIENCE_S)
            self.send_response(200 if kind or self.path == "/v2/" else 404)
            self.send_header("Content-Type", kind or "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Docker-Content-Digest", _digest(content))
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.02,))
        thread.start()
        registry.image = f"127.0.0.1:{site.server_port}/nats:mine"
        try:
            yield registry
        finally:
            registry.ended.set()
            site.shutdown()
            thread.join()


def _fill(architecture: str) -> Registry:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as layer:
        layer.add(server_binary(), "nats-server")
        # An engine asks for no layer that it has from somewhere else.
        layer.addfile(tarfile.TarInfo(f"made-{os.urandom(8).hex()}"))
    packed = gzip.compress(archive.getvalue(), compresslevel=1)
    config = _json(
        {
            "architecture": architecture,
            "os": "linux",
            "config": {"Entrypoint": ["/nats-server"]},
            "rootfs": {"type": "layers", "diff_ids": [_digest(archive.getvalue())]},
        }
    )
    image_type, layer_type = f"{_TYPE}container.image.v1+json", f"{_TYPE}image.rootfs.diff.tar.gzip"
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _describe(image_type, config),
            "layers": [_describe(layer_type, packed)],
        }
    )
    blobs = f"{_REPOSITORY}blobs/"
    contents = {
        f"{_REPOSITORY}manifests/mine": (_MANIFEST, manifest),
        f"{_REPOSITORY}manifests/{_digest(manifest)}": (_MANIFEST, manifest),
        blobs + _digest(config): (image_type, config),
        blobs + _digest(packed): (layer_type, packed),
    }
    return Registry("", contents, blobs + _digest(packed))


def _describe(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "size": len(content), "digest": _digest(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _json(value: dict[str, object]) -> bytes:
    return json.dumps(value).encode()
