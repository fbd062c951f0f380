"""NATS JWTs of version 2: claims <-> signed text

Header, payload and signature as base64url without padding, joined by dots; the signature is plain
Ed25519 over `header.payload` by the key named in `iss`.
"""

from __future__ import annotations

import json
import re
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.security.claims import (
    AccountClaims,
    AnyClaims,
    DeleteClaims,
    OperatorClaims,
    UserClaims,
)
from iterapp_nats.security.claims_reader import read_claims
from iterapp_nats.security.claims_writer import CLAIMS_VERSION, render_nats_object
from iterapp_nats.security.fields import Fields
from iterapp_nats.security.nkey import KeyPair, Role, parse_public_key, verify

if TYPE_CHECKING:
    from iterapp_nats.security.fields import JsonObject

MAX_JWT_CHARACTERS: Final = 1024 * 1024  # nats-server's own bound
_ALGORITHM: Final = "ed25519-nkey"
_ALGORITHM_OF_VERSION_1: Final = "ed25519"
_JWT: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_SIGNER: Final = {
    OperatorClaims: Role.OPERATOR,
    AccountClaims: Role.OPERATOR,
    UserClaims: Role.ACCOUNT,
    DeleteClaims: Role.OPERATOR,
}


@dataclass(frozen=True, slots=True)
class SignedClaims:
    """Claims and who issued them when; `issued_at` is 0 where the JWT does not say"""

    claims: AnyClaims
    issuer: str
    issued_at: int
    jwt_id: str


def encode_jwt(claims: AnyClaims, key_pair: KeyPair, now: int) -> str:
    """Sign the claims as issued at `now` (Unix seconds)

    Raises InputError `jwt-wrong-issuer` when that key may not sign these claims.
    """
    _check_signer(claims, key_pair.role, key_pair.public_key)
    payload: JsonObject = {
        "exp": claims.expires_at,
        "jti": "",
        "iat": now,
        "iss": key_pair.public_key,
        "name": claims.name,
        "nbf": claims.not_before,
        "sub": claims.public_key,
        "nats": render_nats_object(claims),
    }
    # The whole payload counts: the full resolver skips a JWT whose jti equals the stored one, and
    # the Go library, which hashes without `nats`, so loses the second of two edits in one second.
    payload["jti"] = b32encode(sha256(_json(payload)).digest()).decode("ascii").rstrip("=")
    given = {name: value for name, value in payload.items() if value not in (None, "")}
    signed = f"{_base64(_json({'typ': 'JWT', 'alg': _ALGORITHM}))}.{_base64(_json(given))}"
    return f"{signed}.{_base64(key_pair.sign(signed.encode('ascii')))}"


def is_jwt_shaped(text: str) -> bool:
    """Say whether the text is three dotted parts of base64url"""
    return _JWT.fullmatch(text) is not None


def decode_jwt(text: str) -> SignedClaims:
    """Read a JWT without trusting it

    Raises InputError `jwt-too-large`, `jwt-malformed`, `jwt-version` or `jwt-unknown-type`.
    """
    header, payload, _ = _split(text)
    _check_header(Fields.from_json(header, "header"))
    fields = Fields.from_json(payload, "payload")
    version = fields.child("nats").integer("version", default=1)
    if version != CLAIMS_VERSION:
        raise InputError("jwt-version", f"the JWT has version {version}, not {CLAIMS_VERSION}")
    return SignedClaims(
        claims=read_claims(fields),
        issuer=fields.text("iss"),
        issued_at=fields.integer("iat"),
        jwt_id=fields.text("jti"),
    )


def verify_jwt(text: str) -> SignedClaims:
    """Read a JWT whose signature is good and by a key of the right role

    Says nothing of whether that issuer is trusted. Raises InputError as `decode_jwt`, and
    `jwt-wrong-issuer`, `jwt-signature` or those of `parse_public_key`.
    """
    signed = decode_jwt(text)
    role, _ = parse_public_key(signed.issuer)
    _check_signer(signed.claims, role, signed.issuer)
    data, _, _ = text.rpartition(".")
    if not verify(signed.issuer, data.encode("ascii"), _split(text)[2]):
        raise InputError(
            "jwt-signature",
            f"the signature of the JWT is not by its issuer {signed.issuer}",
            hints=("the JWT was changed after it was issued: get it again",),
        )
    return signed


def _split(text: str) -> tuple[bytes, bytes, bytes]:
    if len(text) > MAX_JWT_CHARACTERS:
        raise InputError(
            "jwt-too-large", f"the JWT has {len(text)} characters, more than {MAX_JWT_CHARACTERS}"
        )
    parts = _JWT.fullmatch(text)
    if not parts:
        raise InputError("jwt-malformed", "the JWT is not three dotted parts of base64url")
    try:
        header, payload, signature = (
            urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts.groups()
        )
    except ValueError:
        raise InputError("jwt-malformed", "a part of the JWT is cut within a byte") from None
    return header, payload, signature


def _check_header(header: Fields) -> None:
    algorithm = header.text("alg").lower()
    if algorithm == _ALGORITHM_OF_VERSION_1:
        raise InputError("jwt-version", f"the JWT has version 1, not {CLAIMS_VERSION}")
    if header.text("typ").upper() != "JWT" or algorithm != _ALGORITHM:
        raise InputError("jwt-malformed", f"the JWT is not of the kind {_ALGORITHM}")


def _check_signer(claims: AnyClaims, role: Role, public_key: str) -> None:
    needed = _SIGNER[type(claims)]
    if role is not needed:
        message = f"this JWT must be issued by {needed.label}, not by {role.label}"
        raise InputError("jwt-wrong-issuer", message)
    if isinstance(claims, OperatorClaims | DeleteClaims) and public_key != claims.public_key:
        raise InputError(
            "jwt-wrong-issuer",
            f"this JWT must be issued by the operator it describes, not by {public_key}",
        )


def _json(values: JsonObject) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode("ascii")


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode("ascii").rstrip("=")
