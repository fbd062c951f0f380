"""Completion scripts for four shells from a description of the commands

The scripts hold all they need, so that TAB starts no Python: names of commands and options, help
texts, choices, and which values are paths. After `--` only arguments are completed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iterapp_nats.completion.spec import CommandSpec


class Shell(StrEnum):
    """A shell that completes"""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def render_completion(shell: Shell, root: CommandSpec) -> str:
    """Return the script that completes the command `root.name` in `shell`"""
    # Every command line loads this module for the names of the shells, few want a script.
    from iterapp_nats.completion import bash, fish, powershell, zsh

    match shell:
        case Shell.BASH:
            return bash.render_bash(root)
        case Shell.ZSH:
            return zsh.render_zsh(root)
        case Shell.FISH:
            return fish.render_fish(root)
        case Shell.POWERSHELL:
            return powershell.render_powershell(root)


__all__ = ["Shell", "render_completion"]
