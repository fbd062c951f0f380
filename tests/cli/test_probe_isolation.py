"""`probe isolation` on the local server: with the accounts that are there, and with new ones"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import DevProject
from tests.support.cli import Ended, run_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shop(project: Path) -> Iterator[DevProject]:
    shop = DevProject(project)
    yield shop
    shop.clean()


def probe(shop: DevProject, *options: str) -> Ended:
    return run_cli("probe", "isolation", *options, cwd=shop.folder)


def jwt_files(shop: DevProject) -> set[str]:
    return {path.name for path in (shop.state_folder.path / "jwt").iterdir()}


def test_accounts_of_the_server_are_proven(shop: DevProject) -> None:
    shop.up("--port", "0", "--environment", "test", "--environment", "prod", "--app", "chat")
    ended = probe(shop)
    assert ended.code == 0, ended.stderr
    assert [line.split()[:2] for line in ended.text.splitlines()[1:5]] == [
        ["1", "shop-test"],
        ["2", "shop-prod"],
        ["3", "chat-test"],
        ["4", "chat-prod"],
    ]
    assert "12 of 12 pairs isolated" in ended.text


def test_accounts_for_the_moment_leave_nothing(shop: DevProject) -> None:
    shop.up("--port", "0", "--secure")
    before = jwt_files(shop)
    ended = probe(shop, "--apps", "3", "--environments", "2", "--format", "json")
    assert ended.code == 0, ended.stderr
    accounts = ended.json["data"]["accounts"]
    assert [account["name"] for account in accounts] == [
        f"app{app}-env{environment}" for app in (1, 2, 3) for environment in (1, 2)
    ]
    assert len({account["account_public_key"] for account in accounts}) == 6
    assert jwt_files(shop) == before
    assert probe(shop, "--apps", "3", "--environments", "2").code == 0


def test_given_creds_go_to_the_local_server(shop: DevProject) -> None:
    shop.up("--port", "0", "--environment", "test", "--environment", "prod")
    creds = shop.state_folder.path / "creds"
    ended = probe(shop, f"--creds={creds}/shop-test.creds", f"--creds={creds}/shop-prod.creds")
    assert ended.code == 0, ended.stderr


@pytest.mark.parametrize(
    ("options", "code", "hint"),
    [
        ((), "accounts-too-few", "dev up --environment test"),
        (("--apps", "1"), "accounts-too-few", "--apps 3 --environments 3"),
        (("--apps", "2", "--creds", "x"), "usage", "probe isolation --help"),
        (("--server", "nats://127.0.0.1:1"), "accounts-too-few", "--creds one.creds"),
    ],
)
def test_too_few_accounts_name_the_command_that_helps(
    options: tuple[str, ...], code: str, hint: str, shop: DevProject
) -> None:
    shop.up("--port", "0", "--secure")
    ended = probe(shop, *options)
    assert ended.code == 2
    assert f"error[{code}]" in ended.stderr
    assert hint in ended.stderr


def test_server_without_accounts_names_the_command_that_helps(shop: DevProject) -> None:
    ended = probe(shop)
    assert (ended.code, "error[server-not-running]" in ended.stderr) == (2, True)
    assert "dev up --environment test --environment prod" in ended.stderr
    shop.up()
    ended = probe(shop, "--apps", "2")
    assert (ended.code, "error[server-plain]" in ended.stderr) == (2, True)
    assert "dev restart --environment test --environment prod" in ended.stderr
