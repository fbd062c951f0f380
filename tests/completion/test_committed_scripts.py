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
# Words up to the cursor, what TAB must offer and must not, whatever else the commands may learn.
OFFERS: dict[str, tuple[set[str], set[str]]] = {
    "": ({"check", "dev", "env", "pub", "sub", "completion"}, {"--help", "app.creds"}),
    "dev ": ({"up", "down", "status", "logs", "run"}, {"env", "app.creds"}),
    "env --for do": ({"dotenv", "dotenv-escaped", "docker"}, {"sh"}),
    "completion ": ({"bash", "zsh", "fish", "powershell"}, {"app.creds"}),
    "completion --color=": ({"auto", "always", "never"}, {"bash"}),
    "dev up --ver": ({"--verbose"}, {"--help"}),
    "pub --he": ({"--header", "--help"}, {"--server"}),
    "pub -- --he": (set(), {"--header", "--help"}),
    "pub ": (set(), {"app.creds"}),
    "sub orders --creds ": ({"app.creds"}, {"--help"}),
    "dev up --server-binary=app": ({"app.creds"}, {"--help"}),
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
    found = complete(script, [f"iterapp-nats {words}" for words in OFFERS])
    for (words, (wanted, unwanted)), offers in zip(OFFERS.items(), found, strict=True):
        assert wanted <= offers, words
        assert not unwanted & offers, words
