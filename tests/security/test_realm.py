"""The register of a development server's accounts, and what is issued of it"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.errors import InputError
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.certificates.reader import read_certificate
from iterapp_nats.security.claims import AccountClaims, JetStreamLimits, OperatorClaims
from iterapp_nats.security.identity import check_creds
from iterapp_nats.security.issuing import Issuer, add_accounts, new_realm
from iterapp_nats.security.jwt import verify_jwt
from iterapp_nats.security.realm import (
    AUTHORITY_S,
    CA_NAME,
    CERTIFICATE_NAME,
    CREDS_S,
    DAY_S,
    KEY_NAME,
    SERVER_CERTIFICATE_DAYS,
    AppEnvironment,
    Realm,
    app_of_folder,
    renew,
    require_app,
    require_environment,
    with_jetstream,
    with_key_type,
    with_server_names,
)
from iterapp_nats.security.realm_text import parse_realm, render_realm

NOW: Final = 1_800_000_000
ENTROPY: Final = bytes(range(32))
TEST: Final = AppEnvironment("shop", "test")
PROD: Final = AppEnvironment("shop", "prod")
OTHER: Final = AppEnvironment("other", "test")


def make_realm(*owners: AppEnvironment, now: int = NOW) -> Realm:
    return add_accounts(new_realm(ENTROPY, now), owners or (TEST,), now)


def texts(realm: Realm) -> dict[str, str]:
    return {file.name: file.content.reveal() for file in Issuer.of(realm).files()}


def test_known_entropy_gives_known_keys_and_files() -> None:
    realm = make_realm()
    issuer = Issuer.of(realm)
    assert (issuer.operator.public_key, realm.accounts[0].public_key) == (
        "OATE3X2BPBCYU57VVRPW46GQGC3ZL76FQCDTM3VG4JWYC7Z5MQSPNQ2P",
        "ADE4HOGUOPOUJML7OUZV7RB23AH6WM5QH5JC733RVC2BDZPOANVRKLKE",
    )
    everything = "".join(f"{name}\n{text}" for name, text in sorted(texts(realm).items()))
    assert sha256(everything.encode()).hexdigest() == (
        "97f04bde0d8d52bbfc07ff10978d28ff1c5aded14284f22d2a11b6f94c639a58"
    )


def test_creds_log_in_as_the_account_of_app_and_environment() -> None:
    realm = make_realm(TEST, PROD)
    issuer = Issuer.of(realm)
    for account in realm.accounts:
        identity = check_creds(issuer.creds(account), NOW)
        assert identity.account_public_key == account.public_key
        assert identity.user_name == account.owner.name
        assert identity.tags == ("app:shop", f"env:{account.owner.environment}")
        assert identity.expires_at == account.expires_at == NOW + CREDS_S


def test_chain_of_trust_leads_from_the_operator_to_each_account() -> None:
    realm = make_realm(TEST, OTHER)
    issuer = Issuer.of(realm)
    operator = verify_jwt(issuer.operator_jwt())
    assert isinstance(operator.claims, OperatorClaims)
    assert operator.claims.system_account == issuer.system.public_key
    for account in realm.accounts:
        signed = verify_jwt(issuer.account_jwt(account))
        assert signed.issuer == operator.claims.public_key
        assert (signed.claims.public_key, signed.claims.name) == (
            account.public_key,
            account.owner.name,
        )
    system = check_creds(issuer.system_creds(), NOW)
    assert system.account_public_key == issuer.system.public_key
    assert system.expires_at is None


def test_server_certificate_is_of_the_authority_and_has_its_names() -> None:
    realm = with_server_names(make_realm(), ("nats.local", "10.1.2.3", "localhost"), NOW)
    issuer = Issuer.of(realm)
    authority = read_certificate(issuer.authority().certificate_pem)
    server = read_certificate(issuer.server_certificate().certificate_pem)
    assert authority.is_authority
    assert server.issuer_der == authority.subject_der
    assert server.names == (
        "localhost", "host.docker.internal", "127.0.0.1", "::1", "nats.local", "10.1.2.3",
    )  # fmt: skip


def test_added_account_changes_no_other_file() -> None:
    before = texts(make_realm(TEST))
    after = texts(add_accounts(make_realm(TEST), (TEST, PROD), NOW + 5))
    assert before.items() <= after.items()
    assert len(after) == len(before) + 2


def test_accounts_of_different_owners_share_no_key() -> None:
    realm = make_realm(TEST, PROD, OTHER)
    issuer = Issuer.of(realm)
    keys = [issuer.operator, issuer.system]
    for account in realm.accounts:
        keys += [issuer.account_key(account.owner), issuer.user_key(account.owner)]
    assert len({key.public_key for key in keys}) == len({key.seed for key in keys}) == len(keys)


@pytest.mark.parametrize(("age_s", "is_renewed"), [(CREDS_S // 2, False), (CREDS_S // 2 + 1, True)])
def test_creds_are_renewed_at_half_their_life_and_keep_their_keys(
    age_s: int, *, is_renewed: bool
) -> None:
    realm = make_realm()
    renewed = renew(realm, NOW + age_s)
    assert (renewed != realm) == is_renewed
    assert renewed.accounts[0].expires_at == NOW + CREDS_S + is_renewed * age_s
    old, new = Issuer.of(realm), Issuer.of(renewed)
    assert old.account_jwt(realm.accounts[0]) == new.account_jwt(renewed.accounts[0])
    assert old.user_key(TEST).public_key == new.user_key(TEST).public_key


@pytest.mark.parametrize("later_s", [SERVER_CERTIFICATE_DAYS * DAY_S, AUTHORITY_S, -DAY_S])
def test_certificates_that_do_not_hold_now_are_issued_again(later_s: int) -> None:
    now = NOW + later_s
    realm = make_realm()
    issuer = Issuer.of(renew(realm, now))
    authority = read_certificate(issuer.authority().certificate_pem)
    server = read_certificate(issuer.server_certificate().certificate_pem)
    for certificate in (authority, server):
        assert certificate.not_before <= now < certificate.not_after
    assert server.not_after - now > SERVER_CERTIFICATE_DAYS * DAY_S / 2
    assert Issuer.of(realm).authority().key_pem == issuer.authority().key_pem


def test_nothing_is_renewed_before_its_time() -> None:
    assert renew(make_realm(), NOW) == make_realm()
    assert texts(renew(make_realm(), NOW + DAY_S)) == texts(make_realm())


def test_jetstream_is_in_the_account_and_not_in_the_system_account() -> None:
    realm = with_jetstream(make_realm(), NOW, jetstream=True)
    issuer = Issuer.of(realm)
    signed = verify_jwt(issuer.account_jwt(realm.accounts[0]))
    assert isinstance(signed.claims, AccountClaims)
    assert signed.claims.limits.jetstream == JetStreamLimits(memory_bytes=-1, disk_bytes=-1)
    assert signed.issued_at > NOW
    system = verify_jwt(issuer.system_jwt()).claims
    assert isinstance(system, AccountClaims)
    assert system.limits.jetstream is None
    assert with_jetstream(realm, NOW, jetstream=True) is realm


def test_other_key_type_makes_both_certificates_anew_and_no_account() -> None:
    before = make_realm(TEST)
    after = with_key_type(before, KeyType.ECDSA, NOW + 5)
    assert parse_realm(render_realm(after).reveal()) == after
    changed = {name for name, text in texts(after).items() if texts(before)[name] != text}
    assert changed == {CA_NAME, CERTIFICATE_NAME, KEY_NAME}
    assert with_key_type(after, None, NOW + 9) is with_key_type(after, KeyType.ECDSA, NOW) is after


def test_vault_from_before_there_were_key_types_is_read() -> None:
    realm = make_realm(TEST)
    values = json.loads(render_realm(realm).reveal())
    del values["key_type"]
    assert parse_realm(json.dumps(values)) == realm


def test_known_server_names_change_nothing() -> None:
    realm = make_realm()
    assert with_server_names(realm, ("localhost",), NOW + 1) is realm


def test_vault_reads_back_and_prints_no_secret() -> None:
    realm = with_jetstream(make_realm(TEST, OTHER), NOW, jetstream=True)
    assert parse_realm(render_realm(realm).reveal()) == realm
    assert ENTROPY.hex() not in repr(realm) + str(Issuer.of(realm)) + repr(Issuer.of(realm).files())


@given(st.integers(min_value=0, max_value=4000), st.binary(max_size=3))
def test_damaged_vault_is_refused_without_its_content(cut: int, noise: bytes) -> None:
    text = render_realm(make_realm()).reveal()
    damaged = text[:cut] + noise.decode("latin-1") + text[cut + 40 :]
    error = refusal(damaged)
    if error:
        assert error.code in {"vault-malformed", "vault-schema"}
        assert ENTROPY.hex()[:16] not in repr(error) + error.message
        assert error.__cause__ is None


def refusal(text: str) -> InputError | None:
    try:
        parse_realm(text)
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize(
    "change", [{"entropy": "00"}, {"accounts": 7}, {"accounts": [None]}, {"created_at": "soon"}]
)
def test_vault_of_another_shape_is_malformed(change: dict[str, object]) -> None:
    values = json.loads(render_realm(make_realm()).reveal()) | change
    with pytest.raises(InputError) as raised:
        parse_realm(json.dumps(values))
    assert raised.value.code == "vault-malformed"


def test_vault_of_another_version_is_named() -> None:
    text = render_realm(make_realm()).reveal().replace('"schema": 1', '"schema": 2')
    with pytest.raises(InputError, match="the schema 2, this version knows 1"):
        parse_realm(text)


@pytest.mark.parametrize(
    ("folder", "app"),
    [
        ("shop", "shop"),
        ("My Shop", "my-shop"),
        ("größe-漢字-🐋", "gr-e"),
        ("漢字", "app"),
        ("a_b.c", "a-b-c"),
        ("--x--", "x"),
        ("long" * 40, ("long" * 10)),
    ],
)
def test_folder_of_any_name_stands_for_an_app(folder: str, app: str) -> None:
    assert app_of_folder(folder) == app
    assert require_app(app) == app


@pytest.mark.parametrize("name", ["", "Shop", "a/b", "..", "-a", "a-", "ö", "a" * 64, "a\n"])
def test_app_that_no_file_can_carry_is_refused(name: str) -> None:
    with pytest.raises(InputError) as raised:
        require_app(name)
    assert raised.value.code == "app-invalid"


@pytest.mark.parametrize("name", ["", "Prod", "a-b", "../x", "a" * 33, "test\n"])
def test_environment_that_would_be_ambiguous_is_refused(name: str) -> None:
    with pytest.raises(InputError) as raised:
        require_environment(name)
    assert raised.value.code == "environment-invalid"


def test_account_is_found_by_its_owner() -> None:
    realm = make_realm(TEST, PROD)
    assert realm.find(PROD) == realm.accounts[1]
    assert realm.find(OTHER) is None
