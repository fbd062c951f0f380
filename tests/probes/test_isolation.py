"""Accounts that are isolated are told so; every kind of leak is found, by its pair and its way"""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.security.claims import Permissions, SubjectPermission
from tests.support.cli import Ended, run_cli, start_cli
from tests.support.servers import HOST, RunningServer, run_server
from tests.support.tenants import Tenants, build_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("shop-test", "shop-prod", "chat-prod")
WAYS = {"same subject", "wildcard", "queue group", "inbox", "request"}
ACCOUNTS = """
accounts {{
  A {{ users: [{{user: a, password: pw}}], {a} }}
  B {{ users: [{{user: b, password: pw}}], {b} }}
  C {{ users: [{{user: c, password: pw}}] }}
}}
"""


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Tenants:
    allowed = Permissions(
        SubjectPermission(allow=("orders.>", "_INBOX.>")),
        SubjectPermission(allow=("orders.>", "_INBOX.>")),
    )
    deaf = Permissions(subscribe=SubjectPermission(deny=("_iterapp_nats.>",)))
    mute = Permissions(publish=SubjectPermission(deny=("_iterapp_nats.>",)))
    inboxless = Permissions(subscribe=SubjectPermission(deny=("_INBOX.>",)))
    return build_tenants(
        tmp_path_factory.mktemp("tenants"),
        *NAMES,
        "deaf",
        "mute",
        "limited",
        "inboxless",
        tls=True,
        permissions={"deaf": deaf, "mute": mute, "limited": allowed, "inboxless": inboxless},
    )


@pytest.fixture(scope="module")
def secure(tenants: Tenants) -> Iterator[RunningServer]:
    with run_server(tenants.config_path.parent, config_path=tenants.config_path) as running:
        yield running


@pytest.fixture
def probe(secure: RunningServer, tenants: Tenants, tmp_path: Path) -> Probe:
    return Probe(secure, tenants, tmp_path)


class Probe:
    """Runs the probe with the creds of some accounts"""

    def __init__(self, server: RunningServer, tenants: Tenants, folder: Path) -> None:
        self.paths = tenants.creds_paths
        self._server = [f"--server=tls://{HOST}:{server.port}", f"--ca={tenants.ca_path}"]
        self._folder = folder

    def __call__(self, *names: str, options: tuple[str, ...] = ()) -> Ended:
        creds = [f"--creds={self.paths.get(name, name)}" for name in names]
        argv = ["probe", "isolation", *self._server, *creds, *options]
        return run_cli(*argv, cwd=self._folder)


def probe_logins(folder: Path, server: RunningServer, *users: str) -> Ended:
    """Run the probe with an env file for each user of a server with passwords"""
    for user in users:
        (folder / f"{user}.env").write_text(f"NATS_URL=nats://{user}:pw@{HOST}:{server.port}\n")
    files = [f"--env-file={user}.env" for user in users]
    return run_cli("probe", "isolation", *files, "--format", "json", cwd=folder)


def leaks_of(ended: Ended) -> dict[tuple[str, str], set[str]]:
    """Return the ways that leak, by publisher and receiver"""
    pairs = ended.json["data"]["pairs"]
    return {
        (pair["publisher"], pair["receiver"]): set(pair["leaks"]) for pair in pairs if pair["leaks"]
    }


def test_isolated_accounts_are_proven_pair_by_pair(probe: Probe) -> None:
    ended = probe(*NAMES)
    assert ended.code == 0, ended.stderr
    assert ended.text.splitlines() == [
        "published by  seen by 1    2    3",
        "1 shop-test           own  -    -",
        "2 shop-prod           -    own  -",
        "3 chat-prod           -    -    own",
        "",
        "3 accounts, 6 of 6 pairs isolated by same subject, wildcard, queue group, inbox, request",
        "108 of 108 messages came back to the account that published them",
    ]


def test_json_names_accounts_and_pairs(probe: Probe) -> None:
    data = probe(*NAMES, options=("--format", "json")).json["data"]
    assert [account["name"] for account in data["accounts"]] == list(NAMES)
    assert len({account["account_public_key"] for account in data["accounts"]}) == 3
    assert len(data["pairs"]) == 6
    assert data["controls_seen"] == data["controls_sent"] > 0
    assert not data["failed_controls"]


def test_two_users_of_one_account_see_all(probe: Probe, tmp_path: Path) -> None:
    again = tmp_path / "again.creds"
    again.write_text(probe.paths["shop-test"].read_text())
    ended = probe("shop-test", str(again))
    assert ended.code == 1
    for pair in ("again sees messages of shop-test", "shop-test sees messages of again"):
        line = next(line for line in ended.text.splitlines() if line.startswith(pair))
        assert all(way in line for way in WAYS)
        assert "both are the same account" in line


@pytest.mark.parametrize(
    ("exporter", "importer", "ways"),
    [
        (
            'exports: [{stream: ">"}]',
            'imports: [{stream: {account: A, subject: "_iterapp_nats.>"}}]',
            WAYS - {"inbox"},
        ),
        (
            'exports: [{stream: ">"}]',
            'imports: [{stream: {account: A, subject: "_iterapp_nats.>"}, prefix: "of.a"}]',
            {"wildcard"},
        ),
        (
            'exports: [{stream: ">"}]',
            'imports: [{stream: {account: A, subject: "_INBOX.>"}}]',
            {"inbox"},
        ),
    ],
    ids=["stream", "stream below a prefix", "inboxes"],
)
def test_exported_subjects_are_a_leak_in_one_direction(
    exporter: str, importer: str, ways: set[str], tmp_path: Path
) -> None:
    with run_server(tmp_path, ACCOUNTS.format(a=exporter, b=importer)) as running:
        ended = probe_logins(tmp_path, running, "a", "b", "c")
    assert ended.code == 1, ended.stderr
    assert leaks_of(ended) == {("a", "b"): ways}


