"""The page of a proof: the table of all runs, and a drawing of each"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.delivery.proof import HEAD, cells
from iterapp_nats.report.delivery import conditions_table
from iterapp_nats.report.markup import table
from iterapp_nats.report.page import Section, notes, render_page
from iterapp_nats.report.timeline import draw_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iterapp_nats.delivery.proof import ProofRow


def render_proof_report(rows: Sequence[ProofRow], note: str) -> str:
    """Return the page as HTML; `note` is what a reader has to know about the scenario"""
    conditions = rows[0].result.conditions
    worst = max(rows, key=lambda row: row.result.tally.lost + row.result.tally.unknown)
    missing = worst.result.tally.lost + worst.result.tally.unknown
    verdict = f"at worst {missing:,} of {worst.result.tally.published:,} messages did not come"
    return render_page(
        f"What {rows[0].scenario} does to messages",
        verdict if missing else "nothing was lost",
        _sections(rows, note),
        is_good=not missing,
        footer=f"written by {conditions.tool}",
    )


def _sections(rows: Sequence[ProofRow], note: str) -> Iterator[Section]:
    yield Section("All runs", table(HEAD, map(cells, rows)) + notes([note] if note else []))
    for row in rows:
        result = row.result
        drawing = draw_timeline(result.timeline, result.gaps, result.events, result.duration_s)
        yield Section(
            f"{row.struck}, {row.options}, trial {row.trial}",
            notes([result.verdict, *result.notes]) + drawing,
        )
    yield Section("Conditions of the first run", conditions_table(rows[0].result.conditions))
