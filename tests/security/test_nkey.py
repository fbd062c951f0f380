from __future__ import annotations

from base64 import b32encode
from binascii import crc_hqx
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.security.nkey import (
    Ed25519Key,
    KeyPair,
    Role,
    parse_public_key,
    parse_seed,
    verify,
)
from tests.security.samples import ACCOUNT, SEED, USER, code_of, refusal_of
from tests.support.operator_mode import derive_key

NKEY_LETTERS = ascii_uppercase + "234567"
roles = st.sampled_from(Role)
entropies = st.binary(min_size=32, max_size=32)


def test_signature_and_public_key_are_those_of_rfc_8032_section_7_1_test_2() -> None:
    key = Ed25519Key.from_private_bytes(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    assert key.public_bytes.hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_fixed_entropy_gives_a_known_public_key() -> None:
    key_pair = KeyPair.generate(Role.ACCOUNT, bytes(range(32)))
    assert key_pair.public_key == "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV"


@pytest.mark.parametrize(
    ("role", "letter"),
    [
        (Role.OPERATOR, "O"),
        (Role.ACCOUNT, "A"),
        (Role.USER, "U"),
        (Role.SERVER, "N"),
        (Role.CLUSTER, "C"),
    ],
)
def test_role_is_the_first_letter_of_the_public_key_and_the_second_of_the_seed(
    role: Role, letter: str
) -> None:
    key_pair = derive_key(role, "any")
    assert key_pair.public_key[0] == letter
    assert key_pair.seed.reveal()[:2] == f"S{letter}"


@given(roles, entropies)
def test_seed_and_public_key_read_back_and_agree_with_the_package_nkeys(
    role: Role, entropy: bytes
) -> None:
    import nkeys

    key_pair = KeyPair.generate(role, entropy)
    theirs = nkeys.from_seed(bytearray(key_pair.seed.reveal().encode()))  # type: ignore[no-untyped-call]

    assert KeyPair.from_seed(key_pair.seed) == key_pair
    assert parse_seed(key_pair.seed) == (role, entropy)
    assert parse_public_key(key_pair.public_key)[0] is role
    assert theirs.public_key.decode() == key_pair.public_key
    assert theirs.sign(b"nonce") == key_pair.sign(b"nonce")


@given(st.binary(), st.binary(max_size=80))
def test_only_the_owner_verifies(data: bytes, forged: bytes) -> None:
    signature = USER.sign(data)
    assert verify(USER.public_key, data, signature)
    assert not verify(ACCOUNT.public_key, data, signature)
    assert not verify(USER.public_key, data + b"x", signature)
    assert not verify(USER.public_key, data, forged)


def typos_of(text: str) -> list[str]:
    """Return every text that differs in one letter"""
    return [
        text[:position] + letter + text[position + 1 :]
        for position in range(len(text))
        for letter in NKEY_LETTERS
        if letter != text[position]
    ]


def test_one_wrong_letter_anywhere_in_a_seed_is_found() -> None:
    codes = {code_of(parse_seed, Secret(typo)) for typo in typos_of(SEED)}
    assert codes == {"seed-checksum"}


def test_one_wrong_letter_anywhere_in_a_public_key_is_found() -> None:
    codes = {code_of(parse_public_key, typo) for typo in typos_of(USER.public_key)}
    assert codes == {"public-key-checksum"}


@pytest.mark.parametrize(
    "text",
    ["", SEED[:-1], f"{SEED}A", SEED.lower(), f"{SEED[:-1]}1", f"{SEED[:-1]}=", f"{SEED[:-1]}é"],
)
def test_text_that_is_no_seed_is_malformed(text: str) -> None:
    assert refusal_of(parse_seed, Secret(text)).code in {"seed-malformed", "seed-checksum"}


def test_public_key_in_place_of_a_seed_is_malformed() -> None:
    assert refusal_of(parse_seed, Secret(USER.public_key)).code == "seed-malformed"


def test_seed_in_place_of_a_public_key_is_not_repeated() -> None:
    assert refusal_of(parse_public_key, SEED).code == "public-key-malformed"


def test_curve_key_has_no_role_that_signs() -> None:
    curve_key = bytes([23 << 3]) + bytes(32)
    checksum = crc_hqx(curve_key, 0).to_bytes(2, "little")
    text = b32encode(curve_key + checksum).decode("ascii")
    assert text.startswith("X")
    assert refusal_of(parse_public_key, text).code == "public-key-wrong-role"


def test_entropy_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="32 bytes, not 31"):
        KeyPair.generate(Role.USER, bytes(31))


def test_key_pair_prints_no_secret() -> None:
    printed = f"{USER} {USER!r} {USER._key}"  # noqa: SLF001 - it is the field that could print
    assert USER.public_key in printed
    assert SEED not in printed
    assert repr(parse_seed(USER.seed)[1]) not in printed


@given(st.text(max_size=70))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert code_of(parse_public_key, text) != ""
    assert code_of(parse_seed, Secret(text)) != ""
