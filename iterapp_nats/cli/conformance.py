"""`connect conformance`: whether a program connects as it must, row by row"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format
from iterapp_nats.settings import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.cli.context import Context
    from iterapp_nats.conformance.rows import Row
    from iterapp_nats.conformance.run import RowResult

CommandArgument = Annotated[
    list[str], typer.Argument(metavar="COMMAND", help="Behind --, with its arguments")
]
RequestOption = Annotated[
    str, typer.Option(metavar="SUBJECT", help="A subject that it answers: rows need a request")
]
PayloadOption = Annotated[str, typer.Option(metavar="TEXT", help="What is asked")]
SelectOption = Annotated[list[str] | None, typer.Option(metavar="ROW", help="Only these rows")]
JobsOption = Annotated[int, typer.Option(metavar="N", min=1, help="Rows at a time")]
BinaryOption = Annotated[
    str | None, typer.Option("--server-binary", metavar="PATH", help="nats-server to run")
]


def conformance(
    ctx: typer.Context,
    command: CommandArgument,
    request: RequestOption = "",
    payload: PayloadOption = "conformance",
    select: SelectOption = None,
    jobs: JobsOption = 4,
    server_binary: BinaryOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Test how a program connects, against throwaway servers"""
    import asyncio
    import logging

    from iterapp_nats.conformance.bench import Subject
    from iterapp_nats.conformance.run import Outcome, run_rows
    from iterapp_nats.subject import require_subject

    context: Context = ctx.obj
    rows = _choose_rows(select)
    subject = Subject(
        command=tuple(command),
        cwd=context.cwd,
        environ={name: text for name, text in context.environ.items() if name not in VARIABLES},
        server_binary=_find_binary(context, server_binary),
        request=require_subject(request) if request else "",
        payload=payload.encode("utf-8", "surrogateescape"),
    )
    # It warns at the end of each TLS connection, though nothing is wrong (nats-io/nats.py#727).
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    printer = _Printer(context, rows, as_text=output_format is Format.TEXT)
    results = asyncio.run(run_rows(subject, rows, jobs=jobs, on_result=printer.take))
    failed = any(result.outcome is Outcome.FAIL for result in results)
    code = ExitCode.FINDINGS if failed else ExitCode.OK
    if output_format is Format.JSON:
        context.output.result(results, exit_code=code)
        return code
    counts = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    context.output.line(", ".join(f"{count} {outcome.value}" for outcome, count in counts.items()))
    return code


def _find_binary(context: Context, chosen: str | None) -> Path:
    from iterapp_nats.dev.finding.choice import binary_missing
    from iterapp_nats.dev.finding.discover import find_server_binary

    explicit = Path(context.path(chosen)) if chosen else None
    binary, attempts = find_server_binary(explicit, context.environ)
    if binary is None:
        raise binary_missing(attempts)
    return binary.path


def _choose_rows(select: Sequence[str] | None) -> tuple[Row, ...]:
    from iterapp_nats.conformance.rows import ROWS

    wanted = [part for name in select or () for part in name.split(",") if part]
    known = [row.id for row in ROWS]
    for name in wanted:
        if name not in known:
            raise InputError(
                "row-unknown", f"there is no row {name}", hints=(f"rows are {', '.join(known)}",)
            )
    return tuple(row for row in ROWS if not wanted or row.id in wanted)


class _Printer:
    """Prints rows in the order of the table, each as soon as those before it are there"""

    def __init__(self, context: Context, rows: Sequence[Row], *, as_text: bool) -> None:
        self._context = context
        self._waiting = [row.id for row in rows] if as_text else []
        self._results: dict[str, RowResult] = {}

    def take(self, result: RowResult) -> None:
        self._results[result.row] = result
        while self._waiting and self._waiting[0] in self._results:
            self._print(self._results[self._waiting.pop(0)])

    def _print(self, result: RowResult) -> None:
        output = self._context.output
        color = {"pass": "green", "fail": "red", "skip": "yellow"}[result.outcome.value]
        verdict = output.paint_data(result.outcome.value, color)
        output.line(f"{verdict}  {result.row:<16}{result.title}")
        output.line(f"{'':22}{result.evidence}")
        for line in result.output:
            output.line(f"{'':22}| {line}")
        output.flush()