def test_exported_service_is_a_leak_of_requests(tmp_path: Path) -> None:
    config = ACCOUNTS.format(
        a='exports: [{service: ">"}]',
        b='imports: [{service: {account: A, subject: "_iterapp_nats.probe.*.request.0"}}]',
    )
    with run_server(tmp_path, config) as running:
        ended = probe_logins(tmp_path, running, "a", "b", "c")
    assert ended.code == 1, ended.stderr
    assert leaks_of(ended) == {("b", "a"): {"request"}}


def test_users_without_accounts_of_their_own_leak_everything(tmp_path: Path) -> None:
    config = "authorization { users: [{user: a, password: pw}, {user: b, password: pw}] }"
    with run_server(tmp_path, config) as running:
        ended = probe_logins(tmp_path, running, "a", "b")
    assert ended.code == 1, ended.stderr
    assert leaks_of(ended) == {("a", "b"): WAYS, ("b", "a"): WAYS}


@pytest.mark.parametrize(
    ("name", "ways", "reason"),
    [
        ("deaf", WAYS, "subscribe"),
        ("mute", WAYS, "publish"),
        ("limited", WAYS, "subscribe"),
        ("inboxless", {"inbox", "request"}, "_INBOX"),
    ],
)
def test_account_that_cannot_see_itself_proves_nothing(
    name: str, ways: set[str], reason: str, probe: Probe
) -> None:
    ended = probe("shop-test", name, options=("--timeout", "0.5", "--format", "json"))
    assert ended.code == 6, ended.text
    failed = ended.json["data"]["failed_controls"]
    assert {control["account"] for control in failed} == {name}
    assert {control["way"] for control in failed} == ways
    assert all(reason in control["reason"] for control in failed), failed
    assert not leaks_of(ended)
    text = probe("shop-test", name, options=("--timeout", "0.5"))
    assert text.code == 6
    assert "?" in text.text
    assert "error[control-failed]" in text.stderr


def test_namespace_moves_the_probe_to_where_a_user_may_be(probe: Probe) -> None:
    ended = probe("shop-test", "limited", options=("--namespace", "orders.probe"))
    assert ended.code == 0, ended.text + ended.stderr


def test_leak_outranks_a_failed_control(probe: Probe, tmp_path: Path) -> None:
    again = tmp_path / "again.creds"
    again.write_text(probe.paths["shop-test"].read_text())
    assert probe("shop-test", str(again), "deaf", options=("--timeout", "0.5")).code == 1


def test_nothing_outside_the_namespace_is_published_or_heard(
    probe: Probe, secure: RunningServer, tenants: Tenants, tmp_path: Path
) -> None:
    watcher = [f"--server=tls://{HOST}:{secure.port}", f"--ca={tenants.ca_path}"]
    watcher.append(f"--creds={tenants.creds_paths['shop-test']}")
    with watching(tmp_path, watcher) as heard:
        assert probe(*NAMES).code == 0
    assert {subject.partition(".")[0] for subject in heard} == {"_iterapp_nats", "_INBOX"}


@contextmanager
def watching(folder: Path, options: list[str]) -> Iterator[list[str]]:
    """Subscribe to everything within the `with`; afterwards the list holds the subjects"""
    argv = ["sub", ">", "--subjects-only", "--ready-file", "ready", *options]
    process = start_cli(*argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not (folder / "ready").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    heard: list[str] = []
    yield heard
    process.send_signal(signal.SIGINT)
    heard += process.communicate(timeout=10)[0].decode().splitlines()


def test_ctrl_c_ends_a_probe_of_a_stalled_server_at_once(tenants: Tenants, tmp_path: Path) -> None:
    folder = tenants.config_path.parent
    with run_server(tmp_path, config_path=tenants.config_path) as running:
        creds = [f"--creds={folder / name}.creds" for name in NAMES]
        options = [f"--server=tls://{HOST}:{running.port}", f"--ca={tenants.ca_path}"]
        argv = ["probe", "isolation", "--timeout", "30", *options, *creds]
        process = start_cli(*argv, cwd=tmp_path, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while running.log.count("TLS handshake complete") < 2 * len(NAMES):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        running.pause()
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert process.wait(10) == 130
        assert time.monotonic() - began < 3


def test_same_creds_twice_are_two_rows(probe: Probe) -> None:
    ended = probe("shop-test", "shop-test")
    assert ended.code == 1
    assert [line[:14].strip() for line in ended.text.splitlines()[1:3]] == [
        "1 shop-test",
        "2 shop-test(2)",
    ]


@pytest.mark.parametrize("names", [(), ("shop-test",)])
def test_fewer_than_two_accounts_are_refused(names: tuple[str, ...], probe: Probe) -> None:
    ended = probe(*names)
    assert ended.code == 2
    assert "error[accounts-too-few]" in ended.stderr


def test_refused_login_names_the_account(probe: Probe, tmp_path: Path) -> None:
    stranger = build_tenants(new(tmp_path / "stranger"), "stranger")
    ended = probe("shop-test", str(stranger.creds_paths["stranger"]))
    assert ended.code == 5
    assert "stranger: the server at" in ended.stderr


def new(folder: Path) -> Path:
    folder.mkdir()
    return folder
