"""The rule about keys that nobody was seen to use"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.document import Verdict
from iterapp_nats.manifest.findings import KeyPath, render_key
from iterapp_nats.manifest.known import ENVIRONMENTS, OTHER_NAMES, ROOT_KEYS
from iterapp_nats.manifest.rules.frame import Problem, Subject
from iterapp_nats.manifest.severity import Severity
from iterapp_nats.manifest.spelling import looks_like_flag, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator


def unknown_key(subject: Subject) -> Iterator[Problem]:
    """A root key or an environment is not in the list of known names

    The platform ignores a name that it does not know: `[postgresql]` in the place of `[postgres]`
    deploys without a word and gives no database. The list comes from public files and need not be
    complete, so this is only a note; with --strict it is a warning.
    """
    data = subject.manifest.data
    for name in data:
        if name not in ROOT_KEYS and not _is_suspect(subject, name):
            meant = OTHER_NAMES.get(name.casefold()) or suggest(name, ROOT_KEYS)
            yield _unknown(subject, (name,), meant)
    environments = data.get("env")
    for name in environments if isinstance(environments, dict) else ():
        if name not in ENVIRONMENTS and not name.startswith("snap"):
            yield _unknown(subject, ("env", name), suggest(name, ENVIRONMENTS))


def _is_suspect(subject: Subject, name: str) -> bool:
    """Leave to nats-typo what nats-typo reports"""
    return subject.manifest.verdict is Verdict.NOT_ENABLED and looks_like_flag(name)


def _unknown(subject: Subject, path: KeyPath, meant: str) -> Problem:
    return Problem(
        f"{render_key(path)} is not a known key",
        subject.key_span(*path),
        hint=f"did you mean {render_key((*path[:-1], meant))}?" if meant else "",
        key=path,
        severity=Severity.WARNING if subject.options.strict else None,
    )
