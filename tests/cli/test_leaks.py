"""No command and no failure tells a secret: printed, logged, reported, listed or left in a file"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest
from typer.main import get_command

import iterapp_nats
from iterapp_nats.cli.app import build_app
from iterapp_nats.cli.command_tree import read_command_tree
from iterapp_nats.client.policy import ConnectPolicy
from tests.cli.leak_table import ROWS, Row
from tests.support.cli import run_cli
from tests.support.refusals import REFUSALS, Refusal, Variables, secured
from tests.support.secrets_watch import SecretsWatch

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.completion.spec import CommandSpec
    from tests.support.operator_mode import OperatorMode

CLI = (sys.executable, "-m", "iterapp_nats")


def leaves(command: CommandSpec, path: tuple[str, ...] = ()) -> Iterator[tuple[str, CommandSpec]]:
    """Yield every command that does something, by the words that call it"""
    for below in command.commands:
        words = (*path, below.name)
        if below.commands:
            yield from leaves(below, words)
        else:
            yield " ".join(words), below


COMMANDS = dict(leaves(read_command_tree(get_command(build_app()))))
CASES = [(name, row) for name, rows in ROWS.items() for row in rows]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OperatorMode, Variables]]:
    with secured(tmp_path_factory.mktemp("server")) as (mode, variables):
        yield mode, {**variables, "NATS_CREDENTIALS_FILE": str(mode.creds_path)}


@pytest.fixture
def project(project: Path) -> Iterator[Path]:
    """The project of a test, whose server ends with it"""
    yield project
    run_cli("dev", "down", cwd=project)


def environ_of(project: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process whose home and temporary folder are the test's own"""
    temporary = project.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    own = {"HOME": str(project.parent), "TMPDIR": str(temporary), "PATH": os.environ["PATH"]}
    return {**own, "PYTHONPATH": os.pathsep.join(sys.path), **variables}


def watching(tmp_path: Path, *creds_texts: str) -> SecretsWatch:
    """Return a watch that also knows the JWT of each creds text"""
    jwts = (line for text in creds_texts for line in text.splitlines() if line.startswith("eyJ"))
    return SecretsWatch(tmp_path, tuple(jwts))


def test_every_command_is_in_the_table() -> None:
    assert COMMANDS.keys() == ROWS.keys(), "add a row to tests/cli/leak_table.py"


def knows_json(command: CommandSpec) -> bool:
    return any(
        "--format" in option.names and "json" in option.choices for option in command.options
    )


def words_of(name: str, row: Row, mode: OperatorMode) -> list[str]:
    return [*name.split(), *(word.format(creds=mode.creds_path) for word in row.arguments)]


@pytest.mark.parametrize(("name", "row"), CASES, ids=lambda value: str(value)[:60])
def test_command_tells_no_secret(
    name: str, row: Row, stage: tuple[OperatorMode, Variables], project: Path
) -> None:
    mode, variables = stage
    watch = watching(project.parent, mode.creds_text)
    command = [*CLI, "-vv", *words_of(name, row, mode)]
    ended = watch.run(
        command,
        cwd=project,
        environ=environ_of(project, variables),
        stdin=row.stdin,
        reveals=row.reveals,
    )
    assert ended.found_in == ()
    assert ended.code == row.code, ended.stderr.decode()
    assert b"error[internal]" not in ended.stderr


@pytest.mark.parametrize(("name", "row"), CASES, ids=lambda value: str(value)[:60])
def test_json_tells_no_secret(
    name: str, row: Row, stage: tuple[OperatorMode, Variables], project: Path
) -> None:
    mode, variables = stage
    if row.reveals or row.json_reveals or not knows_json(COMMANDS[name]):
        return
    ended = run_cli(
        *words_of(name, row, mode),
        *("--format", "json"),
        cwd=project,
        environ=variables,
        stdin=row.stdin,
    )
    watch = watching(project.parent, mode.creds_text)
    assert not watch.holds_secret(ended.stdout + ended.stderr.encode())


