"""The rules about certificates against the libraries whose behaviour they foretell"""

from __future__ import annotations

import ssl  # noqa: TID253 - tests need not start fast
import subprocess
import time
from typing import TYPE_CHECKING, Final

import pytest

from iterapp_nats.security.certificates.reader import read_certificate, read_certificates
from iterapp_nats.security.certificates.rules import (
    Role,
    covers,
    judge_authorities,
    judge_form,
    judge_server,
)
from tests.security.samples import AUTHORITY, SERVER
from tests.support.odd_certificates import (
    CA_EXTENSIONS,
    LEAF_EXTENSIONS,
    without,
    write_pair,
    write_single,
)
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

LOOSE: Final = ("basicConstraints = CA:TRUE", *without(CA_EXTENSIONS, "basicConstraints"))
NO_AKI: Final = without(LEAF_EXTENSIONS, "authorityKeyIdentifier")
PAIRS: Final = {
    "good": (CA_EXTENSIONS, LEAF_EXTENSIONS),
    "ca-without-key-usage": (without(CA_EXTENSIONS, "keyUsage"), LEAF_EXTENSIONS),
    "ca-not-critical": (LOOSE, LEAF_EXTENSIONS),
    "ca-without-key-identifier": (without(CA_EXTENSIONS, "subjectKeyIdentifier"), NO_AKI),
    "leaf-without-authority-key": (CA_EXTENSIONS, NO_AKI),
    "leaf-without-names": (CA_EXTENSIONS, without(LEAF_EXTENSIONS, "subjectAltName")),
}
GO_PROGRAM: Final = """
package main

import ("crypto/x509"; "encoding/pem"; "fmt"; "os")

func main() {
	for _, folder := range os.Args[1:] {
		ca, _ := os.ReadFile(folder + "/ca.pem")
		text, _ := os.ReadFile(folder + "/server.pem")
		block, _ := pem.Decode(text)
		leaf, _ := x509.ParseCertificate(block.Bytes)
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(ca)
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "localhost"})
		fmt.Println(err == nil)
	}
}
"""


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp(name) for name in PAIRS}
    for name, (ca, leaf) in PAIRS.items():
        write_pair(folders[name], ca=ca, leaf=leaf)
    return folders


def refusal(folder: Path, *, strict: bool) -> str:
    """Return why OpenSSL refuses the pair, empty when it does not"""
    client = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    client.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if strict:
        client.verify_flags |= ssl.VERIFY_X509_STRICT
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem", folder / "server.key")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    try:
        for end in ends * 3:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    return ""


def complaints(folder: Path) -> list[tuple[str, str]]:
    """Return code and text of all rules that the pair breaks"""
    authorities = read_certificates((folder / "ca.pem").read_text())
    leaf = read_certificate((folder / "server.pem").read_text())
    now = int(time.time())
    found = [*judge_authorities(authorities, now), *judge_form(leaf, Role.SERVER)]
    return [(reason.code, reason.text) for reason in found]


@pytest.mark.parametrize("name", PAIRS)
def test_rules_name_exactly_what_is_odd(name: str, pairs: dict[str, Path]) -> None:
    wanted = set() if name == "good" else {name}
    if name == "ca-without-key-identifier":
        wanted.add("leaf-without-authority-key")
    assert {code for code, _ in complaints(pairs[name])} == wanted


@pytest.mark.parametrize("name", PAIRS)
def test_openssl_refuses_what_the_rules_foretell_of_python(
    name: str, pairs: dict[str, Path]
) -> None:
    foretold = any("Python 3.13" in text for _, text in complaints(pairs[name]))
    assert refusal(pairs[name], strict=False) == ""
    assert bool(refusal(pairs[name], strict=True)) == foretold


# A machine that has never compiled Go's cryptography does so first.
@pytest.mark.timeout(300)
def test_go_refuses_what_the_rules_foretell_of_go(pairs: dict[str, Path], tmp_path: Path) -> None:
    go = require_tool("go")
    (tmp_path / "main.go").write_text(GO_PROGRAM)
    command = [go, "run", "main.go", *map(str, pairs.values())]
    ended = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    accepted = dict(zip(pairs, ended.stdout.split(), strict=True))
    foretold = {
        name: str(not any("Go" in text for _, text in complaints(folder))).lower()
        for name, folder in pairs.items()
    }
    assert accepted == foretold


def test_one_certificate_in_both_roles_is_refused(tmp_path: Path) -> None:
    write_single(tmp_path)
    assert "one-certificate-for-both" in {code for code, _ in complaints(tmp_path)}
    assert refusal(tmp_path, strict=False)


def test_weak_hash_is_named(tmp_path: Path) -> None:
    write_pair(tmp_path, digest="sha1")
    assert ("weak-signature", True) in [
        (code, "SHA-1" in text) for code, text in complaints(tmp_path)
    ]


def test_development_pair_breaks_no_rule() -> None:
    now = read_certificate(SERVER.certificate_pem).not_before + 1000
    authorities = read_certificates(AUTHORITY.certificate_pem)
    leaf = read_certificate(SERVER.certificate_pem)
    assert [*judge_authorities(authorities, now), *judge_server(leaf, "localhost", now)] == []


@pytest.mark.parametrize(
    ("names", "host", "is_covered"),
    [
        ("DNS:nats.example", "nats.example", True),
        ("DNS:nats.example", "NATS.example.", True),
        ("DNS:*.example", "nats.example", True),
        ("DNS:*.example", "a.nats.example", False),
        ("DNS:*.example", "example", False),
        ("IP:192.0.2.1", "192.0.2.1", True),
        ("IP:2001:db8::1", "2001:db8:0::1", True),
    ],
)
def test_host_is_covered_as_by_rfc_6125(
    names: str, host: str, is_covered: bool, tmp_path: Path
) -> None:
    leaf = (*without(LEAF_EXTENSIONS, "subjectAltName"), f"subjectAltName = {names}")
    write_pair(tmp_path, leaf=leaf)
    assert covers(read_certificate((tmp_path / "server.pem").read_text()), host) is is_covered
