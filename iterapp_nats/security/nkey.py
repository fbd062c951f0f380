"""Nkeys: Ed25519 keys whose text carries their role and a checksum

PyNaCl signs and verifies. The text form is read and written here, because the package nkeys 0.2.1
checks no CRC: a seed with one wrong letter loads there and fails later, at the server, as an
`Authorization Violation` that names no cause.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from binascii import crc_hqx
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Self

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret

if TYPE_CHECKING:
    from nacl.signing import SigningKey

RAW_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
SEED_CHARACTERS: Final = 58
PUBLIC_KEY_CHARACTERS: Final = 56
_SEED_PREFIX: Final = 18 << 3


@dataclass(frozen=True, slots=True)
class _Wording:
    """How messages name a kind of key text, and the codes of what can be wrong with it"""

    what: str
    malformed_code: str
    checksum_code: str
    wrong_role_code: str


_SEED: Final = _Wording("seed", "seed-malformed", "seed-checksum", "seed-wrong-role")
_PUBLIC_KEY: Final = _Wording(
    "public key", "public-key-malformed", "public-key-checksum", "public-key-wrong-role"
)


class Role(Enum):
    """What a key stands for; the value is the prefix byte, so that the role is its first letter"""

    OPERATOR = 14 << 3
    ACCOUNT = 0
    USER = 20 << 3
    SERVER = 13 << 3
    CLUSTER = 2 << 3

    @property
    def label(self) -> str:
        """The role as a word with its article, for a message"""
        article = "an" if self in {Role.OPERATOR, Role.ACCOUNT} else "a"
        return f"{article} {self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """A private key without a role, as certificates use it"""

    public_bytes: bytes
    # PyNaCl prints the private bytes in str() of a key, so it stays out of ours.
    _signing_key: SigningKey = field(repr=False, compare=False)

    @classmethod
    def from_private_bytes(cls, private_bytes: bytes) -> Self:
        """Build the key from its 32 private bytes"""
        from nacl.signing import SigningKey

        if len(private_bytes) != RAW_KEY_BYTES:
            raise InputError(
                "entropy-length", f"a key needs {RAW_KEY_BYTES} bytes, not {len(private_bytes)}"
            )
        signing_key = SigningKey(private_bytes)
        return cls(bytes(signing_key.verify_key), signing_key)

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the signature alone"""
        return self._signing_key.sign(data).signature


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key with its role; prints as its public key"""

    role: Role
    public_key: str
    seed: Secret
    _key: Ed25519Key = field(repr=False, compare=False)

    @classmethod
    def generate(cls, role: Role, entropy: bytes) -> Self:
        """Make the key pair that these 32 random bytes determine"""
        key = Ed25519Key.from_private_bytes(entropy)
        public_key = _encode(bytes([role.value]), key.public_bytes)
        seed_header = bytes([_SEED_PREFIX | role.value >> 5, (role.value & 31) << 3])
        return cls(role, public_key, Secret(_encode(seed_header, entropy)), key)

    @classmethod
    def from_seed(cls, seed: Secret) -> Self:
        """Load a seed; raises InputError as `parse_seed` does"""
        role, private_bytes = parse_seed(seed)
        return cls.generate(role, private_bytes)

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the signature alone"""
        return self._key.sign(data)


def parse_seed(seed: Secret) -> tuple[Role, bytes]:
    """Return role and private bytes of a seed

    Raises InputError `seed-malformed`, `seed-checksum` or `seed-wrong-role`. Needs no cryptography.
    """
    body = _decode(seed.reveal(), SEED_CHARACTERS, _SEED)
    if body[0] & 0b1111_1000 != _SEED_PREFIX:
        raise InputError("seed-malformed", "the seed does not start with the letter S")
    prefix = (body[0] & 0b111) << 5 | body[1] >> 3
    return _role_of(prefix, _SEED), body[2:]


def parse_public_key(text: str) -> tuple[Role, bytes]:
    """Return role and raw bytes of a public key

    Raises InputError `public-key-malformed`, `public-key-checksum` or `public-key-wrong-role`.
    """
    body = _decode(text, PUBLIC_KEY_CHARACTERS, _PUBLIC_KEY)
    return _role_of(body[0], _PUBLIC_KEY), body[1:]


def verify(public_key: str, data: bytes, signature: bytes) -> bool:
    """Say whether the owner of the public key signed these bytes"""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    _, raw_key = parse_public_key(public_key)
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        VerifyKey(raw_key).verify(data, signature)
    except BadSignatureError:
        return False
    return True


def _encode(header: bytes, raw_key: bytes) -> str:
    body = header + raw_key
    checksum = crc_hqx(body, 0).to_bytes(2, "little")
    return b32encode(body + checksum).decode("ascii").rstrip("=")


def _decode(text: str, characters: int, wording: _Wording) -> bytes:
    """Return header and key; no message repeats the text, which may be a seed in the wrong place"""
    what = wording.what
    if len(text) != characters:
        raise InputError(
            wording.malformed_code, f"the {what} has {len(text)} characters instead of {characters}"
        )
    try:
        raw = b32decode(text + "=" * (-characters % 8))
    except ValueError:
        message = f"the {what} has a character other than A to Z and 2 to 7"
        raise InputError(wording.malformed_code, message) from None
    body = raw[:-2]
    # Encoding again also finds a wrong last letter of a seed, whose two spare bits no CRC covers.
    if _encode(b"", body) != text:
        raise InputError(
            wording.checksum_code,
            f"the checksum of the {what} is wrong: at least one character differs",
            hints=(f"copy the {what} again from where it was issued",),
        )
    return body


def _role_of(prefix: int, wording: _Wording) -> Role:
    try:
        return Role(prefix)
    except ValueError:
        message = f"the {wording.what} has the unknown prefix byte {prefix}"
        raise InputError(wording.wrong_role_code, message) from None
