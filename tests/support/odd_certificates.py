"""A CA and a server's certificate as openssl makes them of any list of extensions"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

CA_EXTENSIONS: Final = (
    "basicConstraints = critical,CA:TRUE",
    "keyUsage = critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier = hash",
)
LEAF_EXTENSIONS: Final = (
    "basicConstraints = CA:FALSE",
    "keyUsage = digitalSignature",
    "extendedKeyUsage = serverAuth",
    "authorityKeyIdentifier = keyid",
    "subjectAltName = DNS:localhost,IP:127.0.0.1",
)
_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def write_pair(
    folder: Path,
    *,
    ca: tuple[str, ...] = CA_EXTENSIONS,
    leaf: tuple[str, ...] = LEAF_EXTENSIONS,
    digest: str = "sha256",
) -> None:
    """Write ca.pem, server.pem and server.key with these extensions and no others"""
    require_tool("openssl")
    _write_config(folder / "ca.cnf", "odd CA", ca)
    _write_config(folder / "leaf.cnf", "localhost", leaf)
    authority = ("-config", "ca.cnf", "-keyout", "ca.key", "-out", "ca.pem")
    _openssl(folder, "req", "-x509", "-days", "30", *_KEY, *authority)
    request = ("-config", "leaf.cnf", "-keyout", "server.key", "-out", "leaf.csr")
    _openssl(folder, "req", "-new", *_KEY, *request)
    signer = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", f"-{digest}")
    added = ("-extfile", "leaf.cnf", "-extensions", "extensions") if leaf else ()
    result = ("-days", "30", "-out", "server.pem")
    _openssl(folder, "x509", "-req", "-in", "leaf.csr", *signer, *added, *result)


def write_single(folder: Path) -> None:
    """Write one certificate that is CA and server at once"""
    write_pair(folder)
    extensions = (*CA_EXTENSIONS, LEAF_EXTENSIONS[-1])
    _write_config(folder / "single.cnf", "localhost", extensions)
    place = ("-config", "single.cnf", "-keyout", "server.key", "-out", "server.pem")
    _openssl(folder, "req", "-x509", "-days", "30", *_KEY, *place)
    (folder / "ca.pem").write_bytes((folder / "server.pem").read_bytes())


def without(extensions: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the extensions but one"""
    rest = tuple(each for each in extensions if not each.startswith(name))
    # openssl adds key identifiers by itself, unless it is told not to.
    return (*rest, f"{name} = none") if name.endswith("KeyIdentifier") else rest


def _write_config(path: Path, name: str, extensions: tuple[str, ...]) -> None:
    lines = ["[req]", "distinguished_name = name", "prompt = no"]
    lines += ["x509_extensions = extensions"] if extensions else []
    lines += ["[name]", f"CN = {name}"]
    lines += ["[extensions]", *extensions] if extensions else []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
