from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from textwrap import fill
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.secret import Secret
from iterapp_nats.security.creds import Creds, parse_creds, render_creds
from iterapp_nats.security.creds_damage import MAX_CREDS_BYTES, Repair
from tests.security.samples import (
    ACCOUNT,
    AUTHORITY,
    CREDS,
    SEED,
    TEXT,
    USER,
    USER_JWT,
    code_of,
    refusal_of,
)

LINES = TEXT.splitlines()
JWT_BLOCK = "\n".join(LINES[:3])
SEED_BLOCK = "\n".join(LINES[8:11])

# Linear work takes 10 ms, quadratic work took 17 s: the bound holds on a busy machine too.
QUADRATIC_S = 2


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def test_canonical_text_has_the_layout_that_every_client_reads() -> None:
    assert [line for line in LINES if line not in {USER_JWT, SEED}] == [
        "-----BEGIN NATS USER JWT-----",
        "------END NATS USER JWT------",
        "",
        "************************* IMPORTANT *************************",
        "NKEY Seed printed below can be used to sign and prove identity.",
        "NKEYs are sensitive and should be treated as secrets.",
        "",
        "-----BEGIN USER NKEY SEED-----",
        "------END USER NKEY SEED------",
        "",
        "*" * 61,
    ]
    assert TEXT.endswith("*\n")
    assert "\r" not in TEXT


def test_canonical_text_reads_back_without_repairs() -> None:
    assert parse_creds(TEXT) == CREDS
    assert parse_creds(TEXT.encode()) == CREDS
    assert parse_creds(TEXT.rstrip("\n")) == CREDS
    assert parse_creds(TEXT.replace("\n\n", "\n")) == CREDS


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        (TEXT.replace("\n", "\r\n"), {Repair.CARRIAGE_RETURNS}),
        (TEXT.replace("\n", "\r"), {Repair.CARRIAGE_RETURNS}),
        (TEXT.replace("\n", "\\n"), {Repair.LITERAL_NEWLINES}),
        (TEXT.replace("\n", "\\r\\n"), {Repair.LITERAL_NEWLINES}),
        (TEXT.replace("\n", "\\\\n"), {Repair.LITERAL_NEWLINES}),
        (base64(TEXT), {Repair.BASE64}),
        (base64(TEXT).rstrip("="), {Repair.BASE64}),
        (fill(base64(TEXT), 76) + "\n", {Repair.BASE64}),
        (urlsafe_b64encode(TEXT.encode()).decode(), {Repair.BASE64}),
        (base64(base64(TEXT)), {Repair.BASE64}),
        (f'"{base64(TEXT)}"', {Repair.BASE64}),
        (TEXT.replace("\n", " "), {Repair.JOINED_LINES, Repair.TRAILING_BLANKS, Repair.EARLY_END}),
        (f'"{TEXT}"', {Repair.LATE_START}),
        (f"'{TEXT}'", {Repair.LATE_START}),
        (f"NATS_CREDENTIALS='{TEXT}'\n", {Repair.LATE_START}),
        (f"\n{TEXT}", {Repair.LATE_START}),
        (f"\ufeff{TEXT}", {Repair.BYTE_ORDER_MARK}),
        ("".join(f"  {line}\n" for line in LINES if line), {Repair.INDENTATION}),
        ("".join(f"{line} \n" for line in LINES), {Repair.TRAILING_BLANKS}),
        (TEXT.replace("------END", "-----END").replace("------\n", "-----\n"), {Repair.DASHES}),
        (TEXT.replace("-----BEGIN", "---BEGIN"), {Repair.DASHES}),
        (f"{SEED_BLOCK}\n\n{JWT_BLOCK}\n", {Repair.SEED_FIRST}),
        ("\n".join(LINES[:11]), {Repair.EARLY_END}),
        (TEXT.replace(USER_JWT, fill(USER_JWT, 64)), {Repair.WRAPPED}),
        ("".join(TEXT.split()), {Repair.JOINED_LINES, Repair.EARLY_END}),
    ],
)
def test_damaged_text_is_recovered_and_the_damage_named(text: str, repairs: set[Repair]) -> None:
    creds = parse_creds(text)
    assert (creds.user_jwt, creds.seed) == (CREDS.user_jwt, CREDS.seed)
    assert set(creds.repairs) == repairs
    assert render_creds(creds) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_file_as_a_windows_shell_writes_it_is_recovered(encoding: str) -> None:
    creds = parse_creds(TEXT.replace("\n", "\r\n").encode(encoding))
    assert render_creds(creds) == TEXT
    assert Repair.CARRIAGE_RETURNS in creds.repairs
    assert len(creds.repairs) == len({"encoding", "line ends"})


