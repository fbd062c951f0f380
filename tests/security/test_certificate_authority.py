from __future__ import annotations

import re
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.secret import Secret
from iterapp_nats.security.certificates.authority import (
    DEV_SERVER_NAMES,
    MAX_SERVER_DAYS,
    CertificateWithKey,
    generate_authority,
    issue_server_certificate,
)
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.certificates.reader import read_certificate
from tests.security.samples import AUTHORITY, NOW, SERVER, openssl, refusal_of
from tests.support.operator_mode import entropy_of

if TYPE_CHECKING:
    from pathlib import Path

DAY_S = 86_400


def issue(names: tuple[str, ...] = DEV_SERVER_NAMES, days: int = 30) -> CertificateWithKey:
    return issue_server_certificate(AUTHORITY, entropy_of("server"), NOW, names, days)


def make_pair(key_type: KeyType) -> tuple[CertificateWithKey, CertificateWithKey]:
    """Return authority and server as the samples, with keys of a type"""
    if key_type is KeyType.ED25519:
        return AUTHORITY, SERVER
    authority = generate_authority(entropy_of("authority"), NOW, "test authority", key_type)
    entropy = entropy_of("server")
    return authority, issue_server_certificate(authority, entropy, NOW, DEV_SERVER_NAMES, days=30)


def openssl_verify(
    folder: Path, moment: int, *options: str, key_type: KeyType = KeyType.ED25519
) -> str:
    """Return what OpenSSL says to the server's certificate at a time"""
    authority, server = make_pair(key_type)
    ca_path, server_path = folder / "ca.pem", folder / "server.pem"
    ca_path.write_text(authority.certificate_pem, encoding="ascii")
    server_path.write_text(server.certificate_pem, encoding="ascii")
    strict = ("verify", "-x509_strict", "-purpose", "sslserver", "-attime", str(moment))
    return openssl(*strict, *options, "-CAfile", ca_path, server_path)


def test_fixed_entropy_and_time_give_known_certificates() -> None:
    digests = [
        sha256(pem.encode("ascii")).hexdigest()
        for pem in (AUTHORITY.certificate_pem, SERVER.certificate_pem)
    ]
    assert digests == [
        "7648b8c2bcbd7c9e4d89a8f4ebf3787c97dd1e0625d4d20ef900221bbcf7cad3",
        "a7144985f449697e73dcd9c9573be6cfd170a050a018fc3aa7540d8f0877bd2f",
    ]


@pytest.mark.parametrize(
    "option",
    ["-verify_hostname localhost", "-verify_hostname host.docker.internal", "-verify_ip ::1"],
)
@pytest.mark.parametrize("key_type", KeyType)
def test_openssl_accepts_the_pair_strictly(tmp_path: Path, option: str, key_type: KeyType) -> None:
    said = openssl_verify(tmp_path, NOW, *option.split(), key_type=key_type)
    assert said.endswith("server.pem: OK\n")


@pytest.mark.parametrize("key_type", KeyType)
def test_openssl_reads_the_private_keys(tmp_path: Path, key_type: KeyType) -> None:
    for pair in make_pair(key_type):
        path = tmp_path / "key.pem"
        path.touch(mode=0o600)
        path.write_text(pair.key_pem.reveal())
        assert "unable" not in openssl("pkey", "-check", "-noout", "-in", path).lower()
        of_key = openssl("pkey", "-pubout", "-in", path)
        path.write_text(pair.certificate_pem)
        assert openssl("x509", "-pubkey", "-noout", "-in", path) == of_key


def test_same_entropy_gives_the_same_ecdsa_key() -> None:
    one, other = make_pair(KeyType.ECDSA), make_pair(KeyType.ECDSA)
    assert [pair.key_pem for pair in one] == [pair.key_pem for pair in other]
    keys = {pair.key_pem.reveal() for pair in (*one, *make_pair(KeyType.ED25519))}
    assert len(keys) == 4


def test_ecdsa_certificate_is_read_like_the_other() -> None:
    authority, server = (
        read_certificate(pair.certificate_pem) for pair in make_pair(KeyType.ECDSA)
    )
    assert authority.is_authority
    assert server.issuer_der == authority.subject_der
    assert server.names == DEV_SERVER_NAMES


def test_ecdsa_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    error = refusal_of(
        lambda entropy: generate_authority(entropy, NOW, "a", KeyType.ECDSA), bytes(32)
    )
    assert error.code == "extra-missing"
    assert "iterapp-nats[ecdsa]" in error.hints[0]


def test_entropy_of_another_length_is_refused_for_every_type() -> None:
    for key_type in KeyType:
        make = partial(generate_authority, now=NOW, name="a", key_type=key_type)
        assert refusal_of(make, bytes(31)).code == "entropy-length"


