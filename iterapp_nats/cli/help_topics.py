"""`help`: topics that belong to no single command"""

from __future__ import annotations

from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.errors import ExitCode, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.cli.context import Context

EXIT_CODES: Final = """\
Exit codes

    0  done; also when the reader of the output closed the pipe
    1  the answer is no: findings, a failed step of doctor, nobody there, messages lost, a leak
    2  usage, or a file, variable, subject or credential that cannot be used
    3  a bug in iterapp-nats; a crash report without secrets was written
    4  the server cannot be reached: DNS, refused, timeout, TLS
    5  the server refused the login or a permission
    6  no answer: no responders, a timeout, fewer messages than --count, a probe without proof
    7  the local server could not be started or stopped
  130  ended by Ctrl-C
  143  ended by SIGTERM

4 and 6 may be retried; 2 and 5 must be fixed first.
dev run ends with the exit code of its command, which may look like one of these.
"""

ENVIRONMENT: Final = """\
Where to connect

The platform gives an app four variables; an empty one counts as unset:

  NATS_URL               server address, several separated by commas
  NATS_CREDENTIALS       content of a creds file
  NATS_CREDENTIALS_FILE  path of a creds file
  NATS_CA_FILE           CA that signed the server's certificate

They are taken as a set from the first of these that names an address:

  1  --server, --creds, --ca
  2  --env-file FILE
  3  the process environment
  4  the running dev server of this project
  5  nats://127.0.0.1:4222

So the credentials of one server are never sent to another. --creds and --ca replace single values.
NATS_CREDENTIALS wins over NATS_CREDENTIALS_FILE; when both are given and differ, that is an error.
With -v every command says where each value came from; env --explain prints the same.
A dev server with several accounts gives the variables of the environment that dev up named first;
env and dev run take others with --environment and --app.

Others that are read: NO_COLOR and TERM for colour; NATS_SERVER_BIN, HOMEBREW_PREFIX, GOBIN and
GOPATH for the server of dev up; DOCKER_HOST and DOCKER_CONTEXT for its containers.
"""

DELIVERY: Final = """\
What delivery means

Core NATS delivers at most once: a subscriber that is away while a message passes misses it.

  accepted by the client  publish returned; the message may still sit in a buffer
  seen by the server      its answer to what was sent behind the message came back
  acknowledged            the receiver, or a stream, answered

pub waits until the server has seen all messages; it cannot know whether anybody received them.
request waits for an answer: that is an acknowledgement by whoever answered.
sub says on stderr when it was disconnected, and for how long messages may have been missed; it
then ends with 1, unless --allow-gaps. What it received and could not write is told apart.

Prove what that means for your app:

  iterapp-nats probe delivery         numbers every message, and tells where each one died:
                                      refused, lost on the way in, lost on the way out, or unknown
  iterapp-nats probe acks             the same with acks, retries and ids
  iterapp-nats dev chaos restart      what your own app does about a fault
  iterapp-nats dev chaos restart --prove --client-options
                                      what client options change

To make up for losses there are four recipes. Each is run under faults by the tests of this tool.
"""
_QUOTE: Final = '"'
_RECIPES: Final = ("sequence_numbers", "acks", "subscriber_first", "drain")

ERRORS: Final = """\
Errors

An error prints a code for programs, a sentence, and hints:

  error[server-unreachable]: cannot connect to nats://127.0.0.1:4222: connection refused

  hint: start a local server with iterapp-nats dev up

With --format json the same is an object on stdout: version, command, status, exit_code, data,
and errors with code, message, hints and context. Streams (sub, request) print it on stderr.
No secret is ever part of it.

doctor goes through everything that can be wrong with a connection and names the cause; why tells
the server's reasons for the connections that it has closed.

The code never changes its meaning: iterapp-nats explain CODE tells the usual causes and what to do.
The exit code tells the family: iterapp-nats help exit-codes.
"""

TOPICS: Final = {
    "delivery": DELIVERY,
    "environment": ENVIRONMENT,
    "errors": ERRORS,
    "exit-codes": EXIT_CODES,
}


def read_recipes() -> Iterator[str]:
    """Yield each recipe as it stands in the package: its title, and the code"""
    folder = Path(__file__).parent.parent / "recipes"
    for number, name in enumerate(_RECIPES, 1):
        title, _, code = (folder / f"{name}.py").read_text("utf-8").partition("\n")
        yield f"\n{number}. {title.strip(_QUOTE)}\n\n{indent(code.strip(), '    ')}\n"


def help_topic(
    ctx: typer.Context,
    topic: Annotated[str | None, typer.Argument(help="Topic or command")] = None,
    command: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
) -> int:
    """Explain a topic: delivery, environment, errors, exit-codes"""
    context: Context = ctx.obj
    if topic is None:
        context.output.line(f"topics: {', '.join(TOPICS)}")
        context.output.line("for a command: iterapp-nats COMMAND --help")
        return ExitCode.OK
    if topic in TOPICS:
        context.output.write(TOPICS[topic].encode())
        for recipe in read_recipes() if topic == "delivery" else ():
            context.output.write(recipe.encode())
        return ExitCode.OK
    return _command_help(ctx, context, [topic, *(command or [])])


def _command_help(ctx: typer.Context, context: Context, names: list[str]) -> int:
    node, path = ctx.find_root().command, ctx.find_root().command_path
    for name in names:
        found = getattr(node, "commands", {}).get(name)
        if found is None:
            raise InputError(
                "topic-unknown",
                f"there is no topic or command {' '.join(names)}",
                hints=(f"topics are {', '.join(TOPICS)}",),
            )
        node, path = found, f"{path} {name}"
    context.output.line(node.get_help(typer.Context(node, info_name=path)))
    return ExitCode.OK
