"""Synthetic keys, claims and creds at a fixed time, and how a damaged text is refused"""

from __future__ import annotations

import json
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Final, TypeVar

import pytest

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.certificates.authority import (
    DEV_SERVER_NAMES,
    generate_authority,
    issue_server_certificate,
)
from iterapp_nats.security.claims import UserClaims
from iterapp_nats.security.creds import Creds, render_creds
from iterapp_nats.security.jwt import encode_jwt
from iterapp_nats.security.nkey import KeyPair, Role
from tests.support.operator_mode import derive_key, entropy_of
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

NOW: Final = 1_900_000_000
OPERATOR: Final = derive_key(Role.OPERATOR, "operator")
ACCOUNT: Final = derive_key(Role.ACCOUNT, "exampleapp-test")
OTHER_ACCOUNT: Final = derive_key(Role.ACCOUNT, "otherapp-test")
USER: Final = derive_key(Role.USER, "pod")
OTHER_USER: Final = derive_key(Role.USER, "other pod")
USER_CLAIMS: Final = UserClaims(public_key=USER.public_key, name="pod")
USER_JWT: Final = encode_jwt(USER_CLAIMS, ACCOUNT, NOW)
CREDS: Final = Creds(Secret(USER_JWT), USER.seed)
TEXT: Final = render_creds(CREDS)
SEED: Final = USER.seed.reveal()
AUTHORITY: Final = generate_authority(entropy_of("authority"), NOW, "test authority")
SERVER: Final = issue_server_certificate(
    AUTHORITY, entropy_of("server"), NOW, DEV_SERVER_NAMES, days=30
)


def payload_of(jwt: str) -> str:
    part = jwt.split(".")[1]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8")


def base64(text: str) -> str:
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")


def signed(payload: str, signer: KeyPair = ACCOUNT, algorithm: str = "ed25519-nkey") -> str:
    """Return a JWT of any payload with a good signature"""
    data = f"{base64(json.dumps({'typ': 'JWT', 'alg': algorithm}))}.{base64(payload)}"
    signature = urlsafe_b64encode(signer.sign(data.encode())).decode().rstrip("=")
    return f"{data}.{signature}"


def with_payload(**changes: object) -> str:
    payload = json.loads(payload_of(USER_JWT)) | changes
    return signed(json.dumps(payload))


def refusal_of(read: Callable[[T], object], value: T) -> InputError:
    """Return the error with which reading the value is refused; it never holds what was read"""
    with pytest.raises(InputError) as caught:
        read(value)
    said = " ".join((caught.value.message, *caught.value.hints, *caught.value.context.values()))
    assert SEED not in said
    assert USER_JWT not in said
    return caught.value


def code_of(read: Callable[[T], object], value: T) -> str | None:
    """Return the code with which reading the value is refused, or None; any other error escapes"""
    try:
        read(value)
    except InputError as error:
        return error.code
    return None


def openssl(*arguments: str | Path) -> str:
    """Return all that OpenSSL prints"""
    command = [require_tool("openssl"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    return done.stdout + done.stderr