@pytest.mark.parametrize(
    ("moment", "option", "reason"),
    [
        (NOW, "-verify_hostname example.org", "hostname mismatch"),
        (NOW + 31 * DAY_S, "", "certificate has expired"),
        (NOW - 301, "", "certificate is not yet valid"),
    ],
)
def test_openssl_refuses_another_name_or_time(
    tmp_path: Path, moment: int, option: str, reason: str
) -> None:
    assert reason in openssl_verify(tmp_path, moment, *option.split())


def test_server_certificate_reads_back() -> None:
    server, authority = (
        read_certificate(SERVER.certificate_pem),
        read_certificate(AUTHORITY.certificate_pem),
    )
    assert (server.subject, server.issuer) == ("CN=nats-server", "CN=test authority")
    assert server.issuer_der == authority.subject_der == authority.issuer_der
    assert (server.not_before, server.not_after) == (NOW - 300, NOW + 30 * DAY_S)
    assert server.names == DEV_SERVER_NAMES
    assert (server.is_authority, authority.is_authority) == (False, True)
    assert authority.names == ()


def test_two_servers_of_one_authority_differ_in_their_serial(tmp_path: Path) -> None:
    serials = set()
    for number, days in enumerate((30, 31)):
        path = tmp_path / f"{number}.pem"
        path.write_text(issue(days=days).certificate_pem, encoding="ascii")
        serials.add(openssl("x509", "-in", path, "-noout", "-serial"))
    assert len(serials) == 2


def test_server_certificate_never_outlives_its_authority() -> None:
    late = NOW + 3640 * DAY_S
    server = issue_server_certificate(AUTHORITY, entropy_of("server"), late, ("localhost",), 825)
    authority = read_certificate(AUTHORITY.certificate_pem)
    assert read_certificate(server.certificate_pem).not_after == authority.not_after


def test_life_after_2049_is_written_as_generalized_time() -> None:
    authority = generate_authority(entropy_of("authority"), 2_530_000_000, "late")
    read = read_certificate(authority.certificate_pem)
    assert read.not_after == 2_530_000_000 + 3650 * DAY_S


@pytest.mark.parametrize("name", ["", "x" * 65, "line\nbreak", "\ud800"])
def test_authority_needs_a_printable_name(name: str) -> None:
    refused = refusal_of(lambda value: generate_authority(bytes(32), NOW, value), name)
    assert refused.code == "authority-name"


@pytest.mark.parametrize("name", ["*.example.org", "my_service", "a.b", "10.0.0.1", "fe80::1"])
def test_host_name_or_address_is_a_name(name: str) -> None:
    assert read_certificate(issue((name,)).certificate_pem).names == (name,)


@pytest.mark.parametrize(
    "names", [(), ("",), ("a b",), ("bø.no",), ("a..b",), ("x" * 64,), (".".join("ab" * 99),)]
)
def test_other_text_is_no_name(names: tuple[str, ...]) -> None:
    assert refusal_of(issue, names).code == "certificate-names"


@pytest.mark.parametrize("days", [0, -1, MAX_SERVER_DAYS + 1])
def test_life_of_a_server_certificate_is_bounded(days: int) -> None:
    assert refusal_of(lambda value: issue(days=value), days).code == "certificate-days"


def test_expired_authority_issues_nothing() -> None:
    def issue_at(now: int) -> CertificateWithKey:
        return issue_server_certificate(AUTHORITY, bytes(32), now, ("localhost",), 1)

    assert refusal_of(issue_at, NOW + 3650 * DAY_S).code == "authority-expired"


@pytest.mark.parametrize(
    "key_pem",
    [
        "",
        AUTHORITY.certificate_pem,
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        make_pair(KeyType.ECDSA)[0].key_pem.reveal().replace("A", "B"),
    ],
)
def test_authority_without_its_key_issues_nothing(key_pem: str) -> None:
    broken = CertificateWithKey(AUTHORITY.certificate_pem, Secret(key_pem))

    def issue_by(authority: CertificateWithKey) -> CertificateWithKey:
        return issue_server_certificate(authority, bytes(32), NOW, ("localhost",), 1)

    assert refusal_of(issue_by, broken).code == "key-malformed"


def test_certificate_prints_no_private_key() -> None:
    body = SERVER.key_pem.reveal().splitlines()[1]
    assert body not in repr(SERVER)


def test_pem_lines_are_64_characters() -> None:
    lines = SERVER.certificate_pem.splitlines()[1:-1]
    assert {len(line) for line in lines[:-1]} == {64}
    assert all(re.fullmatch(r"[A-Za-z0-9+/=]+", line) for line in lines)
