"""Run rows, several at a time, and judge what the program did and said"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.conformance.bench import Bench, RowFailed
from iterapp_nats.errors import IterappNatsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iterapp_nats.conformance.bench import Subject
    from iterapp_nats.conformance.rows import Row

ROW_S: Final = 120.0
_LAST_LINES: Final = 8


class Outcome(Enum):
    """How a row ended"""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row; `evidence` is what was seen, `output` the program's last lines when it failed"""

    row: str
    title: str
    outcome: Outcome
    evidence: str
    seconds: float
    output: tuple[str, ...] = ()


async def run_rows(
    subject: Subject, rows: Sequence[Row], *, jobs: int, on_result: Callable[[RowResult], None]
) -> tuple[RowResult, ...]:
    """Run each row against servers of its own, `jobs` at a time; results in the order of `rows`

    Raises:
        InputError: `command-not-found`
        LocalServerError: a throwaway server did not start

    """
    places = asyncio.Semaphore(jobs)

    async def one(row: Row) -> RowResult:
        async with places:
            result = await _run_row(subject, row)
        on_result(result)
        return result

    tasks = [asyncio.create_task(one(row)) for row in rows]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run_row(subject: Subject, row: Row) -> RowResult:
    began = time.monotonic()
    if row.needs_request and not subject.request:
        return RowResult(row.id, row.title, Outcome.SKIP, "needs --request SUBJECT", 0)
    with tempfile.TemporaryDirectory(prefix="iterapp-nats-") as folder:
        async with AsyncExitStack() as stack:
            bench = Bench(subject, Path(folder), stack)
            outcome, evidence = await _checked(bench, row)
    secrets = bench.secrets
    lines = bench.candidate.lines if bench.candidate else []
    if leaks(bench.candidate.output if bench.candidate else "", secrets):
        outcome, evidence = Outcome.FAIL, "a secret is in its output"
    seconds = round(time.monotonic() - began, 1)
    shown = tuple(lines[-_LAST_LINES:]) if outcome is Outcome.FAIL else ()
    return RowResult(
        row.id,
        row.title,
        outcome,
        hide(evidence, secrets),
        seconds,
        tuple(hide(line, secrets) for line in shown),
    )


async def _checked(bench: Bench, row: Row) -> tuple[Outcome, str]:
    try:
        async with asyncio.timeout(ROW_S):
            return Outcome.PASS, await row.check(bench)
    except RowFailed as failure:
        return Outcome.FAIL, str(failure)
    except TimeoutError:
        return Outcome.FAIL, f"no end within {ROW_S:g} s"
    except IterappNatsError as error:
        if error.code in {"command-not-found", "server-not-started"}:
            raise
        return Outcome.FAIL, error.message


def leaks(output: str, secrets: Sequence[str]) -> bool:
    """Tell whether one of the secrets is in the output"""
    return any(secret in output for secret in secrets)


def hide(text: str, secrets: Sequence[str]) -> str:
    """Return the text with stars in the place of secrets"""
    for secret in secrets:
        text = text.replace(secret, "*****")
    return text
