"""How the result of `probe isolation` is shown: the matrix, and the sums below it"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.isolation import Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iterapp_nats.isolation import IsolationReport, PairVerdict

    Paint = Callable[..., str]

_LETTERS: Final = {
    Way.SUBJECT: "S",
    Way.WILDCARD: "W",
    Way.QUEUE: "Q",
    Way.INBOX: "I",
    Way.REQUEST: "R",
}
_ROWS: Final = "published by"
_COLUMNS: Final = "seen by"
_OWN: Final = "own"
_NOTHING: Final = "-"
_UNPROVEN: Final = "?"


def describe_isolation(report: IsolationReport, paint: Paint) -> Iterator[str]:
    """Yield the matrix, row by publisher and column by receiver, and what it means"""
    yield from _draw_matrix(report, paint)
    yield ""
    if report.leaks:
        yield f"leaks by {', '.join(f'{letter} {way.value}' for way, letter in _LETTERS.items())}"
    for pair in report.leaks:
        ways = ", ".join(way.value for way in pair.leaks)
        same = ": both are the same account" if _is_same_account(report, pair) else ""
        yield f"{pair.receiver} sees messages of {pair.publisher} by {ways}{same}"
    for control in report.failed_controls:
        yield f"{control.account} proves nothing by {control.way.value}: {control.reason}"
    yield (
        f"{len(report.accounts)} accounts, {report.isolated_pairs} of {len(report.pairs)} pairs"
        f" isolated by {', '.join(way.value for way in Way)}"
    )
    yield (
        f"{report.controls_seen} of {report.controls_sent} messages came back to the account"
        f" that published them"
    )


def _draw_matrix(report: IsolationReport, paint: Paint) -> Iterator[str]:
    names = [account.name for account in report.accounts]
    cells = {(pair.publisher, pair.receiver): _cell(pair) for pair in report.pairs}
    numbers = [str(number) for number in range(1, len(names) + 1)]
    labels = [f"{number.rjust(len(numbers[-1]))} {name}" for number, name in _zip(numbers, names)]
    margin = max(map(len, [*labels, _ROWS]))
    width = max(map(len, [*numbers, *cells.values(), _OWN]))
    yield f"{_ROWS.ljust(margin)}  {_COLUMNS} {_join(numbers, width)}".rstrip()
    for label, publisher in _zip(labels, names):
        row = [cells.get((publisher, receiver), _OWN) for receiver in names]
        painted = [_painted(cell, paint) + " " * (width - len(cell)) for cell in row]
        yield f"{label.ljust(margin)}  {' ' * len(_COLUMNS)} {_join(painted, width)}".rstrip()


def _join(cells: list[str], width: int) -> str:
    return "  ".join(cell.ljust(width) for cell in cells)


def _painted(cell: str, paint: Paint) -> str:
    color = {_OWN: "green", _NOTHING: "", _UNPROVEN: "yellow"}.get(cell, "red")
    return paint(cell, color) if color else cell


def _zip(one: list[str], other: list[str]) -> Iterator[tuple[str, str]]:
    yield from zip(one, other, strict=True)


def _cell(pair: PairVerdict) -> str:
    if pair.leaks:
        return "".join(_LETTERS[way] for way in pair.leaks)
    return _UNPROVEN if pair.unproven else _NOTHING


def _is_same_account(report: IsolationReport, pair: PairVerdict) -> bool:
    keys = {account.name: account.account_public_key for account in report.accounts}
    return bool(keys[pair.publisher]) and keys[pair.publisher] == keys[pair.receiver]
