"""`dev up --secure` through whole commands: what they print, give to apps, and do not tell"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.accounts.vault import load_realm
from iterapp_nats.envfile.variables import Consumer
from iterapp_nats.security.certificates.key_type import KeyType
from iterapp_nats.security.issuing import Issuer
from iterapp_nats.security.realm import AppEnvironment, Realm
from tests.dev.dev_project import DevProject, command_lines, envelope, finish, wait_until
from tests.support.cli import Ended, run_cli, start_cli
from tests.test_startup import SCRIPT, SLOW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECURE = ("--secure", "--port", "0")
TWO = ("--environment", "test", "--environment", "prod", "--port", "0")


def call(shop: DevProject, *argv: str, environ: Mapping[str, str] | None = None) -> Ended:
    return run_cli(*argv, cwd=shop.folder, environ=environ)


def realm_of(shop: DevProject) -> Realm:
    realm = load_realm(shop.state_folder)
    assert realm
    return realm


def variables(shop: DevProject, environment: str, app: str = "shop") -> dict[str, str]:
    """What the platform would give to the account"""
    folder = shop.state_folder.path
    creds = folder / "creds" / f"{app}-{environment}.creds"
    return {
        "NATS_URL": shop.state.url,
        "NATS_CREDENTIALS": creds.read_text(),
        "NATS_CREDENTIALS_FILE": str(creds),
        "NATS_CA_FILE": str(folder / "tls" / "ca.pem"),
    }


def test_twelve_ups_at_once_are_one_server_with_one_realm(shop: DevProject) -> None:
    with ThreadPoolExecutor(12) as pool:
        argv = ("up", *SECURE, "--format", "json")
        ended = list(pool.map(lambda _: finish(shop.start(*argv)), range(12)))
    assert [each.code for each in ended] == [0] * 12, [each.stderr for each in ended]
    views = [envelope(each) for each in ended]
    assert len({view["url"] for view in views}) == len({view["pid"] for view in views}) == 1
    assert all(view["accounts"] == views[0]["accounts"] for view in views)
    assert sum(not view["was_running"] for view in views) == 1
    assert call(shop, "rtt", "--count", "1").code == 0


def test_address_block_names_the_account_in_six_lines(shop: DevProject) -> None:
    lines = shop.dev("up", *SECURE).stderr.splitlines()
    assert len(lines) == 6
    assert lines[0] == f"nats-server is running at {shop.state.url} (for shop)"
    assert lines[2] == "  account    shop-local"
    lines = shop.dev("up", "--environment", "test", "--app", "other").stderr.splitlines()
    assert lines[0] == "note: added the accounts shop-test and other-test; the server goes on"
    assert lines[3] == ("  account    shop-test, and 2 more: iterapp-nats env --environment local")


def test_status_lists_accounts_and_expiry(shop: DevProject) -> None:
    shop.up(*TWO)
    account = realm_of(shop).accounts[1]
    status = shop.dev("status")
    assert status.code == 0
    first, *rows = status.text.splitlines()
    assert first.endswith(f"pid {shop.pid}, secure)")
    assert [row.split()[0] for row in rows] == ["shop-test", "shop-prod"]
    assert rows[1].split()[1:4] == [
        account.public_key, ".iterapp-nats/creds/shop-prod.creds", "until",
    ]  # fmt: skip
    view = envelope(shop.dev("status", "--format", "json"))
    assert (view["mode"], len(view["accounts"])) == ("secure", 2)
    assert view["accounts"][1] == {
        "name": "shop-prod",
        "app": "shop",
        "environment": "prod",
        "public_key": account.public_key,
        "creds_file": str(shop.state_folder.path / account.owner.creds_name),
        "expires_at": account.expires_at,
        "is_default": False,
    }


def test_json_of_a_plain_server_has_no_accounts(shop: DevProject) -> None:
    shop.up()
    view = envelope(shop.dev("status", "--format", "json"))
    assert (view["mode"], view["accounts"], view["ca_file"]) == ("plain", [], None)


def test_messages_need_no_flag_and_say_nothing_of_tls(shop: DevProject) -> None:
    shop.up(*SECURE)
    reply = start_cli(
        "reply", "orders.get", "paid", "--count", "1",
        cwd=shop.folder, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert reply.stderr
    assert b"answering" in reply.stderr.readline()
    asked = call(shop, "request", "orders.get", "7")
    assert (asked.code, asked.text, asked.stderr) == (0, "paid\n", "")
    assert finish(reply).code == 0


def test_variables_file_is_that_of_the_first_environment(shop: DevProject) -> None:
    shop.up(*TWO)
    script = f"set -a; . {shop.state_folder.env_file}; env -0"
    ended = subprocess.run(["bash", "-c", script], env={}, capture_output=True, check=True)
    given = dict(line.split("=", 1) for line in ended.stdout.decode().split("\0") if "=" in line)
    assert variables(shop, "test").items() <= given.items()


def test_env_chooses_environment_and_app_whatever_the_process_environment_says(
    shop: DevProject,
) -> None:
    shop.up(*TWO)
    shop.dev("up", "--app", "other")
    environ = {"NATS_URL": "nats://elsewhere", "NATS_CREDENTIALS": "stale"}
    prod = call(shop, "env", "--environment", "prod", "--for", "json", environ=environ)
    assert json.loads(prod.text) == variables(shop, "prod")
    other = call(shop, "env", "--app", "other", "--for", "json")
    assert json.loads(other.text) == variables(shop, "test", "other")
    explained = call(shop, "env", "--app", "other", "--explain").text
    assert "NATS_CREDENTIALS=*****  (running dev server" in explained


# GitLab's variables are of one line and its paths are of another machine: notes say what works.
@pytest.mark.parametrize("consumer", sorted(set(Consumer) - {Consumer.GITLAB}))
def test_every_consumer_gets_the_account(consumer: Consumer, shop: DevProject) -> None:
    shop.up(*TWO)
    ended = call(shop, "env", "--environment", "prod", "--for", consumer)
    assert ended.code == 0, ended.stderr
    chosen, other = (variables(shop, environment) for environment in ("prod", "test"))
    marks = [
        (given["NATS_CREDENTIALS"].splitlines()[1], given["NATS_CREDENTIALS_FILE"])
        for given in (chosen, other)
    ]
    assert any(mark in ended.text for mark in marks[0])
    assert not any(mark in ended.text for mark in marks[1])


@pytest.mark.parametrize(
    ("up", "argv", "code", "words"),
    [
        (
            SECURE,
            ("env", "--environment", "snap"),
            "account-unknown",
            "dev up --environment snap",
        ),
        (
            SECURE,
            ("env", "--app", "other", "--environment", "snap"),
            "account-unknown",
            "dev up --app other --environment snap",
        ),
        (
            ("--port", "0"),
            ("env", "--environment", "snap"),
            "account-unknown",
            "restart --secure",
        ),
        (None, ("env", "--environment", "snap"), "server-not-running", "up --environment snap"),
        (None, ("env", "--app", "other"), "server-not-running", "up --secure"),
        (None, ("dev", "up", "--plain", "--app", "other"), "plain-with-accounts", "leave --plain"),
        (None, ("dev", "up", "--environment", "Prod"), "environment-invalid", "prod, test, snap"),
        (None, ("dev", "run", "--app", "../x", "--", "true"), "app-invalid", "--app other"),
        (None, ("dev", "up", "--san", "a b"), "certificate-names", "'a b'"),
    ],
)
def test_wish_that_cannot_be_had_exits_2_with_a_way_out(
    up: tuple[str, ...] | None, argv: tuple[str, ...], code: str, words: str, shop: DevProject
) -> None:
    if up:
        shop.up(*up)
    ended = call(shop, *argv)
    assert ended.code == 2
    assert f"error[{code}]" in ended.stderr
    assert words in ended.stderr
    assert bool(shop.servers()) == (up is not None)


def test_key_type_is_kept_until_another_is_asked_for(shop: DevProject) -> None:
    ca_path = shop.state_folder.path / "tls" / "ca.pem"
    shop.up("--port", "0", "--key-type", "ecdsa")
    ca = ca_path.read_text()
    assert call(shop, "rtt", "--count", "1").code == 0
    assert shop.dev("restart").code == 0
    assert ca_path.read_text() == ca
    assert realm_of(shop).key_type is KeyType.ECDSA
    assert shop.dev("restart", "--key-type", "ed25519").code == 0
    assert len(ca_path.read_text()) < len(ca)
    assert call(shop, "rtt", "--count", "1").code == 0


def test_command_of_run_gets_the_chosen_account(shop: DevProject) -> None:
    def given(*options: str) -> dict[str, str]:
        script = "import json, os; print(json.dumps(dict(os.environ)))"
        argv = ("run", *options, "--", sys.executable, "-c", script)
        ended = finish(shop.start(*argv, environ={"NATS_CREDENTIALS": "stale"}))
        assert ended.code == 0, ended.stderr
        environ: dict[str, str] = json.loads(ended.text)
        return {name: value for name, value in environ.items() if name.startswith("NATS_")}

    alone = given("--environment", "test", "--app", "other", "--port", "0")
    assert alone["NATS_CREDENTIALS_FILE"].endswith("/creds/other-test.creds")
    assert shop.servers() == []
    shop.up(*TWO)
    assert given() == variables(shop, "test")
    assert given("--environment", "prod") == variables(shop, "prod")
    assert "shop-test.creds" in shop.state_folder.env_file.read_text()


def test_broken_creds_of_the_server_are_no_concern_of_who_goes_elsewhere(shop: DevProject) -> None:
    url = shop.up(*SECURE)
    (shop.state_folder.path / "creds" / "shop-local.creds").unlink()
    assert call(shop, "env").code == 2
    elsewhere = call(shop, "env", environ={"NATS_URL": url})
    assert (elsewhere.code, elsewhere.text) == (0, f"export NATS_URL={url}\n")
    assert shop.dev("up").code == 0
    assert call(shop, "rtt", "--count", "1").code == 0


def test_jetstream_survives_down_and_up(shop: DevProject) -> None:
    shop.up(*SECURE, "--jetstream")
    stream = '{"name": "ORDERS", "subjects": ["orders"]}'
    created = call(shop, "request", "$JS.API.STREAM.CREATE.ORDERS", stream)
    assert '"error"' not in created.text
    call(shop, "request", "orders", "one")
    shop.dev("down")
    shop.dev("up")
    kept = call(shop, "request", "$JS.API.STREAM.INFO.ORDERS", "").text.replace(": ", ":")
    assert '"messages":1' in kept


def test_logs_are_without_errors_of_our_own_commands(shop: DevProject) -> None:
    shop.up(*SECURE)
    assert shop.dev("status").code == 0
    assert call(shop, "rtt", "--count", "1").code == 0
    wait_until(lambda: "TLS handshake error: EOF" in shop.state_folder.log_file.read_text())
    assert "[ERR]" not in shop.dev("logs").text
    assert "[INF]" in shop.dev("logs", "-n", "1").text


@pytest.mark.parametrize("nodes", ["1", "3"])
def test_doctor_reads_the_log_for_why_a_login_was_refused(nodes: str, shop: DevProject) -> None:
    argv = (*SECURE, "--nodes", nodes)
    shop.up(*argv)
    old = variables(shop, "local")["NATS_CREDENTIALS"]
    assert shop.dev("reset", "--yes").code == 0
    shop.up(*argv)
    ca = variables(shop, "local")["NATS_CA_FILE"]
    url = shop.state.url.rpartition(",")[2].replace("127.0.0.1", "localhost")
    environ = {"NATS_URL": url, "NATS_CREDENTIALS": old, "NATS_CA_FILE": ca}
    # A server that looks in vain for an account answers late on a busy machine.
    ended = call(shop, "doctor", "--connect-timeout", "20s", environ=environ)
    assert ended.code == 1
    assert "failed   login" in ended.text
    assert "error[login-account-unknown]: the server does not know the account" in ended.text
    assert "its log:" in ended.text
    assert "Account JWT lookup error" in ended.text
    healthy = call(shop, "doctor")
    assert healthy.code == 0, healthy.text
    assert "user shop-local in account shop-local" in healthy.text
    assert "the last login it refused: " in healthy.text


def test_reset_makes_new_keys(shop: DevProject) -> None:
    shop.up(*SECURE)
    before = realm_of(shop)
    assert shop.dev("reset", "--yes").code == 0
    shop.up(*SECURE)
    assert realm_of(shop).entropy != before.entropy


def test_only_the_owner_may_read_and_git_sees_nothing(shop: DevProject) -> None:
    shop.up(*SECURE)
    secrets = secrets_of(realm_of(shop))
    for path in shop.state_folder.path.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_dir():
            assert mode == 0o700, path
        elif any(secret in path.read_bytes() for secret in secrets):
            assert mode == 0o600, path
    subprocess.run(["git", "init", "-q"], cwd=shop.folder, check=True)
    status = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=shop.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert status.stdout == "?? iterapp.toml\n"


def test_no_secret_is_in_outputs_logs_and_command_lines(shop: DevProject) -> None:
    outputs = [
        shop.dev(*argv)
        for argv in (
            ("up", *SECURE, "-vv"),
            ("up", "--environment", "prod", "--format", "json"),
            ("status",),
            ("status", "--format", "json"),
            ("restart", "--jetstream", "-vv"),
            ("run", "--environment", "test", "-vv", "--", "true"),
            ("logs",),
        )
    ]
    outputs += [
        call(shop, "-vv", "rtt", "--count", "1"),
        call(shop, "env", "--explain"),
        call(shop, "creds", "show", ".iterapp-nats/creds/shop-prod.creds"),
        call(shop, "-vv", "doctor"),
        call(shop, "doctor", "--format", "json"),
        call(shop, "doctor", "--checks", "connection"),
        call(shop, "who"),
        call(shop, "why", "iterapp-nats rtt", "--format", "json"),
        call(shop, "trace", "orders.new"),
        call(shop, "top", "--once", "--interval", "50ms"),
        call(shop, "dev", "logs", "-v"),
    ]
    seen = [part for each in outputs for part in (each.stdout, each.stderr.encode())]
    seen += [path.read_bytes() for path in (shop.state_folder.path / "log").iterdir()]
    seen += [os.fsencode(" ".join(words)) for _, words in command_lines()]
    secrets = secrets_of(realm_of(shop))
    assert len(secrets) == 5 + 2 * 3
    for secret in secrets:
        assert not any(secret in part for part in seen)


def secrets_of(realm: Realm) -> list[bytes]:
    """The entropy, the key of the server's certificate, and every seed"""
    issuer = Issuer.of(realm)
    key = issuer.server_certificate().key_pem.reveal().splitlines()[1]
    owners = [account.owner for account in realm.accounts]
    seeds = [issuer.operator.seed, issuer.system.seed, issuer.system_creds().seed]
    for owner in owners:
        seeds += [issuer.account_key(owner).seed, issuer.user_key(owner).seed]
    texts = [realm.entropy.reveal(), key, *(seed.reveal() for seed in seeds)]
    return [text.encode() for text in texts]


@pytest.mark.parametrize("argv", [["env", "--for", "sh"], ["dev", "status"], ["dev", "down"]])
def test_command_beside_a_secure_server_loads_nothing_slow(
    argv: list[str], shop: DevProject
) -> None:
    shop.up(*SECURE)
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(argv=argv, slow=SLOW)],
        cwd=shop.folder,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr.splitlines()[-1] == ""


def test_app_of_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "Größe 漢字 \U0001f40b"
    folder.mkdir()
    shop = DevProject(folder)
    try:
        shop.up(*SECURE)
        assert shop.state.default_account == AppEnvironment("gr-e", "local")
        assert call(shop, "rtt", "--count", "1").code == 0
    finally:
        shop.clean()
