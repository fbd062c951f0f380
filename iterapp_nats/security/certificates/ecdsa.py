"""ECDSA over P-256 for certificates; the only module that knows the package cryptography

The package is the extra `ecdsa`: 16 MB that a development server on most machines can do without.
"""

from __future__ import annotations

from hashlib import sha512
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.security.certificates import der
from iterapp_nats.security.certificates.key import EXTRA, CertificateKey, malformed_key
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.nkey import RAW_KEY_BYTES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ALGORITHM: Final = der.encode(der.Tag.OBJECT_IDENTIFIER, bytes.fromhex("2a8648ce3d0201"))
"""id-ecPublicKey, as it stands in a key"""

_WITH_SHA256: Final = der.sequence(
    der.encode(der.Tag.OBJECT_IDENTIFIER, bytes.fromhex("2a8648ce3d040302"))
)
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many keys P-256 has, and one"""


def require_package() -> None:
    """Raise InputError `extra-missing` when the package is not installed"""
    from importlib.util import find_spec

    if find_spec("cryptography") is None:
        raise InputError(
            "extra-missing",
            "ECDSA certificates need the package cryptography, which is not installed",
            hints=(
                f"install the extra: pip install 'iterapp-nats[{EXTRA}]'",
                "or stay with --key-type ed25519, which most clients know",
            ),
        )


def derive(entropy: bytes) -> CertificateKey:
    """Return the key that 32 random bytes determine; raises `entropy-length`, `extra-missing`"""
    require_package()
    from cryptography.hazmat.primitives.asymmetric import ec

    if len(entropy) != RAW_KEY_BYTES:
        raise InputError("entropy-length", f"a key needs {RAW_KEY_BYTES} bytes, not {len(entropy)}")
    # Of 512 bits the remainder favours no number that could be noticed (FIPS 186-5, A.2.1).
    scalar = int.from_bytes(sha512(entropy).digest(), "big") % (_ORDER - 1) + 1
    return _certificate_key(ec.derive_private_key(scalar, ec.SECP256R1()))


def load(private_der: bytes) -> CertificateKey:
    """Read a key in PKCS 8; raises InputError `key-malformed` or `extra-missing`"""
    require_package()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    try:
        key = load_der_private_key(private_der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise malformed_key() from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise malformed_key()
    return _certificate_key(key)


def _certificate_key(key: EllipticCurvePrivateKey) -> CertificateKey:
    from cryptography.hazmat.primitives import serialization as form

    public = key.public_key()
    point = public.public_bytes(form.Encoding.X962, form.PublicFormat.UncompressedPoint)
    info = public.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
    return CertificateKey(
        key_type=KeyType.ECDSA,
        signature_algorithm=_WITH_SHA256,
        public_bytes=point,
        public_info=info,
        private_der=private,
        sign=lambda data: _sign(key, data),
    )


def _sign(key: EllipticCurvePrivateKey, data: bytes) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        # The same certificate again for the same key and content (RFC 6979), needs OpenSSL 3.2.
        return key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
    except (UnsupportedAlgorithm, TypeError):
        return key.sign(data, ec.ECDSA(SHA256()))
