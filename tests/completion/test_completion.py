from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.completion import Shell, render_completion
from iterapp_nats.completion.spec import CommandSpec
from tests.completion.sample import EXPECTED, FILES, ROOT
from tests.completion.shells import (
    complete_in_bash,
    complete_in_fish,
    complete_in_zsh,
    press_tab_in_bash,
)
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Complete = Callable[[Path, Iterable[str]], list[set[str]]]

COMPLETE: dict[Shell, Complete] = {
    Shell.BASH: complete_in_bash,
    Shell.FISH: complete_in_fish,
    Shell.ZSH: complete_in_zsh,
}


@pytest.mark.parametrize("shell", COMPLETE)
def test_shell_offers_what_may_follow(shell: Shell, tmp_path: Path) -> None:
    offers = _offers(shell, tmp_path, *EXPECTED)
    assert dict(zip(EXPECTED, offers, strict=True)) == EXPECTED


@pytest.mark.parametrize("shell", [Shell.BASH, Shell.ZSH])
def test_used_option_is_offered_again_only_if_it_may_be_repeated(
    shell: Shell, tmp_path: Path
) -> None:
    lines = ("dev up --secure --se", "dev up -E a --env", "pub -s x --se", "-v --verb")
    assert _offers(shell, tmp_path, *lines) == [
        {"--server-binary"},
        {"--environment"},
        set(),
        {"--verbose"},
    ]


def test_tab_in_bash_writes_a_line_that_can_be_run(tmp_path: Path) -> None:
    becomes = {
        "dev u": "dev up ",
        "dev up --backend=b": "dev up --backend=binary ",
        "check alph": "check alpha.toml ",
        "check alps": "check alps/",
        "check be": r"check be\ ta.toml ",
        r"check be\ t": r"check be\ ta.toml ",
        "check 'be t": "check 'be ta.toml' ",
        "dev up --server-binary=be": r"dev up --server-binary=be\ ta.toml ",
        "dev up --port 1": "dev up --port 1",
    }
    _make_files(tmp_path)
    script = _write(Shell.BASH, tmp_path)
    lines = press_tab_in_bash(script, (f"iterapp-nats {typed}" for typed in becomes))
    assert lines == [f"iterapp-nats {line}" for line in becomes.values()]


def test_bash_completes_where_the_equals_sign_does_not_split_words(tmp_path: Path) -> None:
    script = _write(Shell.BASH, tmp_path)
    test = (
        'source "$1"; COMP_WORDBREAKS=" "; COMP_WORDS=(iterapp-nats --color=a); COMP_CWORD=1;'
        ' _iterapp_nats; echo "${COMPREPLY[@]}"'
    )
    command = [require_tool("bash"), "--norc", "-c", test, "bash", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split() == ["--color=auto", "--color=always"]


@pytest.mark.parametrize("shell", COMPLETE)
@pytest.mark.parametrize("root", [ROOT, CommandSpec("iterapp-nats")], ids=["full", "empty"])
def test_script_has_the_syntax_of_its_shell(
    shell: Shell, root: CommandSpec, tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text(render_completion(shell, root))
    subprocess.run([require_tool(shell), "-n", script], check=True, timeout=30)


@pytest.mark.parametrize("shell", Shell)
def test_every_script_ends_with_one_newline(shell: Shell) -> None:
    text = render_completion(shell, ROOT)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("shell", [Shell.ZSH, Shell.FISH, Shell.POWERSHELL])
def test_help_texts_stand_in_the_script(shell: Shell) -> None:
    text = render_completion(shell, ROOT)
    assert "Start the local server" in text
    assert "One header" in text


def test_fish_shows_help_with_quotes_and_brackets(tmp_path: Path) -> None:
    script = _write(Shell.FISH, tmp_path)
    test = 'source $argv[1]; complete -C "iterapp-nats --verb"; complete -C "iterapp-nats che"'
    command = [require_tool("fish"), "--no-config", "-c", test, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.splitlines() == [
        '--verbose\tSay more, it\'s 100% "$HOME"',
        "check\tCheck iterapp.toml: is it [right]?",
    ]


def test_zsh_completes_as_an_autoloaded_function(tmp_path: Path) -> None:
    (tmp_path / "_iterapp-nats").write_text(render_completion(Shell.ZSH, ROOT))
    loader = tmp_path / "loader.zsh"
    loader.write_text(f"fpath=({tmp_path} $fpath); autoload -U compinit && compinit -D -u\n")
    assert complete_in_zsh(loader, ["iterapp-nats dev "]) == [{"up", "down"}]


def test_powershell_script_holds_commands_options_and_choices() -> None:
    text = render_completion(Shell.POWERSHELL, ROOT)
    assert "'dev' = @(@('up', 'Start the local server'), @('down', 'down'))" in text
    assert "'dev down' = @()" in text
    assert "$choices['dev up --backend'] = @(@('auto', 'Where it runs')," in text
    assert "@('--port', 'The port''s number: [0-9]')" in text
    assert "$choices['completion 0'] = @(@('bash', 'The shell')," in text


def test_powershell_list_of_one_stays_a_list() -> None:
    root = CommandSpec("iterapp-nats", commands=(CommandSpec("check", "Check it"),))
    assert "'' = @(,@('check', 'Check it'))" in render_completion(Shell.POWERSHELL, root)


def test_bash_script_survives_a_strange_field_separator(tmp_path: Path) -> None:
    script = _write(Shell.BASH, tmp_path)
    test = (
        'source "$1"; IFS=:; COMP_WORDS=(iterapp-nats dev u); COMP_CWORD=2;'
        ' _iterapp_nats; printf "%s" "${COMPREPLY[0]}"'
    )
    command = [require_tool("bash"), "--norc", "-c", test, "bash", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "up"


def _offers(shell: Shell, folder: Path, *words: str) -> list[set[str]]:
    _make_files(folder)
    lines = [f"iterapp-nats {each}" for each in words]
    return COMPLETE[shell](_write(shell, folder), lines)


def _make_files(folder: Path) -> None:
    for name in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()


def _write(shell: Shell, folder: Path) -> Path:
    script = folder / "script"
    script.write_text(render_completion(shell, ROOT))
    return script
