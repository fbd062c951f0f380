"""What only rich can do: a view that redraws itself; the one module that imports it"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iterapp_nats.cli.views.top import (
    CLOSED_HEADER,
    CONNECTION_HEADER,
    SUBJECT_HEADER,
    closed_rows,
    connection_rows,
    describe_sample,
    subject_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.table import Table

    from iterapp_nats.insight.top import TopSample
    from iterapp_nats.output import Output


@contextmanager
def live_top(output: Output) -> Iterator[Callable[[TopSample], None]]:
    """Take over the terminal; what is called with a look shows it in the place of the last one"""
    from rich.console import Console, Group
    from rich.live import Live
    from rich.text import Text

    console = Console(file=output.terminal, no_color=not output.colors_data, highlight=False)
    with Live(Text("looking"), console=console, screen=True, auto_refresh=False) as live:

        def show(sample: TopSample) -> None:
            tables = (
                _table(CONNECTION_HEADER, connection_rows(sample)),
                _table(SUBJECT_HEADER, subject_rows(sample)),
                _table(CLOSED_HEADER, closed_rows(sample)),
            )
            title = Text(f"{describe_sample(sample)}, Ctrl-C ends", style="bold")
            live.update(Group(title, *tables), refresh=True)

        yield show


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="cyan", pad_edge=False)
    for name in header:
        table.add_column(name, no_wrap=True)
    for row in rows:
        # Text, because names of connections and subjects may hold what looks like markup.
        table.add_row(*map(Text, row))
    return table
