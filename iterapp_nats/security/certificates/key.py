"""The private keys of certificates, whose type decides who can verify them

Ed25519 needs no package beyond PyNaCl. It is accepted by nats-server, Node, Go, C, Python 3.13 and
`openssl verify -x509_strict`, and unknown to macOS SecureTransport, Windows SChannel and FIPS
modules: for those there is ECDSA over P-256, by the optional package cryptography.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.security.certificates import der
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.nkey import RAW_KEY_BYTES, Ed25519Key

if TYPE_CHECKING:
    from collections.abc import Callable

EXTRA: Final = "ecdsa"
_ED25519: Final = der.sequence(der.object_identifier("1.3.101.112"))


@dataclass(frozen=True, slots=True)
class CertificateKey:
    """A private key of either type, with the parts that certificates are made of, as DER

    `public_bytes` is the key alone, `public_info` with its type, `private_der` is PKCS 8.
    """

    key_type: KeyType
    signature_algorithm: bytes
    public_bytes: bytes
    public_info: bytes
    private_der: bytes = field(repr=False)
    sign: Callable[[bytes], bytes] = field(repr=False, compare=False)


def derive_certificate_key(key_type: KeyType, entropy: bytes) -> CertificateKey:
    """Return the key that 32 random bytes determine

    Raises InputError `entropy-length`, or `extra-missing` for ECDSA without its package.
    """
    if key_type is KeyType.ED25519:
        return _ed25519(entropy)
    from iterapp_nats.security.certificates import ecdsa

    return ecdsa.derive(entropy)


def load_certificate_key(private_der: bytes) -> CertificateKey:
    """Read a key in PKCS 8; raises InputError `key-malformed` or `extra-missing`"""
    raw = private_der[-RAW_KEY_BYTES:]
    if private_der == _ed25519_der(raw):
        return _ed25519(raw)
    from iterapp_nats.security.certificates import ecdsa

    if ecdsa.ALGORITHM in private_der:
        return ecdsa.load(private_der)
    raise malformed_key()


def require_key_type(key_type: KeyType) -> None:
    """Raise InputError `extra-missing` when keys of that type cannot be made here"""
    if key_type is KeyType.ECDSA:
        from iterapp_nats.security.certificates import ecdsa

        ecdsa.require_package()


def malformed_key() -> InputError:
    """The error for bytes that are no key of either type"""
    return InputError(
        "key-malformed", "the key of the authority is neither Ed25519 nor ECDSA P-256 in PKCS 8"
    )


def _ed25519(entropy: bytes) -> CertificateKey:
    key = Ed25519Key.from_private_bytes(entropy)
    return CertificateKey(
        key_type=KeyType.ED25519,
        signature_algorithm=_ED25519,
        public_bytes=key.public_bytes,
        public_info=der.sequence(_ED25519, der.bit_string(key.public_bytes)),
        private_der=_ed25519_der(entropy),
        sign=key.sign,
    )


def _ed25519_der(private_bytes: bytes) -> bytes:
    inner = der.encode(der.Tag.OCTET_STRING, private_bytes)
    return der.sequence(der.integer(0), _ED25519, der.encode(der.Tag.OCTET_STRING, inner))