def test_refusing_languages_are_known_for_every_repair() -> None:
    assert all(repair.refused_by for repair in Repair)
    assert "JavaScript" in Repair.CARRIAGE_RETURNS.refused_by


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "creds-empty"),
        (" \n\t", "creds-empty"),
        ('""', "creds-empty"),
        (LINES[0], "creds-truncated"),
        ("-----BEGIN NATS USER JW", "creds-truncated"),
        ("\n".join(LINES[:2]), "creds-truncated"),
        ("\n".join(LINES[:10]), "creds-truncated"),
        ("\n".join(LINES[1:]), "creds-truncated"),
        (TEXT.replace(LINES[2], ""), "creds-truncated"),
        (JWT_BLOCK, "creds-seed-missing"),
        ("\n".join(LINES[:8]), "creds-seed-missing"),
        (SEED_BLOCK, "creds-jwt-missing"),
        (SEED, "creds-jwt-missing"),
        (USER_JWT, "creds-bare-jwt"),
        (f'"{USER_JWT}"\n', "creds-bare-jwt"),
        (TEXT + TEXT, "creds-several"),
        ("not creds", "creds-unrecognised"),
        (base64("not creds" * 9), "creds-unrecognised"),
        (AUTHORITY.certificate_pem, "creds-unrecognised"),
        (AUTHORITY.key_pem.reveal(), "creds-unrecognised"),
        ("/var/run/secrets/nats.creds", "creds-unrecognised"),
        ("x" * (MAX_CREDS_BYTES + 1), "creds-too-large"),
        (TEXT.replace(USER_JWT, ""), "jwt-malformed"),
        (TEXT.replace(USER_JWT, "<redacted>"), "jwt-malformed"),
        (TEXT.replace(SEED, ""), "seed-malformed"),
        (TEXT.replace(SEED, "*****"), "seed-malformed"),
        (TEXT.replace(SEED, SEED[:-1]), "seed-malformed"),
        (
            TEXT.replace(SEED, f"{SEED[:20]}{'A' if SEED[20] != 'A' else 'B'}{SEED[21:]}"),
            "seed-checksum",
        ),
        (TEXT.replace(SEED, USER.public_key), "seed-malformed"),
        (TEXT.replace(SEED, ACCOUNT.seed.reveal()), "seed-wrong-role"),
    ],
)
def test_text_that_cannot_be_recovered_is_refused_by_name(text: str, code: str) -> None:
    assert refusal_of(parse_creds, text).code == code


def test_account_seed_is_called_one() -> None:
    error = refusal_of(parse_creds, TEXT.replace(SEED, ACCOUNT.seed.reveal()))
    assert error.message == "this is an account seed, and a login needs a user seed"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (AUTHORITY.certificate_pem, "certificate"),
        (AUTHORITY.key_pem.reveal(), "private key"),
        ("./nats.creds", "path"),
    ],
)
def test_other_content_in_place_of_creds_is_recognised(text: str, word: str) -> None:
    assert word in refusal_of(parse_creds, text).message


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal_of(parse_creds, b"\x80\x81").code == "creds-not-text"


def test_creds_print_no_secret() -> None:
    for printed in (repr(CREDS), str(CREDS), f"{CREDS}"):
        assert SEED not in printed
        assert USER_JWT not in printed


@given(st.integers(0, len(TEXT)))
def test_text_cut_anywhere_is_recovered_or_named(length: int) -> None:
    code = code_of(parse_creds, TEXT[:length])
    end_of_seed_block = TEXT.rindex("\n\n*****") - len("-----")
    if length >= end_of_seed_block:
        assert code is None
    else:
        assert code in {
            "creds-empty",
            "creds-truncated",
            "creds-seed-missing",
            "creds-unrecognised",
        }


FRAGMENTS = [
    *LINES,
    "BEGIN",
    "END",
    " ",
    "\n",
    "\\n",
    "\r",
    "-",
    '"',
    "=",
    "NATS USER JWT",
    "\ufeff",
]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=30).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert code_of(parse_creds, text) != ""
    assert code_of(parse_creds, text.encode("utf-8", "replace")) != ""


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert code_of(parse_creds, data) != ""
    assert code_of(parse_creds, b"\xff\xfe" + data) != ""


@given(st.text(st.sampled_from("-_AZaz09"), min_size=1))
def test_dashes_within_a_jwt_are_not_those_of_a_marker(part: str) -> None:
    creds = Creds(Secret(f"{part}.{part}.{part}A"), USER.seed)
    assert parse_creds(render_creds(creds)) == creds


@pytest.mark.parametrize(
    "filler",
    ["-", "\\", "\\r", "\n", " ", "A", "BEGIN ", "BEGIN USER NKEY SEED-", "-\n", '"', "\x1c"],
)
def test_largest_text_is_refused_without_quadratic_work(filler: str) -> None:
    text = (filler * MAX_CREDS_BYTES)[:MAX_CREDS_BYTES]
    start = process_time()
    assert code_of(parse_creds, text)
    assert process_time() - start < QUADRATIC_S
