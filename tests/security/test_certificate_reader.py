from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.security.certificates import der
from iterapp_nats.security.certificates.reader import (
    MAX_PEM_CHARACTERS,
    read_certificate,
    read_certificate_der,
    read_certificates,
    read_pem,
)
from tests.security.samples import AUTHORITY, SERVER, code_of, openssl, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY_S = 86_400
TRUE_AND_PATH_LENGTH = b"\x01\x01\xff\x02\x01\x00"
SERVER_DER = read_pem(SERVER.certificate_pem, "CERTIFICATE")[0]


@pytest.mark.parametrize(
    ("pem", "code"),
    [
        ("", "certificate-missing"),
        (SERVER.key_pem.reveal(), "certificate-missing"),
        (SERVER.certificate_pem.replace("\n", "\\n"), "certificate-malformed"),
        (SERVER.certificate_pem[:200], "certificate-malformed"),
        (SERVER.certificate_pem.replace("M", "!M", 1), "certificate-malformed"),
        ("x" * (MAX_PEM_CHARACTERS + 1), "certificate-too-large"),
    ],
)
def test_text_without_a_whole_certificate_is_refused_by_name(pem: str, code: str) -> None:
    assert refusal_of(read_certificate, pem).code == code


def test_bundle_is_read_whole() -> None:
    bundle = f"# ours\n{AUTHORITY.certificate_pem}\n{SERVER.certificate_pem}"
    assert [one.is_authority for one in read_certificates(bundle)] == [True, False]


@pytest.mark.parametrize("algorithm", ["rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"])
def test_certificate_of_another_key_type_is_read(tmp_path: Path, algorithm: str) -> None:
    path = tmp_path / "other.pem"
    names = "subjectAltName=DNS:nats.example.org,IP:192.0.2.1,email:a@example.org"
    key = ("-newkey", *algorithm.split(), "-nodes", "-keyout", str(tmp_path / "key.pem"))
    subject = ("-subj", "/C=NO/O=Example/CN=nats", "-addext", names, "-days", "2")
    openssl("req", "-x509", *key, *subject, "-out", path)
    certificate = read_certificate(path.read_text(encoding="ascii"))
    assert certificate.subject == "C=NO, O=Example, CN=nats"
    assert certificate.names == ("nats.example.org", "192.0.2.1")
    assert certificate.not_after - certificate.not_before == 2 * DAY_S


def test_false_that_is_written_out_makes_no_authority() -> None:
    data = read_pem(AUTHORITY.certificate_pem, "CERTIFICATE")[0]
    no_authority = data.replace(TRUE_AND_PATH_LENGTH, b"\x01\x01\x00\x02\x01\x00")
    assert no_authority != data
    assert not read_certificate_der(no_authority).is_authority


@pytest.mark.parametrize(
    "data",
    [
        b"",
        der.sequence(),
        der.sequence(der.sequence()),
        der.sequence(der.sequence(der.integer(1), der.sequence())),
        der.sequence(der.sequence(*[der.sequence()] * 6)),
    ],
)
def test_der_of_another_shape_is_refused(data: bytes) -> None:
    assert code_of(read_certificate_der, data) == "certificate-malformed"


def cut(position: int) -> bytes:
    return SERVER_DER[:position]


def flip(position: int) -> bytes:
    return SERVER_DER[:position] + bytes([SERVER_DER[position] ^ 0x41]) + SERVER_DER[position + 1 :]


@given(st.integers(0, len(SERVER_DER) - 1), st.sampled_from([cut, flip]))
def test_damaged_certificate_is_read_or_refused(
    position: int, damage: Callable[[int], bytes]
) -> None:
    code = code_of(read_certificate_der, damage(position))
    assert code in {None, "certificate-malformed"}
    assert damage is flip or code == "certificate-malformed"


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert code_of(read_certificate_der, data) == "certificate-malformed"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    block = f"-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----"
    assert code_of(read_certificate, block) == "certificate-malformed"
