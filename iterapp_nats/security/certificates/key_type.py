"""The types of the keys of certificates, by name: what an option asks for and a realm remembers"""

from __future__ import annotations

from enum import StrEnum


class KeyType(StrEnum):
    """How a certificate is signed, as `--key-type` names it"""

    ED25519 = "ed25519"
    ECDSA = "ecdsa"
