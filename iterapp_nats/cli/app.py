"""The command tree: every command with its heading and an example that can be pasted

The table is cheap. A command's module is loaded, and typer reads its signature, only where the
command is called for; help, completion and "did you mean" see them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from iterapp_nats import __version__
from iterapp_nats.cli import PROGRAM
from iterapp_nats.cli.options import Command, ConnectingCommand, Group, Heading, StartingCommand

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

_SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@dataclass(frozen=True, slots=True)
class Entry:
    """One command; `place` is its module and function in this package"""

    name: str
    place: str
    example: str
    heading: Heading | None = None
    connects: bool = False
    hidden: bool = False
    starts: bool = False

    @property
    def command(self) -> type[Command]:
        """The class that brings the options of its kind"""
        if self.starts:
            return StartingCommand
        return ConnectingCommand if self.connects else Command


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """Commands below a common word

    `place` is what runs when the word stands alone; `kind` is the place of a class of its own.
    """

    name: str
    summary: str
    heading: Heading
    entries: tuple[Entry, ...]
    place: str = ""
    kind: str = ""


DEV: Final = EntryGroup(
    "dev",
    "Run a local server as on the platform",
    Heading.LOCAL,
    (
        Entry("up", "dev:up", "dev up --secure --environment test", starts=True),
        Entry("down", "dev:down", "dev down"),
        Entry("status", "dev:status", "dev status --format json"),
        Entry("logs", "dev:logs", "dev logs --follow"),
        Entry("restart", "dev:restart", "dev restart --port 4333", starts=True),
        Entry("reset", "dev:reset", "dev reset --yes"),
        Entry("chaos", "dev_chaos:chaos", "dev chaos outage --for 5s"),
        Entry("run", "dev_run:run", "dev run -- npm test", starts=True),
    ),
)
CREDS: Final = EntryGroup(
    "creds",
    "Decode and check credentials offline",
    Heading.UNDERSTAND,
    (
        Entry("show", "creds:show", "creds show app.creds", connects=True),
        Entry("check", "creds:check", "creds check app.creds --warn-within 168h", connects=True),
    ),
)
PROBE: Final = EntryGroup(
    "probe",
    "Prove with numbers what holds and what does not",
    Heading.PROVE,
    (
        Entry(
            "delivery",
            "probe_delivery:delivery",
            "probe delivery --rate 1000 --duration 10s",
            connects=True,
        ),
        Entry("acks", "probe_acks:acks", "probe acks --tries 8 --ack-timeout 1s", connects=True),
        Entry(
            "isolation",
            "probe_isolation:isolation",
            "probe isolation --apps 3 --environments 3",
        ),
    ),
)
BENCH: Final = EntryGroup(
    "bench",
    "Measure throughput and latency",
    Heading.PROVE,
    (
        Entry("pub", "bench:pub", "bench pub --publishers 2", connects=True),
        Entry("sub", "bench:sub", "bench sub 'orders.>' --messages 1000", connects=True),
        Entry("pubsub", "bench:pubsub", "bench pubsub --size 1000", connects=True),
        Entry("request", "bench:request", "bench request --max-p99 5ms", connects=True),
        Entry("client", "bench:client", "bench client", connects=True, hidden=True),
    ),
)
CONNECT: Final = EntryGroup(
    "connect",
    "Show tested connect code, and test your own",
    Heading.UNDERSTAND,
    (
        Entry("python", "connect:python", "connect python --write ."),
        Entry("javascript", "connect:javascript", "connect javascript --write ."),
        Entry("typescript", "connect:typescript", "connect typescript --write src"),
        Entry("rust", "connect:rust", "connect rust --write src"),
        Entry("go", "connect:go", "connect go --write natsconn"),
        Entry("java", "connect:java", "connect java --write src/main/java/example"),
        Entry("kotlin", "connect:kotlin", "connect kotlin --write src/main/kotlin/example"),
        Entry("c", "connect:c", "connect c --write ."),
        Entry("audit", "audit:audit", "connect audit src"),
        Entry(
            "conformance",
            "conformance:conformance",
            "connect conformance --request orders.get -- node app.mjs",
        ),
    ),
    place="connect:connect",
    kind="connect:LanguageGroup",
)
ENTRIES: Final = (
    Entry("check", "check:check", "check --require-nats", Heading.CHECK),
    Entry("enable", "enable:enable", "enable --diff", Heading.CHECK),
    Entry("disable", "enable:disable", "disable --diff", Heading.CHECK),
    Entry("explain", "explain:explain", "explain nats-typo", Heading.CHECK),
    DEV,
    Entry("env", "env:env", "env --for sh", Heading.LOCAL, connects=True),
    Entry("pub", "pub:pub", "pub orders.new '{\"id\": 7}'", Heading.MESSAGES, connects=True),
    Entry("sub", "sub:sub", "sub 'orders.>' --count 3", Heading.MESSAGES, connects=True),
    Entry("request", "request:request", "request orders.get 7", Heading.MESSAGES, connects=True),
    Entry("reply", "reply:reply", "reply orders.get --echo", Heading.MESSAGES, connects=True),
    Entry("rtt", "rtt:rtt", "rtt --count 100", Heading.MESSAGES, connects=True),
    Entry(
        "doctor", "doctor:doctor", "doctor --warn-within 168h", Heading.UNDERSTAND, connects=True
    ),
    Entry("who", "who:who", "who orders.new", Heading.UNDERSTAND, connects=True),
    Entry("why", "why:why", "why checkout", Heading.UNDERSTAND, connects=True),
    Entry("top", "top:top", "top --once", Heading.UNDERSTAND, connects=True),
    Entry("trace", "trace:trace", "trace orders.new", Heading.UNDERSTAND, connects=True),
    CREDS,
    PROBE,
    BENCH,
    CONNECT,
    Entry("example", "example:example", "example board --lang go", Heading.UNDERSTAND),
    Entry("completion", "completion:completion", "completion bash", Heading.OPERATE),
    Entry("help", "help_topics:help_topic", "help exit-codes"),
)
# These two look at the whole tree.
_NEED_ALL: Final = frozenset({"completion", "help"})
_NEED_NONE: Final = frozenset({"--version"})


def build_app(word: str = "") -> typer.Typer:
    """Return the app with the one command that `word` names, with all when it names none"""
    words = {entry.name for entry in ENTRIES} - _NEED_ALL | _NEED_NONE
    app = _new_group(PROGRAM, "Check, run and probe NATS for apps on Iterapp (HOPS)")
    app.callback()(root)
    for entry in ENTRIES:
        if word in words and word != entry.name:
            continue
        if isinstance(entry, EntryGroup):
            _add_group(app, entry)
        else:
            _add(app, entry)
    return app


def root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version")] = False,
) -> None:
    """Check, run and probe NATS for apps on Iterapp (HOPS)"""
    context: Context = ctx.obj
    if version:
        context.output.line(f"{PROGRAM} {__version__}")
        raise typer.Exit
    help_alone(ctx)


def help_alone(ctx: typer.Context) -> None:
    """Print the help of a group that is called without a command"""
    if ctx.invoked_subcommand is None:
        context: Context = ctx.obj
        context.output.line(ctx.get_help())
        raise typer.Exit


def _new_group(name: str, summary: str, kind: type[Group] = Group) -> typer.Typer:
    return typer.Typer(
        name=name,
        cls=kind,
        help=summary,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings=_SETTINGS,
    )


def _add_group(app: typer.Typer, group: EntryGroup) -> None:
    kind = _function(group.kind) if group.kind else Group
    below = _new_group(group.name, group.summary, kind)
    alone = _function(group.place) if group.place else help_alone
    below.callback(help=group.summary)(alone)
    for entry in group.entries:
        _add(below, entry)
    app.add_typer(below, rich_help_panel=group.heading.value)


def _add(group: typer.Typer, entry: Entry) -> None:
    group.command(
        entry.name,
        cls=entry.command,
        epilog=f"Example: {PROGRAM} {entry.example}",
        rich_help_panel=entry.heading.value if entry.heading else None,
        context_settings=_SETTINGS,
        hidden=entry.hidden,
    )(_function(entry.place))


def _function(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(import_module(f"iterapp_nats.cli.{module}"), function)
