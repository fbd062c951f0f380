"""Creds: the user JWT and the seed that belongs to it, as one text

Read whatever its white space, order, quotes and encoding; written in the one form that every
examined client accepts: LF, five dashes before BEGIN, six around END, a closing line of stars (so
that a shell's `$(cat file)` takes nothing that matters) and a final newline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.creds_blocks import BlockKind, find_blocks, find_layout_repairs
from iterapp_nats.security.creds_damage import (
    MAX_CREDS_BYTES,
    Repair,
    decode_creds_bytes,
    normalise_lines,
)
from iterapp_nats.security.jwt import is_jwt_shaped
from iterapp_nats.security.nkey import Role, parse_seed

_BARE_SEED: Final = re.compile(r"S[A-Z2-7]{57}")
_COPY_AGAIN: Final = "copy the creds again, from the first line to the last"
_CLOSING: Final = "*" * 61
_BANNER: Final = """\
************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets."""


@dataclass(frozen=True, slots=True)
class Creds:
    """A well-formed pair of user JWT and user seed, and what had to be repaired to read it

    Whether the two belong together is what identity.py says.
    """

    user_jwt: Secret
    seed: Secret
    repairs: tuple[Repair, ...] = ()


def parse_creds(text: str | bytes) -> Creds:
    """Read creds in whatever state they arrived

    Raises nothing but InputError: `creds-too-large`, `creds-not-text`, `creds-empty`,
    `creds-truncated`, `creds-several`, `creds-bare-jwt`, `creds-jwt-missing`,
    `creds-seed-missing`, `creds-unrecognised`, `jwt-malformed`, `seed-malformed`, `seed-checksum`
    or `seed-wrong-role`.
    """
    if len(text) > MAX_CREDS_BYTES:
        raise InputError(
            "creds-too-large", f"the creds are {len(text)} bytes long, more than {MAX_CREDS_BYTES}"
        )
    decoded, byte_repairs = (text, ()) if isinstance(text, str) else decode_creds_bytes(text)
    lines, repairs = normalise_lines(decoded)
    blocks = find_blocks(lines)
    jwt, seed = blocks.get(BlockKind.JWT), blocks.get(BlockKind.SEED)
    if not jwt or not seed:
        raise _incomplete(lines, has_jwt=jwt is not None, has_seed=seed is not None)
    creds = Creds(
        user_jwt=Secret(jwt.content),
        seed=Secret(seed.content),
        repairs=byte_repairs + repairs + find_layout_repairs(lines, jwt, seed),
    )
    _check_form(creds)
    return creds


def render_creds(creds: Creds) -> str:
    """Return the canonical text, about 1 KB; it belongs into a file of mode 0600"""
    return f"""\
-----BEGIN NATS USER JWT-----
{creds.user_jwt.reveal()}
------END NATS USER JWT------

{_BANNER}

-----BEGIN USER NKEY SEED-----
{creds.seed.reveal()}
------END USER NKEY SEED------

{_CLOSING}
"""


def _check_form(creds: Creds) -> None:
    if not is_jwt_shaped(creds.user_jwt.reveal()):
        raise InputError(
            "jwt-malformed",
            "the user JWT of the creds is not three dotted parts of base64url",
            hints=(_COPY_AGAIN,),
        )
    role, _ = parse_seed(creds.seed)
    if role is not Role.USER:
        raise InputError(
            "seed-wrong-role",
            f"this is {role.label} seed, and a login needs a user seed",
            hints=("ask for creds of a user; the seed of an account signs them, and stays secret",),
        )


def _incomplete(text: str, *, has_jwt: bool, has_seed: bool) -> InputError:
    if has_jwt:
        message = "the creds have a user JWT but no seed"
        return InputError("creds-seed-missing", message, hints=(_COPY_AGAIN,))
    compact = "".join(text.split()).strip("\"'")
    if has_seed or _BARE_SEED.fullmatch(compact):
        message = "the creds have a seed but no user JWT"
        return InputError("creds-jwt-missing", message, hints=(_COPY_AGAIN,))
    if not compact:
        return InputError("creds-empty", "the creds are empty", hints=(_COPY_AGAIN,))
    if compact.startswith("eyJ") and is_jwt_shaped(compact):
        return InputError(
            "creds-bare-jwt",
            "this is a JWT alone, without the seed that a login signs with",
            hints=(_COPY_AGAIN,),
        )
    return _unrecognised(compact)


def _unrecognised(compact: str) -> InputError:
    if "BEGINNATSUSER" in compact:
        message = "the creds end within their first line"
        return InputError("creds-truncated", message, hints=(_COPY_AGAIN,))
    message = "the creds have neither a user JWT nor a seed"
    if "BEGINCERTIFICATE" in compact:
        return InputError("creds-unrecognised", f"{message}: this is a certificate")
    if "PRIVATEKEY" in compact:
        return InputError("creds-unrecognised", f"{message}: this is the private key of TLS")
    if compact.startswith(("/", "./", "../", "~")) or compact.endswith(".creds"):
        hint = "give a path as --creds or NATS_CREDENTIALS_FILE"
        return InputError("creds-unrecognised", f"{message}: this looks like a path", hints=(hint,))
    return InputError("creds-unrecognised", message, hints=(_COPY_AGAIN,))
