"""A command tree with one of everything that completion knows"""

from __future__ import annotations

from typing import Final

from iterapp_nats.completion.spec import ArgumentSpec, CommandSpec, OptionSpec

_HELP: Final = OptionSpec(("--help",), "Show this message and exit")
_UP: Final = CommandSpec(
    name="up",
    help="Start the local server",
    options=(
        OptionSpec(("--backend",), "Where it runs", True, ("auto", "binary", "docker")),
        OptionSpec(("--environment", "-E"), "One account each", True, repeatable=True),
        OptionSpec(("--server-binary",), "A server of your own", True, is_path=True),
        OptionSpec(("--port",), "The port's number: [0-9]", True),
        OptionSpec(("--secure",), "As in production"),
        OptionSpec(("--no-secure",), "Without accounts"),
        _HELP,
    ),
)
_CHECK: Final = CommandSpec(
    name="check",
    help="Check iterapp.toml: is it [right]?",
    options=(
        OptionSpec(("--strict",), "Warnings are errors"),
        OptionSpec(("--select",), "Only this rule", True),
        _HELP,
    ),
    arguments=(ArgumentSpec("path", is_path=True, repeatable=True),),
)
_COMPLETION: Final = CommandSpec(
    name="completion",
    help="Print the script",
    options=(_HELP,),
    arguments=(ArgumentSpec("shell", "The shell", ("bash", "zsh", "fish", "powershell")),),
)
_PUB: Final = CommandSpec(
    name="pub",
    help="Publish a message",
    options=(
        OptionSpec(("--server", "-s"), "The address", True),
        OptionSpec(("--header", "-H"), "One header", True, repeatable=True),
        _HELP,
    ),
    arguments=(ArgumentSpec("subject"), ArgumentSpec("payload")),
)
_SEND: Final = CommandSpec(
    name="send",
    help="Send files",
    arguments=(
        ArgumentSpec("subject"),
        ArgumentSpec("how", choices=("raw", "lines")),
        ArgumentSpec("file", is_path=True, repeatable=True),
    ),
)
ROOT: Final = CommandSpec(
    name="iterapp-nats",
    options=(
        OptionSpec(("--verbose", "-v"), 'Say more, it\'s 100% "$HOME"', repeatable=True),
        OptionSpec(("--color",), "Colour", True, ("auto", "always", "never")),
        _HELP,
    ),
    commands=(
        _CHECK,
        CommandSpec("dev", "The local server", (_HELP,), commands=(_UP, CommandSpec("down"))),
        _COMPLETION,
        _PUB,
        _SEND,
    ),
)

# Words up to the cursor, and what TAB offers, in any order.
EXPECTED: Final = {
    "": {"check", "dev", "completion", "pub", "send"},
    "c": {"check", "completion"},
    "dev ": {"up", "down"},
    "dev u": {"up"},
    "--color ": {"auto", "always", "never"},
    "--color a": {"auto", "always"},
    "--color never dev ": {"up", "down"},
    "--color=never dev ": {"up", "down"},
    "-v dev ": {"up", "down"},
    "completion ": {"bash", "zsh", "fish", "powershell"},
    "completion p": {"powershell"},
    "dev up --backend ": {"auto", "binary", "docker"},
    "dev up --port ": set(),
    "dev up --port 1 --backend b": {"binary"},
    "dev up --environment dev --backend b": {"binary"},
    "dev up -E test --se": {"--secure", "--server-binary"},
    "dev up --env": {"--environment"},
    "pub --server nats://127.0.0.1:4222 --he": {"--header", "--help"},
    "bogus ": set(),
    "pub -- --he": set(),
    "pub ": set(),
    "dev up --secure --port 1 --no": {"--no-secure"},
    "--color=a": {"auto", "always"},
    "dev up --backend=": {"auto", "binary", "docker"},
    "dev up --server-binary=al": {"alpha.toml", "alps"},
    "check al": {"alpha.toml", "alps"},
    "check alpha.toml be": {"be ta.toml"},
    "check --select al": set(),
    "check --select al al": {"alpha.toml", "alps"},
    "send al": set(),
    "send x ": {"raw", "lines"},
    "send x raw al": {"alpha.toml", "alps"},
    "send x raw a b c d e f g h al": {"alpha.toml", "alps"},
    "completion -- -x ": set(),
    "check -- al": {"alpha.toml", "alps"},
    "dev up --server-binary al": {"alpha.toml", "alps"},
}
FILES: Final = ("alpha.toml", "alps/inner.toml", "be ta.toml")
