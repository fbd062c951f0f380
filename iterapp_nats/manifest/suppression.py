"""Comments that silence a rule: `# iterapp-nats: ignore[rule]` on the line or above it"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.findings import Finding, Span, render_key
from iterapp_nats.manifest.rules import ALWAYS_ON, find_rule

if TYPE_CHECKING:
    from iterapp_nats.manifest.document import Manifest
    from iterapp_nats.manifest.positions import Extent, Layout

_MARK: Final = "iterapp-nats:"
_COMMENT: Final = re.compile(r"#\s*iterapp-nats:\s*ignore\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule silenced in one line; `span` is the comment's place"""

    rule: str
    line: int
    span: Span

    @property
    def places(self) -> frozenset[tuple[str, int]]:
        """The rule with the line it is silenced in, and with that of the comment itself"""
        return frozenset({(self.rule, self.line), (self.rule, self.span.start.line)})


def find_suppressions(manifest: Manifest) -> tuple[Suppression, ...]:
    """Find all comments that silence a rule; none costs nothing"""
    if _MARK not in manifest.text:
        return ()
    layout = manifest.layout
    statements = _statement_lines(manifest.text)
    return tuple(
        Suppression(rule.strip(), _target_line(layout, statements, comment), layout.span(comment))
        for comment in layout.comments
        if (match := _COMMENT.match(manifest.text, comment.start, comment.end))
        for rule in match[1].split(",")
    )


def _statement_lines(text: str) -> list[int]:
    """Number the lines that are neither empty nor a comment alone"""
    return [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _target_line(layout: Layout, statements: list[int], comment: Extent) -> int:
    """Give the comment's own line, or for a comment alone the next line that has something else"""
    number = layout.position(comment.start).line
    place = bisect_left(statements, number)
    return statements[place] if place < len(statements) else number


def apply_suppressions(
    manifest: Manifest, findings: list[Finding], active: frozenset[str]
) -> tuple[list[Finding], list[tuple[str, Span]]]:
    """Part the findings that stay from the comments that silence nothing

    Of the comments message and place are returned. A rule that did not run is not unused.
    """
    suppressions = find_suppressions(manifest)
    silenced = {place for suppression in suppressions for place in suppression.places}
    found = {(finding.rule, finding.span.start.line) for finding in findings}
    kept = [
        finding
        for finding in findings
        if finding.rule in ALWAYS_ON or (finding.rule, finding.span.start.line) not in silenced
    ]
    unused = [
        (_unused_message(suppression), suppression.span)
        for suppression in suppressions
        if not suppression.places & found
        and (suppression.rule in active or find_rule(suppression.rule) is None)
    ]
    return kept, unused


def _unused_message(suppression: Suppression) -> str:
    rule = suppression.rule
    if find_rule(rule) is None:
        return f"there is no rule {render_key((rule,))} to ignore"
    return f"{rule} has nothing to say in line {suppression.line}"
