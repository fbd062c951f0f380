"""Comments that silence a rule: `# iterapp-nats: ignore[rule]` on the line or above it"""

from __future__ import annotations

import re
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


def find_suppressions(manifest: Manifest) -> tuple[Suppression, ...]:
    """Find all comments that silence a rule; none costs nothing"""
    if _MARK not in manifest.text:
        return ()
    layout = manifest.layout
    return tuple(
        Suppression(rule.strip(), _target_line(layout, comment), layout.span(comment))
        for comment in layout.comments
        if (match := _COMMENT.match(manifest.text, comment.start, comment.end))
        for rule in match[1].split(",")
    )


def _target_line(layout: Layout, comment: Extent) -> int:
    """Give the comment's own line, or for a comment alone the next line that has something else"""
    number = layout.position(comment.start).line
    start = layout.line(number).start
    if layout.text[start : comment.start].strip():
        return number
    following = layout.text[comment.end :].split("\n")[1:]
    for distance, line in enumerate(following, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return number + distance
    return number


def apply_suppressions(
    manifest: Manifest, findings: list[Finding], active: frozenset[str]
) -> tuple[list[Finding], list[tuple[str, Span]]]:
    """Part the findings that stay from the comments that silence nothing

    Of the comments message and place are returned. A rule that did not run is not unused.
    """
    suppressions = find_suppressions(manifest)
    kept = [
        finding
        for finding in findings
        if finding.rule in ALWAYS_ON or not any(_silences(s, finding) for s in suppressions)
    ]
    unused = [
        (_unused_message(suppression), suppression.span)
        for suppression in suppressions
        if not any(_silences(suppression, finding) for finding in findings)
        and (suppression.rule in active or find_rule(suppression.rule) is None)
    ]
    return kept, unused


def _silences(suppression: Suppression, finding: Finding) -> bool:
    lines = (suppression.line, suppression.span.start.line)
    return finding.rule == suppression.rule and finding.span.start.line in lines


def _unused_message(suppression: Suppression) -> str:
    rule = suppression.rule
    if find_rule(rule) is None:
        return f"there is no rule {render_key((rule,))} to ignore"
    return f"{rule} has nothing to say in line {suppression.line}"
