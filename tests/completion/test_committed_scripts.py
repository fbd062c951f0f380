from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.completion import Shell
from tests.completion.shells import complete_in_bash, complete_in_fish, complete_in_zsh
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COMMITTED = Path(__file__).parents[2] / "completions"
NAMES = {
    Shell.BASH: "iterapp-nats.bash",
    Shell.ZSH: "_iterapp-nats",
    Shell.FISH: "iterapp-nats.fish",
    Shell.POWERSHELL: "iterapp-nats.ps1",
}
# What TAB offers for the words up to the cursor, whatever else the commands may learn.
OFFERS = {
    "": {"check", "dev", "env", "pub", "sub", "request", "reply", "completion"},
    "dev ": {"up", "down", "status", "logs", "run"},
    "env --for do": {"dotenv", "dotenv-escaped", "docker"},
    "completion --color=": {"auto", "always", "never"},
    "completion ": {"bash", "zsh", "fish", "powershell"},
    "dev up --ver": {"--verbose"},
    "pub --he": {"--header", "--help"},
    "sub orders --creds ": {"app.creds"},
    "dev up --server-binary=app": {"app.creds"},
}
REFUSED = {
    "": {"--help", "app.creds"},
    "dev ": {"env", "app.creds"},
    "pub -- --he": {"--header", "--help"},
    "pub ": {"app.creds"},
}


@pytest.mark.parametrize("shell", NAMES)
def test_committed_script_is_what_the_command_prints(shell: Shell, tmp_path: Path) -> None:
    ended = run_cli("completion", shell, cwd=tmp_path)
    assert (ended.code, ended.stderr) == (0, "")
    name = NAMES[shell]
    committed = (COMMITTED / name).read_bytes()
    assert committed == ended.stdout, f"write it anew: iterapp-nats completion {shell} > {name}"


@pytest.mark.parametrize(
    ("shell", "complete"),
    [
        (Shell.BASH, complete_in_bash),
        (Shell.ZSH, complete_in_zsh),
        (Shell.FISH, complete_in_fish),
    ],
)
def test_shell_completes_the_commands_of_this_version(
    shell: Shell, complete: Callable[[Path, Iterable[str]], list[set[str]]], tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_bytes(run_cli("completion", shell, cwd=tmp_path).stdout)
    (tmp_path / "app.creds").touch()
    words = [*OFFERS, *REFUSED]
    found = complete(script, [f"iterapp-nats {each}" for each in words])
    missing = {each: OFFERS[each] - offers for each, offers in zip(OFFERS, found, strict=False)}
    surplus = {
        each: REFUSED[each] & offers
        for each, offers in zip(REFUSED, found[len(OFFERS) :], strict=True)
    }
    assert (missing, surplus) == (dict.fromkeys(OFFERS, set()), dict.fromkeys(REFUSED, set()))