def log_of_library(variables: Variables, caplog: pytest.LogCaptureFixture) -> str:
    """Return all that an app which connects may log: every level, and the traceback"""

    async def connect() -> None:
        policy = ConnectPolicy.for_command()
        async with iterapp_nats.connect(environ=variables, policy=policy) as connection:
            await connection.confirm()

    with caplog.at_level(logging.DEBUG):
        try:
            asyncio.run(connect(), debug=True)
        except iterapp_nats.IterappNatsError:
            return caplog.text + traceback.format_exc()
    raise AssertionError(variables.keys())


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_refusal_tells_no_secret(
    refusal: Refusal, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with refusal.play(project) as variables:
        watch = watching(project.parent, variables.get("NATS_CREDENTIALS", ""))
        environ = environ_of(project, variables)
        ended = watch.run((*CLI, "-vv", "rtt"), cwd=project, environ=environ)
        assert (ended.code, ended.found_in) == (refusal.exit_code, ())
        assert not watch.holds_secret(log_of_library(variables, caplog).encode())
        for argv in (["rtt", "--format", "json"], ["-vv", "creds", "check", "--environ"]):
            short = run_cli(*argv, cwd=project, environ=variables)
            assert not watch.holds_secret(short.stdout + short.stderr.encode()), argv


class Hostile(Mapping[str, str]):
    """An environment that stands for a bug of ours: the text of its exception is a secret"""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __getitem__(self, name: str) -> str:
        if name in {"NO_COLOR", "TERM"}:
            raise KeyError(name)
        raise ValueError(self._secret) from RuntimeError(self._secret)

    def __iter__(self) -> Iterator[str]:
        raise ValueError(self._secret)

    def __len__(self) -> int:
        return 1


@pytest.mark.parametrize(("name", "row"), CASES, ids=lambda value: str(value)[:60])
def test_bug_tells_no_secret(
    name: str,
    row: Row,
    stage: tuple[OperatorMode, Variables],
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mode, _ = stage
    monkeypatch.setattr(tempfile, "tempdir", str(project.parent))
    watch = watching(project.parent, mode.creds_text)
    arguments = [
        word.format(creds=mode.creds_path, folder=project)
        for word in (*name.split(), *row.arguments)
    ]
    ended = run_cli(
        "-vv", *arguments, cwd=project, environ=Hostile(mode.user.seed.reveal()), stdin=row.stdin
    )
    reports = list(project.parent.glob("iterapp-nats-crash-*"))
    assert bool(reports) == (ended.code == 3)
    assert not watch.holds_secret(ended.stdout + ended.stderr.encode())
    assert not any(watch.holds_secret(report.read_bytes()) for report in reports)
    assert {report.stat().st_mode & 0o777 for report in reports} <= {0o600}


def test_connecting_commands_meet_the_bug(project: Path) -> None:
    hostile = Hostile("the text of the bug")
    for name in ("rtt", "env", "creds show", "dev up"):
        assert run_cli(*name.split(), cwd=project, environ=hostile).code == 3, name


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ('echo "$SECRET"', "stdout"),
        ('echo "$SECRET" >&2', "stderr"),
        ('echo "$SECRET" > public.txt', "shop/public.txt"),
        ('sh -c "sleep 0.1; true" "$SECRET"', "arguments of sh"),
    ],
)
def test_watch_finds_a_secret(
    script: str, place: str, stage: tuple[OperatorMode, Variables], project: Path
) -> None:
    mode, _ = stage
    watch = SecretsWatch(project.parent, ())
    environ = {"SECRET": mode.user.seed.reveal(), "PATH": os.environ["PATH"]}
    ended = watch.run(["sh", "-c", script], cwd=project, environ=environ)
    assert ended.found_in == (place,)


def test_watch_lets_a_private_file_keep_its_secret(
    stage: tuple[OperatorMode, Variables], project: Path
) -> None:
    mode, _ = stage
    watch = SecretsWatch(project.parent, ())
    environ = {"SECRET": mode.user.seed.reveal(), "PATH": os.environ["PATH"]}
    script = 'umask 077; echo "$SECRET" > private.txt'
    assert watch.run(["sh", "-c", script], cwd=project, environ=environ).found_in == ()
