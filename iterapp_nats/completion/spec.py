"""What a shell must know of a command: its options, arguments and sub-commands"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option with all its names, as `-H` and `--header`

    A value is one of `choices` if there are any, a path if `is_path`, else free text.
    """

    names: tuple[str, ...]
    help: str = ""
    takes_value: bool = False
    choices: tuple[str, ...] = ()
    is_path: bool = False
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class ArgumentSpec:
    """One positional argument; a repeatable one takes all that follow"""

    name: str
    help: str = ""
    choices: tuple[str, ...] = ()
    is_path: bool = False
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One command; it has either sub-commands or arguments"""

    name: str
    help: str = ""
    options: tuple[OptionSpec, ...] = ()
    arguments: tuple[ArgumentSpec, ...] = ()
    commands: tuple[CommandSpec, ...] = ()


def walk_commands(root: CommandSpec, path: str = "") -> Iterator[tuple[str, CommandSpec]]:
    """Yield `root` and each command below it, with its words as `dev up`; the root has none"""
    yield path, root
    for command in root.commands:
        yield from walk_commands(command, f"{path} {command.name}".strip())


def function_name(root: CommandSpec) -> str:
    """Return the name for the shell functions of the command `root`"""
    return "_" + root.name.replace("-", "_")
