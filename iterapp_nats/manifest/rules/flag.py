"""Rules about the flag itself: is `[nats]` there, and written as documented?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iterapp_nats.manifest.applings import ApplingState
from iterapp_nats.manifest.document import FLAG, FlagForm, Manifest, describe_type
from iterapp_nats.manifest.findings import Fix, FixIntent, Span
from iterapp_nats.manifest.rules.frame import Problem, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENTED = re.compile(r"#[#\s]*\[\s*[\"']?nats[\"']?\s*\]")


def bom(subject: Subject) -> Iterator[Problem]:
    """The file begins with a byte order mark

    Some TOML parsers refuse a file with this invisible mark, others skip it. Which one the platform
    uses is not documented. Save the file as UTF-8 without it, or run `check --fix`.
    """
    if subject.manifest.has_byte_order_mark:
        fix = Fix("remove the byte order mark", FixIntent.DROP_MARK)
        yield Problem(
            "the file begins with a byte order mark, which some TOML parsers refuse",
            hint="save it as UTF-8 without the mark",
            fix=None if subject.manifest.failure else fix,
        )


def nats_missing(subject: Subject) -> Iterator[Problem]:
    """NATS is not enabled, though --require-nats asks for it

    NATS is enabled by a root table named nats, usually the empty section `[nats]` as the last line
    of the file. `iterapp-nats enable` adds it. For an app in applings the flag of one appling is
    enough, and for an appling that of the root; with --strict each appling needs its own.
    """
    if subject.options.require_nats and not _is_enabled_nearby(subject):
        yield Problem(
            "NATS is not enabled: there is no [nats] section",
            hint="add [nats] as the last line, or run iterapp-nats enable",
        )


def _is_enabled_nearby(subject: Subject) -> bool:
    strict = subject.options.strict
    if subject.root is not None:
        return subject.root.is_enabled and not strict
    owners = [appling.state is ApplingState.OWN for appling in subject.applings]
    return bool(owners) and (all(owners) if strict else any(owners))


def nats_type(subject: Subject) -> Iterator[Problem]:
    """The key nats is there, but its value is not a table

    Only a table enables NATS: `[nats]`. The values true, false, 1 or an array of tables `[[nats]]`
    do not say what the platform makes of them. To enable NATS write `[nats]` as the last line; to
    disable it delete the key.
    """
    value = subject.manifest.data[FLAG]
    yield Problem(
        f"nats is {describe_type(value)}, not a table",
        subject.key_span(FLAG),
        hint="delete the line" if value is False else "write [nats] as the last line instead",
        key=(FLAG,),
    )


def nats_style(subject: Subject) -> Iterator[Problem]:
    """NATS is enabled, but not in the documented form

    Each of `nats = {}`, `["nats"]`, `nats.key = 1` and `[nats.key]` makes the table that enables
    NATS. The documented form is `[nats]`; people and scripts that search for it find no other.
    """
    form = subject.manifest.form
    if form and form is not FlagForm.HEADER:
        yield Problem(
            f"NATS is enabled by {form.value}, the documented form is [nats]",
            subject.key_span(FLAG),
            hint="write [nats] as the last line instead",
            key=(FLAG,),
            fix=_style_fix(subject, form),
        )


def _style_fix(subject: Subject, form: FlagForm) -> Fix | None:
    from iterapp_nats.manifest.rewrite import append_flag, replace_header

    layout = subject.manifest.layout
    if form is FlagForm.QUOTED_HEADER:
        edits = replace_header(layout)
    elif form is FlagForm.INLINE and not subject.flag_table:
        edits = append_flag(layout)
    else:
        return None
    return Fix("write [nats]", FixIntent.REWRITE_FLAG, (FLAG,), edits)


def nats_commented(subject: Subject) -> Iterator[Problem]:
    """There is a [nats] header, but it is commented out

    A line that begins with # is a comment: it enables nothing.
    """
    for span in find_commented_flags(subject.manifest):
        yield Problem(
            f"[nats] in line {span.start.line} is commented out and enables nothing",
            span,
            hint="to enable NATS add [nats] as the last line, or run iterapp-nats enable",
        )


def find_commented_flags(manifest: Manifest) -> tuple[Span, ...]:
    """Find the comments that would be the flag's header without their #"""
    if not _COMMENTED.search(manifest.text):
        return ()
    return tuple(
        manifest.layout.span(comment)
        for comment in manifest.layout.comments
        if _COMMENTED.match(manifest.text, comment.start, comment.end)
    )
