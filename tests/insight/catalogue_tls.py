"""Rows of the failure catalogue about TLS: trust, names, dates, and who insists on it"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from iterapp_nats.insight.steps import StepName
from iterapp_nats.security.certificates.authority import (
    generate_authority,
    issue_server_certificate,
)
from tests.insight.cases import Row, case_at, case_of, row
from tests.support.odd_certificates import (
    CA_EXTENSIONS,
    LEAF_EXTENSIONS,
    without,
    write_pair,
    write_single,
)
from tests.support.operator_mode import OperatorMode, build_operator_mode, entropy_of
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.insight.case import Case

ROWS: Final[list[Row]] = []
GREETING, TLS, CA = StepName.GREETING, StepName.TLS, StepName.CA
DAY_S: Final = 86_400


@contextmanager
def served(folder: Path) -> Iterator[tuple[OperatorMode, RunningServer]]:
    """A server with TLS, and what an app needs to trust it"""
    mode = build_operator_mode(folder, tls=True)
    with run_server(folder, config_path=mode.config_path) as running:
        yield mode, running


@contextmanager
def with_certificate(
    folder: Path, names: tuple[str, ...], *, at: int
) -> Iterator[tuple[OperatorMode, RunningServer]]:
    """A server whose certificate is for other names, or was issued at another time"""
    mode = build_operator_mode(folder, tls=True)
    authority = generate_authority(entropy_of("authority"), int(time.time()), "test authority")
    server = issue_server_certificate(authority, entropy_of("server"), at, names, days=30)
    (folder / "server.pem").write_text(server.certificate_pem)
    (folder / "server.key").write_text(server.key_pem.reveal())
    with run_server(folder, config_path=mode.config_path) as running:
        yield mode, running


@contextmanager
def odd(
    folder: Path, *, ca: tuple[str, ...] = CA_EXTENSIONS, leaf: tuple[str, ...] = LEAF_EXTENSIONS
) -> Iterator[Case]:
    """A server with certificates that lack an extension"""
    mode = build_operator_mode(folder, tls=True)
    write_pair(folder, ca=ca, leaf=leaf)
    with run_server(folder, config_path=mode.config_path) as running:
        yield case_at(running.url, mode)


def write_authority(folder: Path, name: str) -> Path:
    path = folder / "other-ca.pem"
    authority = generate_authority(entropy_of("other"), int(time.time()), name)
    path.write_text(authority.certificate_pem)
    return path


def trusting(running: RunningServer, mode: OperatorMode, ca: Path | str) -> Case:
    variables = {"NATS_CREDENTIALS_FILE": str(mode.creds_path), "NATS_CA_FILE": str(ca)}
    return case_of({"NATS_URL": running.url, **variables})


@row(ROWS, TLS, "tls-ca-missing", "CN=test authority", "no CA is given", "NATS_CA_FILE")
def no_ca(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield trusting(running, mode, "")


@row(ROWS, TLS, "tls-untrusted", "CN=test authority", "holds CN=another authority", "a proxy")
def wrong_ca(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield trusting(running, mode, write_authority(folder, "another authority"))


@row(ROWS, TLS, "tls-untrusted", "also called CN=test authority", "another key")
def wrong_ca_of_the_same_name(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield trusting(running, mode, write_authority(folder, "test authority"))


@row(ROWS, TLS, "ca-not-an-authority", "certificate of a server", "CN=test authority")
def leaf_given_as_ca(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield trusting(running, mode, folder / "server.pem")


@row(ROWS, TLS, "tls-hostname", "nats.example", "127.0.0.1")
def address_not_in_the_certificate(folder: Path) -> Iterator[Case]:
    with with_certificate(folder, ("nats.example",), at=int(time.time())) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, TLS, "tls-hostname", "not for localhost", "nats.example")
def name_not_in_the_certificate(folder: Path) -> Iterator[Case]:
    names = ("nats.example", HOST)
    with with_certificate(folder, names, at=int(time.time())) as (mode, running):
        yield case_at(running.url.replace(HOST, "localhost"), mode)


@row(ROWS, TLS, "tls-expired", "expired at", "clock")
def leaf_expired(folder: Path) -> Iterator[Case]:
    at = int(time.time()) - 60 * DAY_S
    with with_certificate(folder, (HOST,), at=at) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, TLS, "tls-not-yet-valid", "is not valid before", "clock")
def leaf_not_yet_valid(folder: Path) -> Iterator[Case]:
    at = int(time.time()) + 2 * DAY_S
    with with_certificate(folder, (HOST,), at=at) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, GREETING, "tls-not-offered", "offers none", "unset NATS_CA_FILE")
def plain_server_and_production_settings(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder, tls=True)
    with run_server(folder) as running:
        yield case_at(running.url.replace("nats://", "tls://"), mode)


@row(ROWS, GREETING, "tls-not-enforced", "also takes plaintext", "allow_non_tls")
def server_that_allows_plaintext(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder, tls=True)
    mode.config_path.write_text(mode.config_path.read_text() + "allow_non_tls: true\n")
    with run_server(folder, config_path=mode.config_path) as running:
        yield case_at(running.url, mode)


@row(ROWS, GREETING, "tls-not-used", "offers TLS", "tls://")
def plaintext_to_a_server_that_offers_tls(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder, tls=True)
    mode.config_path.write_text(mode.config_path.read_text() + "allow_non_tls: true\n")
    with run_server(folder, config_path=mode.config_path) as running:
        yield trusting(running, mode, "")


@row(ROWS, GREETING, "handshake-first", "TLS before its greeting", "handshake_first: auto")
def handshake_first_server(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder, tls=True)
    config = mode.config_path.read_text().replace("tls {", "tls {\n  handshake_first: true")
    mode.config_path.write_text(config)
    with run_server(folder, config_path=mode.config_path, ready="handshake-first") as running:
        yield case_at(running.url, mode)


@row(ROWS, TLS, "tls-client-certificate", "a certificate of the client")
def server_that_wants_a_client_certificate(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder, tls=True)
    wish = f'tls {{\n  verify: true\n  ca_file: "{mode.ca_path}"'
    mode.config_path.write_text(mode.config_path.read_text().replace("tls {", wish))
    with run_server(folder, config_path=mode.config_path) as running:
        yield case_at(running.url, mode)


@row(ROWS, CA, "ca-without-key-usage", "keyUsage", "Python 3.13")
def ca_without_key_usage(folder: Path) -> Iterator[Case]:
    with odd(folder, ca=without(CA_EXTENSIONS, "keyUsage")) as case:
        yield case


@row(ROWS, CA, "ca-not-critical", "basicConstraints", "Python 3.13")
def ca_with_constraints_that_are_not_critical(folder: Path) -> Iterator[Case]:
    rest = without(CA_EXTENSIONS, "basicConstraints")
    with odd(folder, ca=("basicConstraints = CA:TRUE", *rest)) as case:
        yield case


@row(ROWS, CA, "ca-without-key-identifier", "subject key identifier", "Python 3.13")
def ca_without_key_identifier(folder: Path) -> Iterator[Case]:
    leaf = without(LEAF_EXTENSIONS, "authorityKeyIdentifier")
    with odd(folder, ca=without(CA_EXTENSIONS, "subjectKeyIdentifier"), leaf=leaf) as case:
        yield case


@row(ROWS, TLS, "leaf-without-authority-key", "authority key identifier", "Python 3.13")
def leaf_without_authority_key(folder: Path) -> Iterator[Case]:
    with odd(folder, leaf=without(LEAF_EXTENSIONS, "authorityKeyIdentifier")) as case:
        yield case


@row(ROWS, TLS, "leaf-without-names", "CN alone", "Go and Rust")
def leaf_without_names(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder, tls=True)
    write_pair(folder, leaf=without(LEAF_EXTENSIONS, "subjectAltName"))
    with run_server(folder, config_path=mode.config_path) as running:
        yield case_at(running.url.replace(HOST, "localhost"), mode)


@row(ROWS, TLS, "one-certificate-for-both", "that of a CA too", "Rust")
def one_certificate_as_ca_and_server(folder: Path) -> Iterator[Case]:
    mode = build_operator_mode(folder, tls=True)
    write_single(folder)
    with run_server(folder, config_path=mode.config_path) as running:
        yield case_at(running.url, mode)


@row(ROWS, CA, "ca-expired", "expired at")
def ca_expired(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        past = int(time.time()) - 4000 * DAY_S
        authority = generate_authority(entropy_of("authority"), past, "test authority")
        (folder / "old.pem").write_text(authority.certificate_pem)
        yield trusting(running, mode, folder / "old.pem")


@row(ROWS, CA, "file-unreadable", "no such file", "NATS_CA_FILE")
def ca_file_missing(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield trusting(running, mode, folder / "missing.pem")


@row(ROWS, CA, "file-unreadable", "it is a folder")
def ca_file_is_a_folder(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield trusting(running, mode, folder)


def _ca_text(name: str, text: str, words: str) -> None:
    def scene(folder: Path) -> Iterator[Case]:
        with served(folder) as (mode, running):
            path = folder / "given.pem"
            pem = (folder / "ca.pem").read_text()
            key = (folder / "server.key").read_text()
            path.write_text(text.format(ca=pem, escaped=pem.replace("\n", "\\n"), key=key))
            yield trusting(running, mode, path)

    scene.__name__ = name
    row(ROWS, CA, "ca-invalid", words)(scene)


_ca_text("ca_file_empty", "", "it is empty")
_ca_text("ca_file_is_a_key", "{key}", "it holds a private key")
_ca_text("ca_file_with_escaped_newlines", "{escaped}", "\\n in place of newlines")
_ca_text("ca_file_is_garbage", "hello", "no PEM file")


@row(ROWS, TLS, "connect-timeout", "no answer in time")
def silence_within_the_handshake(folder: Path) -> Iterator[Case]:
    def greet(wire: Wire) -> None:
        wire.greet(tls_required=True, auth_required=True)
        wire.read_to_end()

    mode = build_operator_mode(folder, tls=True)
    with run_peer(greet) as peer:
        yield case_at(peer.url, mode)


@row(ROWS, TLS, "tls-failed", "hung up during the TLS handshake")
def hanging_up_within_the_handshake(folder: Path) -> Iterator[Case]:
    def greet(wire: Wire) -> None:
        wire.greet(tls_required=True, auth_required=True)

    mode = build_operator_mode(folder, tls=True)
    with run_peer(greet) as peer:
        yield case_at(peer.url, mode)
