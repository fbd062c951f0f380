"""The accounts of a secure server on disk: which there are, what is renewed, what is repaired"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.accounts.minting import PreparedAccounts, prepare_accounts
from iterapp_nats.dev.accounts.vault import load_creds, load_realm
from iterapp_nats.dev.plan import ServerOptions, plan_accounts, require_options
from iterapp_nats.dev.server_state import Preferences
from iterapp_nats.dev.state import StateFolder
from iterapp_nats.errors import InputError, LocalServerError
from iterapp_nats.security.identity import check_creds
from iterapp_nats.security.issuing import Issuer
from iterapp_nats.security.realm import CREDS_S, AppEnvironment, Realm

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000
LOCAL = AppEnvironment("shop", "local")
TEST = AppEnvironment("shop", "test")
PROD = AppEnvironment("shop", "prod")


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path / "shop" / ".iterapp-nats").create()


def prepare(folder: StateFolder, *environments: str, now: int = NOW) -> PreparedAccounts:
    options = ServerOptions(secure=True, environments=environments)
    return prepare_accounts(folder, options, Preferences(), now)


def realm_of(folder: StateFolder) -> Realm:
    realm = load_realm(folder)
    assert realm
    return realm


def on_disk(folder: StateFolder) -> dict[str, str]:
    places = (folder.path / name for name in ("creds", "jwt", "tls"))
    paths = [path for place in places for path in place.iterdir()]
    return {path.relative_to(folder.path).as_posix(): path.read_text() for path in paths}


def issued(folder: StateFolder) -> dict[str, str]:
    files = Issuer.of(realm_of(folder)).files()
    return {file.name: file.content.reveal() for file in files}


def test_files_are_those_of_the_realm_and_private(folder: StateFolder) -> None:
    prepare(folder, "test", "prod")
    assert on_disk(folder) == issued(folder)
    for path in folder.path.rglob("*"):
        is_ours = path.name != ".gitignore"
        mode = 0o700 if path.is_dir() else 0o600 if is_ours else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


def test_second_time_nothing_is_written(folder: StateFolder) -> None:
    prepare(folder, "test")
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")}
    assert prepare(folder, "test", now=NOW + 60) == PreparedAccounts(TEST, (), ())
    assert {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")} == before


def test_added_account_leaves_the_files_of_others_alone(folder: StateFolder) -> None:
    prepare(folder, "test")
    before = on_disk(folder)
    assert prepare(folder, "prod", now=NOW + 60).added == (PROD,)
    assert before.items() < on_disk(folder).items()


def test_creds_with_little_life_left_are_renewed_and_said(folder: StateFolder) -> None:
    prepare(folder, "test", "prod")
    later = NOW + CREDS_S - 60
    prepared = prepare(folder, "test", now=later)
    assert prepared.notes(is_running=True) == (
        "renewed the creds of the accounts shop-test and shop-prod",
    )
    old = check_creds(load_creds(folder, TEST), later)
    assert old.expires_at == later + CREDS_S
    assert on_disk(folder) == issued(folder)


@pytest.mark.parametrize("is_empty", [False, True])
def test_lost_or_empty_file_is_made_again_byte_for_byte(
    folder: StateFolder, *, is_empty: bool
) -> None:
    prepare(folder, "test")
    before = on_disk(folder)
    for name in before:
        path = folder.path / name
        path.unlink()
        if is_empty:
            path.touch()
        prepare(folder, "test", now=NOW + 60)
        assert on_disk(folder) == before, name


def test_jetstream_and_names_change_what_they_have_to(folder: StateFolder) -> None:
    prepare(folder, "test")
    before = on_disk(folder)
    options = ServerOptions(jetstream=True, names=("nats.local",))
    prepare_accounts(folder, options, Preferences(default_account=TEST), NOW)
    after = on_disk(folder)
    assert after == issued(folder)
    changed = {name for name in after if after[name] != before[name]}
    account = realm_of(folder).accounts[0]
    assert changed == {"tls/server.pem", account.jwt_name}


@pytest.mark.parametrize("content", ["", "{}", '{"schema": 9}', "\udcff"])
def test_unusable_vault_is_named_and_left_alone(content: str, folder: StateFolder) -> None:
    vault = folder.path / "vault.json"
    vault.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(LocalServerError) as raised:
        prepare(folder, "test")
    assert raised.value.code == "vault-unusable"
    assert str(vault) in raised.value.message
    assert "dev reset" in raised.value.hints[0]
    assert vault.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_file_in_place_of_a_folder_is_named(folder: StateFolder) -> None:
    (folder.path / "creds").write_text("mine")
    with pytest.raises(LocalServerError, match="creds"):
        prepare(folder, "test")


@pytest.mark.parametrize(
    ("environments", "apps", "known", "last", "default", "added"),
    [
        ((), (), (), None, LOCAL, {LOCAL}),
        (("test", "prod"), (), (), None, TEST, {TEST, PROD}),
        (("prod",), (), (TEST,), TEST, PROD, {PROD}),
        ((), (), (TEST, PROD), PROD, PROD, set()),
        ((), ("other",), (TEST,), TEST, TEST, {AppEnvironment("other", "test")}),
        (("test", "test"), ("shop",), (), None, TEST, {TEST}),
        ((), (), (), PROD, PROD, {LOCAL, PROD}),
        ((), (), (AppEnvironment("old", "test"),), AppEnvironment("old", "test"), TEST, {TEST}),
    ],
    ids=["first", "several", "further", "again", "app", "twice", "lost vault", "renamed"],
)
def test_wishes_and_memory_give_the_accounts(
    environments: tuple[str, ...],
    apps: tuple[str, ...],
    known: tuple[AppEnvironment, ...],
    last: AppEnvironment | None,
    default: AppEnvironment,
    added: set[AppEnvironment],
) -> None:
    options = ServerOptions(environments=environments, apps=apps)
    plan = plan_accounts(options, "shop", known=known, last=last)
    assert plan.default == default
    assert set(plan.owners) - set(known) == added


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (ServerOptions(port=70000), "port-invalid"),
        (ServerOptions(apps=("A",)), "app-invalid"),
        (ServerOptions(environments=("a-b",)), "environment-invalid"),
        (ServerOptions(names=("not a host",)), "certificate-names"),
        (ServerOptions(secure=False, environments=("test",)), "plain-with-accounts"),
    ],
    ids=["port", "app", "environment", "name", "plain"],
)
def test_wish_that_cannot_be_had_is_refused(options: ServerOptions, code: str) -> None:
    with pytest.raises(InputError) as raised:
        require_options(options)
    assert raised.value.code == code


def test_whoever_names_an_account_wants_accounts() -> None:
    assert ServerOptions(environments=("test",)).wants_secure
    assert ServerOptions().wants_secure is None
    assert ServerOptions(secure=False).wants_secure is False


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "the account shop-e0"),
        (2, "the accounts shop-e0 and shop-e1"),
        (9, "the accounts shop-e0, shop-e1, shop-e2, shop-e3, shop-e4 and 4 more"),
    ],
)
def test_added_accounts_are_said_where_the_server_goes_on(count: int, words: str) -> None:
    added = tuple(AppEnvironment("shop", f"e{number}") for number in range(count))
    prepared = PreparedAccounts(TEST, added, ())
    assert prepared.notes(is_running=True) == (f"added {words}; the server goes on",)
    assert prepared.notes(is_running=False) == ()
