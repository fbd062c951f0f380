"""How the rows of `dev chaos --prove` are shown to a person"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.proof import HEAD, cells

if TYPE_CHECKING:
    from iterapp_nats.delivery.proof import ProofRow
    from iterapp_nats.output import Output

_WIDTHS: Final = (14, 26, 27, 9, 9, 9, 10, 9, 8, 7, 9, 8, 0)
_TEXTS: Final = 3


def show_head(output: Output) -> None:
    """Print the titles of the columns"""
    output.line(_line(HEAD))
    output.flush()


def show_row(output: Output, row: ProofRow) -> None:
    """Print one run"""
    shown = [f"{value:,}" if isinstance(value, int) else value for value in cells(row)]
    output.line(_line(shown))
    output.flush()


def _line(values: tuple[str, ...] | list[str]) -> str:
    *columns, last = zip(values, _WIDTHS, strict=True)
    parts = [
        f"{value:{width}}" if place < _TEXTS else f"{value:>{width}}"
        for place, (value, width) in enumerate(columns)
    ]
    return f"{''.join(parts)}  {last[0]}".rstrip()
