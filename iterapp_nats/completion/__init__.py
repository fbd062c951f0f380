"""Completion scripts for four shells from a description of the commands

The scripts hold all they need, so that TAB starts no Python: names of commands and options, help
texts, choices, and which values are paths. After `--` only arguments are completed.
"""

from __future__ import annotations

from enum import StrEnum

from iterapp_nats.completion.bash import render_bash
from iterapp_nats.completion.fish import render_fish
from iterapp_nats.completion.powershell import render_powershell
from iterapp_nats.completion.spec import ArgumentSpec, CommandSpec, OptionSpec
from iterapp_nats.completion.zsh import render_zsh


class Shell(StrEnum):
    """A shell that completes"""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def render_completion(shell: Shell, root: CommandSpec) -> str:
    """Return the script that completes the command `root.name` in `shell`"""
    match shell:
        case Shell.BASH:
            return render_bash(root)
        case Shell.ZSH:
            return render_zsh(root)
        case Shell.FISH:
            return render_fish(root)
        case Shell.POWERSHELL:
            return render_powershell(root)


__all__ = ["ArgumentSpec", "CommandSpec", "OptionSpec", "Shell", "render_completion"]
