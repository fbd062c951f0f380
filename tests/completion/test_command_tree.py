from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from iterapp_nats.cli.command_tree import read_command_tree
from iterapp_nats.completion.spec import ArgumentSpec, OptionSpec


class Backend(StrEnum):
    AUTO = "auto"
    DOCKER = "docker"


app = typer.Typer(
    name="tool",
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
dev = typer.Typer(help="The local server")
app.add_typer(dev, name="dev")


@app.callback()
def root(
    *,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say more")] = 0,
    color: Annotated[bool, typer.Option("--color/--no-color")] = True,
) -> None:
    """Try things"""


@dev.command()
def up(
    backend: Annotated[Backend, typer.Option(help="Where it runs")] = Backend.AUTO,
    environment: Annotated[list[str] | None, typer.Option("--environment", "-E")] = None,
    binary: Annotated[Path | None, typer.Option()] = None,
    creds: Annotated[str, typer.Option(metavar="FILE")] = "",
    color: Annotated[str, typer.Option(metavar="auto|never")] = "auto",
    internal: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Start the server

    It is idempotent.
    """


@app.command()
def check(
    kind: Backend, paths: Annotated[list[Path] | None, typer.Argument(help="Files")] = None
) -> None:
    """Check the files"""


@app.command()
def run(
    command: Annotated[list[str], typer.Argument(metavar="[COMMAND]...")],
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, hidden=True)] = 0,
) -> None:
    """Run a command"""


@app.command(hidden=True)
def secret_door() -> None:
    """Not for everybody"""


HELP = OptionSpec(("-h", "--help"), "Show this message and exit")
TREE = read_command_tree(get_command(app))
COMMANDS = {command.name: command for command in TREE.commands}
UP = COMMANDS["dev"].commands[0]


def test_visible_commands_are_read_with_the_first_line_of_their_help() -> None:
    found = {name: command.help for name, command in COMMANDS.items()}
    assert found == {
        "check": "Check the files",
        "run": "Run a command",
        "dev": "The local server",
    }
    assert (TREE.help, UP.help) == ("Try things", "Start the server")


def test_flags_and_counters_take_no_value() -> None:
    assert TREE.options == (
        OptionSpec(("--verbose", "-v"), "Say more", repeatable=True),
        OptionSpec(("--color", "--no-color")),
        HELP,
    )


def test_options_with_values_know_choices_paths_and_repetition() -> None:
    assert UP.options == (
        OptionSpec(("--backend",), "Where it runs", takes_value=True, choices=("auto", "docker")),
        OptionSpec(("--environment", "-E"), takes_value=True, repeatable=True),
        OptionSpec(("--binary",), takes_value=True, is_path=True),
        OptionSpec(("--creds",), takes_value=True, is_path=True),
        OptionSpec(("--color",), takes_value=True, choices=("auto", "never")),
        HELP,
    )


def test_hidden_option_is_offered_only_if_the_root_shows_it() -> None:
    assert COMMANDS["run"].options == (OptionSpec(("--verbose", "-v"), repeatable=True), HELP)
    assert not any("--internal" in option.names for option in UP.options)


def test_words_of_a_command_are_files() -> None:
    (command,) = COMMANDS["run"].arguments
    assert command.is_path
    assert command.repeatable


def test_arguments_know_choices_paths_and_repetition() -> None:
    assert COMMANDS["check"].arguments == (
        ArgumentSpec("kind", choices=("auto", "docker")),
        ArgumentSpec("paths", "Files", is_path=True, repeatable=True),
    )


def test_groups_have_no_arguments() -> None:
    assert TREE.arguments == ()
    assert COMMANDS["dev"].arguments == ()
