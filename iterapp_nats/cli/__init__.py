"""From a command line to an exit code: the one place where errors end"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from iterapp_nats.errors import ExitCode, InputError, IterappNatsError
from iterapp_nats.output import Format, Output, ReaderGone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typer import Exit
    from typer.exceptions import TyperException

    from iterapp_nats.cli.context import Context

PROGRAM: Final = "iterapp-nats"


def run() -> int:
    """Be the process `iterapp-nats`: signals end it like Ctrl-C, with their own exit code"""
    # Setting up the commands makes no garbage worth 5 ms of looking for it.
    gc.disable()
    _fill_closed_streams()
    received: list[int] = []

    def on_signal(number: int, _frame: object) -> None:
        received.append(number)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # A shell starts background commands like this.
            raise KeyboardInterrupt
        # Ctrl-C is what asyncio and every `finally` know how to end on.
        signal.raise_signal(signal.SIGINT)

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, on_signal)
    code = main()
    if code == ExitCode.INTERRUPTED and received:
        code = 128 + received[0]
    _flush_or_silence(sys.stdout)
    # Python ends with 120 when it cannot write the rest.
    _flush_or_silence(sys.stderr)
    return code


def _fill_closed_streams() -> None:
    """Open what whoever started us has closed, so that no connection gets its descriptor

    Nothing can be read from it, and whoever writes to it is told.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDONLY)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))


def main(
    argv: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    streams: tuple[TextIO, TextIO, TextIO] | None = None,
) -> int:
    """Run one command line and return its exit code; nothing is raised

    `streams` are stdin, stdout and stderr; data is written to `stdout.buffer`.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    stdin, stdout, stderr = streams or (sys.stdin, sys.stdout, sys.stderr)
    variables = os.environ if environ is None else environ  # noqa: TID251 - the one place
    output = Output(stdout, stderr, environ=variables, command=[PROGRAM, *_words(arguments)])
    if _wants_json(arguments):
        output.format = Format.JSON
    try:
        # typer writes help texts, and cannot say that a disk is full.
        printed = StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(stderr):
            code = _run_command(arguments, _context(variables, cwd, stdin, output))
        output.write(printed.getvalue().encode())
        output.flush()
    except IterappNatsError as error:
        return _fail(output, error)
    except ReaderGone:
        _silence(stdout)
        return ExitCode.OK
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a bug must end in a report, not in a traceback
        return _report_bug(output, error, arguments)
    return code


def _context(
    environ: Mapping[str, str], cwd: Path | None, stdin: TextIO, output: Output
) -> Context:
    from iterapp_nats.cli.context import Context

    try:
        folder = cwd or Path.cwd()
    except OSError as error:
        raise InputError("folder-missing", "the current folder no longer exists") from error
    return Context(environ=environ, cwd=folder, stdin=stdin, output=output, now=time.time)


def _run_command(arguments: Sequence[str], context: Context) -> int:
    import typer
    from typer.exceptions import TyperException

    from iterapp_nats.cli.app import build_app

    try:
        app = build_app(arguments[0] if arguments else "")
        result = app(arguments, standalone_mode=False, obj=context, prog_name=PROGRAM)
    except TyperException as error:
        raise _usage_error(error) from error
    except (typer.Abort, typer.Exit) as error:
        return _code_of(error)
    return int(result or ExitCode.OK)


def _code_of(error: Exit | Exception) -> int:
    code = getattr(error, "exit_code", ExitCode.INTERRUPTED)
    return int(code)


def _usage_error(error: TyperException) -> InputError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else PROGRAM
    message = error.format_message().rstrip(".")
    return InputError("usage", message[:1].lower() + message[1:], hints=(f"see {path} --help",))


def _fail(output: Output, error: IterappNatsError) -> int:
    try:
        return output.fail(error)
    except ReaderGone:
        return error.exit_code


def _report_bug(output: Output, error: Exception, arguments: Sequence[str]) -> int:
    from iterapp_nats.cli.crash import save_crash_report

    path = save_crash_report(error, _words(arguments))
    bug = IterappNatsError(
        "internal",
        f"this is a bug in iterapp-nats: {type(error).__name__}",
        hints=(f"the report {path} holds no secrets; please attach it to an issue",),
    )
    return _fail(output, bug)


def _words(arguments: Sequence[str]) -> list[str]:
    """Return the command's name and the names of its options: values may be secret"""
    words = []
    for argument in arguments:
        if argument == "--":
            break
        if argument.startswith("-"):
            words.append(argument.partition("=")[0])
        elif len(words) < _NAME_WORDS and not any(word.startswith("-") for word in words):
            words.append(argument)
    return words


_NAME_WORDS: Final = 2


def _wants_json(arguments: Sequence[str]) -> bool:
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    pairs = zip(before, [*before[1:], ""], strict=False)
    return "--format=json" in before or ("--format", "json") in pairs


def _silence(stream: TextIO) -> None:
    """Keep the interpreter from complaining about a closed pipe when it ends"""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flush_or_silence(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        _silence(stream)
