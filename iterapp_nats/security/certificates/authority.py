"""A private authority and the certificate of a development server

The pair is accepted by nats-server, Node 20, Python 3.13 (which checks X.509 strictly: keyUsage in
the authority, an authority key identifier in the leaf) and `openssl verify -x509_strict`. Authority
and server are always two certificates: OpenSSL and Node refuse one self-signed certificate in both
roles.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from textwrap import wrap
from typing import Final

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.certificates import der
from iterapp_nats.security.certificates.key import (
    CertificateKey,
    derive_certificate_key,
    load_certificate_key,
    malformed_key,
)
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.certificates.reader import read_certificate, read_pem

DEV_SERVER_NAMES: Final = ("localhost", "host.docker.internal", "127.0.0.1", "::1")
MAX_SERVER_DAYS: Final = 825  # Apple's platforms refuse a longer life

_AUTHORITY_DAYS: Final = 3650
_DAY_S: Final = 86_400
_CLOCK_SKEW_S: Final = 300
_MAX_NAME_CHARACTERS: Final = 64  # ub-common-name of RFC 5280
_HOST_NAME: Final = re.compile(r"(\*\.)?[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
_MAX_HOST_CHARACTERS: Final = 253

_COMMON_NAME: Final = der.object_identifier("2.5.4.3")
_SERVER_AUTHENTICATION: Final = der.object_identifier("1.3.6.1.5.5.7.3.1")
# Between the nodes of a cluster the side that dials shows its certificate too.
_CLIENT_AUTHENTICATION: Final = der.object_identifier("1.3.6.1.5.5.7.3.2")
_SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
_KEY_USAGE: Final = "2.5.29.15"
_ALTERNATIVE_NAMES: Final = "2.5.29.17"
_BASIC_CONSTRAINTS: Final = "2.5.29.19"
_AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_TRUE: Final = der.encode(der.Tag.BOOLEAN, b"\xff")
_CERTIFICATE_AND_CRL_SIGNING: Final = der.bit_string(b"\x06", unused_bits=1)
_DIGITAL_SIGNATURE: Final = der.bit_string(b"\x80", unused_bits=7)
_DNS_NAME: Final = 0x82
_IP_ADDRESS: Final = 0x87
_VERSION_3: Final = der.encode(0xA0, der.integer(2))


@dataclass(frozen=True, slots=True)
class CertificateWithKey:
    """A certificate as PEM and its private key as PKCS 8 PEM, for a file of mode 0600"""

    certificate_pem: str
    key_pem: Secret


@dataclass(frozen=True, slots=True)
class _Draft:
    """What one certificate says; subject and issuer are encoded names"""

    subject: bytes
    issuer: bytes
    public_info: bytes
    not_before: int
    not_after: int
    extensions: tuple[bytes, ...]


def generate_authority(
    entropy: bytes, now: int, name: str, key_type: KeyType = KeyType.ED25519
) -> CertificateWithKey:
    """Make the authority that 32 random bytes determine, valid for ten years

    `name` is what tools show as issuer. Raises InputError `authority-name`, `entropy-length` or
    `extra-missing`.
    """
    if not 1 <= len(name) <= _MAX_NAME_CHARACTERS or not name.isprintable():
        message = f"{name!r} is not 1 to {_MAX_NAME_CHARACTERS} printable characters"
        raise InputError("authority-name", message)
    key = derive_certificate_key(key_type, entropy)
    subject = _name(name)
    draft = _Draft(
        subject=subject,
        issuer=subject,
        public_info=key.public_info,
        not_before=now - _CLOCK_SKEW_S,
        not_after=now + _AUTHORITY_DAYS * _DAY_S,
        extensions=(
            _critical(_BASIC_CONSTRAINTS, der.sequence(_TRUE, der.integer(0))),
            _critical(_KEY_USAGE, _CERTIFICATE_AND_CRL_SIGNING),
            _subject_key_identifier(key.public_bytes),
        ),
    )
    return CertificateWithKey(_sign(draft, key), _key_pem(key))


def issue_server_certificate(
    authority: CertificateWithKey, entropy: bytes, now: int, names: tuple[str, ...], days: int
) -> CertificateWithKey:
    """Make a server's certificate for these host names and addresses

    Its key is of the authority's type. Raises InputError `certificate-days`, `certificate-names`,
    `authority-expired`, `entropy-length`, or `certificate-malformed`, `key-malformed` and
    `extra-missing` for the authority.
    """
    if not 1 <= days <= MAX_SERVER_DAYS:
        message = f"a server certificate is valid for 1 to {MAX_SERVER_DAYS} days, not {days}"
        raise InputError("certificate-days", message)
    issuer = read_certificate(authority.certificate_pem)
    if now >= issuer.not_after:
        raise InputError("authority-expired", f"the authority {issuer.subject} has expired")
    issuer_key = _load_key(authority.key_pem)
    key = derive_certificate_key(issuer_key.key_type, entropy)
    draft = _Draft(
        subject=_name("nats-server"),
        issuer=issuer.subject_der,
        public_info=key.public_info,
        not_before=now - _CLOCK_SKEW_S,
        not_after=min(now + days * _DAY_S, issuer.not_after),
        extensions=_server_extensions(key, issuer_key, names),
    )
    return CertificateWithKey(_sign(draft, issuer_key), _key_pem(key))


def require_server_name(name: str) -> str:
    """Return a host name or address that a certificate can hold; raises `certificate-names`"""
    _alternative_name(name)
    return name


def _server_extensions(
    key: CertificateKey, issuer_key: CertificateKey, names: tuple[str, ...]
) -> tuple[bytes, ...]:
    issuer_identifier = der.encode(0x80, _key_identifier(issuer_key.public_bytes))
    return (
        _extension(_BASIC_CONSTRAINTS, der.sequence()),
        _critical(_KEY_USAGE, _DIGITAL_SIGNATURE),
        _extension(
            _EXTENDED_KEY_USAGE, der.sequence(_SERVER_AUTHENTICATION, _CLIENT_AUTHENTICATION)
        ),
        _subject_key_identifier(key.public_bytes),
        _extension(_AUTHORITY_KEY_IDENTIFIER, der.sequence(issuer_identifier)),
        _extension(_ALTERNATIVE_NAMES, _alternative_names(names)),
    )


def _alternative_names(names: tuple[str, ...]) -> bytes:
    if not names:
        raise InputError("certificate-names", "a server certificate needs at least one name")
    return der.sequence(*(_alternative_name(name) for name in names))


def _alternative_name(name: str) -> bytes:
    try:
        return der.encode(_IP_ADDRESS, ip_address(name).packed)
    except ValueError:
        pass
    if len(name) > _MAX_HOST_CHARACTERS or not _HOST_NAME.fullmatch(name):
        message = f"{name!r} is neither a host name nor an IP address"
        raise InputError("certificate-names", message)
    return der.encode(_DNS_NAME, name.encode("ascii"))


def _name(common_name: str) -> bytes:
    value = der.encode(der.Tag.UTF8_STRING, common_name.encode("utf-8"))
    return der.sequence(der.encode(der.Tag.SET, der.sequence(_COMMON_NAME, value)))


def _extension(identifier: str, value: bytes) -> bytes:
    return der.sequence(der.object_identifier(identifier), der.encode(der.Tag.OCTET_STRING, value))


def _critical(identifier: str, value: bytes) -> bytes:
    return der.sequence(
        der.object_identifier(identifier), _TRUE, der.encode(der.Tag.OCTET_STRING, value)
    )


def _subject_key_identifier(public_bytes: bytes) -> bytes:
    identifier = der.encode(der.Tag.OCTET_STRING, _key_identifier(public_bytes))
    return _extension(_SUBJECT_KEY_IDENTIFIER, identifier)


def _key_identifier(public_bytes: bytes) -> bytes:
    """Return the identifier of RFC 7093, method 1"""
    return sha256(public_bytes).digest()[:20]


def _sign(draft: _Draft, issuer_key: CertificateKey) -> str:
    algorithm = issuer_key.signature_algorithm
    validity = der.sequence(der.time(draft.not_before), der.time(draft.not_after))
    extensions = der.encode(0xA3, der.sequence(*draft.extensions))
    body = (algorithm, draft.issuer, validity, draft.subject, draft.public_info, extensions)
    # Unique per certificate and positive, without asking for more entropy.
    serial = int.from_bytes(sha256(b"".join(body)).digest()[:16], "big") >> 1 | 1
    signed = der.sequence(_VERSION_3, der.integer(serial), *body)
    signature = der.bit_string(issuer_key.sign(signed))
    return _pem("CERTIFICATE", der.sequence(signed, algorithm, signature))


def _key_pem(key: CertificateKey) -> Secret:
    return Secret(_pem("PRIVATE KEY", key.private_der))


def _load_key(key_pem: Secret) -> CertificateKey:
    blocks = read_pem(key_pem.reveal(), "PRIVATE KEY")
    if not blocks:
        raise malformed_key()
    return load_certificate_key(blocks[0])


def _pem(label: str, data: bytes) -> str:
    lines = "\n".join(wrap(b64encode(data).decode("ascii"), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
