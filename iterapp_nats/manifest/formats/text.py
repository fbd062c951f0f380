"""The format for people: a verdict for each file, and each finding with its line and a caret"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.document import Verdict
from iterapp_nats.manifest.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.manifest.check import CheckReport, FileReport
    from iterapp_nats.manifest.document import Manifest
    from iterapp_nats.manifest.findings import Finding, Span

_WIDTH: Final = 100
_COLOURS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_CUT: Final = "..."


def render_text(report: CheckReport, *, snippets: bool = True, colour: bool = False) -> str:
    """Render for a terminal or a log; ends with a line end unless there is nothing to say"""
    lines: list[str] = []
    for file in report.files:
        lines.extend(_file_lines(file, snippets=snippets, colour=colour))
    if len(report.files) != 1 or report.files[0].findings:
        lines.append(summary(report))
    return "".join(f"{line}\n" for line in lines)


def summary(report: CheckReport) -> str:
    """One line: how many files, how many findings of each level"""
    counts = [_plural(report.count(severity), severity.value) for severity in Severity]
    files = _plural(len(report.files), "file")
    enabled = sum(file.verdict is Verdict.ENABLED for file in report.files)
    return f"{files} checked, NATS enabled in {enabled}: {', '.join(counts)}"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _file_lines(file: FileReport, *, snippets: bool, colour: bool) -> Iterator[str]:
    path = printable(file.path)
    for finding in file.findings:
        yield _finding_line(path, finding, colour=colour)
        if snippets and file.manifest:
            yield from _snippet(file.manifest, finding.span)
        if finding.related:
            place = finding.related.span.start
            yield f"{path}:{place.line}:{place.column}: {finding.related.message}"
        if finding.hint:
            yield f"  hint: {printable(finding.hint)}"
    if file.verdict:
        yield f"{path}: {_verdict(file.verdict, file.flag_line)}"
    for appling in file.applings:
        yield f"  {printable(appling.name)}: {appling.state.value}"


def _verdict(verdict: Verdict, flag_line: int) -> str:
    match verdict:
        case Verdict.ENABLED:
            return f"NATS is enabled (line {flag_line})"
        case Verdict.NOT_ENABLED:
            return "NATS is not enabled"
        case Verdict.WRONG_TYPE:
            return "NATS is not enabled: nats is not a table"
        case Verdict.INVALID:
            return "invalid TOML, no verdict on NATS"


def _finding_line(path: str, finding: Finding, *, colour: bool) -> str:
    start = finding.span.start
    level = f"{finding.severity.value}[{finding.rule}]"
    if colour:
        level = f"\x1b[1;{_COLOURS[finding.severity]}m{level}\x1b[0m"
    return f"{path}:{start.line}:{start.column}: {level}: {printable(finding.message)}"


def _snippet(manifest: Manifest, span: Span) -> Iterator[str]:
    """Show the line with secrets masked and a caret below the span, cut to a hundred columns"""
    from iterapp_nats.manifest.masking import mask_line

    if span.start == span.end and span.start.offset == 0:
        return
    number = span.start.line
    masked = mask_line(manifest, number)
    last = len(masked.columns) - 1
    start = masked.columns[min(span.start.column - 1, last)]
    end = masked.columns[min(span.end.column - 1, last)] if span.end.line == number else None
    shown = len(masked.text) if end is None else end
    text, start, shown = _cut(masked.text, start, max(shown, start + 1))
    gutter = f"{number:>5} | "
    indent = " " * display_width(text[:start])
    caret = "^" * max(1, display_width(text[start:shown]))
    yield f"{gutter}{printable(text)}"
    yield f"{' ' * (len(gutter) - 2)}| {indent}{caret}"


def _cut(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Cut a long line to the part round the span"""
    if len(text) <= _WIDTH:
        return text, start, end
    first = max(0, min(start - _WIDTH // 3, len(text) - _WIDTH))
    before = _CUT if first else ""
    after = _CUT if first + _WIDTH < len(text) else ""
    shift = len(before) - first
    cut = f"{before}{text[first : first + _WIDTH]}{after}"
    return cut, start + shift, min(end + shift, len(before) + _WIDTH)


def printable(text: str) -> str:
    """Replace what would steer a terminal: no file name or line may move the cursor"""
    if text.isprintable():
        return text
    return "".join(
        " "
        if character == "\t"
        else character
        if _is_shown(character)
        else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def _is_shown(character: str) -> bool:
    # Joiners are not printable by Python's measure, but belong to emoji.
    return character.isprintable() or character in "\u200d\ufe0f"


def display_width(text: str) -> int:
    """Count the columns that a terminal takes: two for wide characters, none for joiners"""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0
        if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn"}
        else 2
        if unicodedata.east_asian_width(character) in {"W", "F"}
        else 1
        for character in text
    )
