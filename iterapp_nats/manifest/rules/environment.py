"""Rules about the values of `[env.*]`; no message here may hold one"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.document import describe_type
from iterapp_nats.manifest.findings import (
    Edit,
    Fix,
    FixIntent,
    KeyPath,
    Span,
    render_key,
)
from iterapp_nats.manifest.known import PLATFORM_VARIABLES
from iterapp_nats.manifest.rules.frame import Problem, Subject
from iterapp_nats.manifest.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.manifest.document import TomlTable

_SECRET_SHAPES = ({"encrypted"}, {"secret", "key"})


def env_not_string(subject: Subject) -> Iterator[Problem]:
    """The value of a variable is not a string

    The variables of a process are strings: write `PORT = "3000"`, not `PORT = 3000`. With
    `check --fix` the quotes are set.
    """
    for path, value in subject.variables:
        if isinstance(value, (str, dict)):
            continue
        span = subject.value_span(*path)
        yield Problem(
            f"{render_key(path)} is {describe_type(value)}, and a variable is a string",
            span,
            hint="put quotes round the value" if not isinstance(value, list) else "",
            key=path,
            fix=_quote_fix(subject, path, span),
        )


def _quote_fix(subject: Subject, path: KeyPath, span: Span) -> Fix | None:
    written = subject.manifest.text[span.start.offset : span.end.offset]
    # 0x1F and 1_000 could mean the number or the letters: a person has to say.
    if set(written) & set("_[\"'") or written[:2] in {"0x", "0o", "0b"}:
        return None
    edits = (Edit(Span(span.start, span.start), '"'), Edit(Span(span.end, span.end), '"'))
    return Fix("put quotes round the value", FixIntent.QUOTE_VALUE, path, edits)


def env_value_shape(subject: Subject) -> Iterator[Problem]:
    """The value of a variable is a table of an unknown shape

    A variable is a string, `{ encrypted = "..." }` or `{ secret = "...", key = "..." }`.
    """
    for path, value in subject.variables:
        if isinstance(value, dict) and not _is_secret_shape(value):
            yield Problem(
                f"{render_key(path)} is neither a string nor a secret",
                subject.key_span(*path),
                hint='write a string, { encrypted = "..." } or { secret = "...", key = "..." }',
                key=path,
            )


def _is_secret_shape(value: TomlTable) -> bool:
    return set(value) in _SECRET_SHAPES and all(isinstance(part, str) for part in value.values())


def env_reserved(subject: Subject) -> Iterator[Problem]:
    """A variable that the platform sets is set by hand

    In a pod the platform sets NATS_URL, NATS_CREDENTIALS, NATS_CREDENTIALS_FILE and NATS_CA_FILE.
    Setting them in iterapp.toml hides the right values. NATS_CREDENTIALS as plain text is a secret
    in the repository: whoever can read it can connect as the app.
    """
    for path, value in subject.variables:
        if path[-1] not in PLATFORM_VARIABLES:
            continue
        is_leak = path[-1] == "NATS_CREDENTIALS" and isinstance(value, str)
        yield Problem(
            f"{render_key(path)} holds credentials as plain text: a secret in the repository"
            if is_leak
            else f"{render_key(path)} is set by the platform and hidden by this value",
            subject.key_span(*path),
            hint="delete it and have the credentials replaced" if is_leak else "delete it",
            key=path,
            severity=Severity.ERROR if is_leak else None,
        )
