"""Rules about what was meant as the flag and is not: another spelling, another place"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.document import FLAG, TomlTable
from iterapp_nats.manifest.findings import KeyPath, render_key
from iterapp_nats.manifest.known import ROOT_KEYS
from iterapp_nats.manifest.rules.frame import Problem, Subject
from iterapp_nats.manifest.spelling import code_points, has_unseen_difference, looks_like_flag

if TYPE_CHECKING:
    from collections.abc import Iterator

# Tables whose own names are free: a cron job may be called nats.
_NAMED_BY_USERS = frozenset({"build_secrets", "cronjobs", "files"})


def nats_typo(subject: Subject) -> Iterator[Problem]:
    """A root key looks like nats, but is another name

    `[Nats]`, `[nat]`, `[nats-server]` and `[jetstream]` are valid TOML, deploy without a word and
    enable nothing. Upper and lower case differ. A letter of another alphabet or an invisible
    character can look right and still be wrong: the message then spells out the code points.
    """
    for name in subject.manifest.data:
        if name in ROOT_KEYS or not looks_like_flag(name):
            continue
        message = f"{render_key((name,))} does not enable NATS"
        if has_unseen_difference(name):
            message = f"{message}: it looks like nats and is {code_points(name)}"
        yield Problem(message, subject.key_span(name), hint="did you mean [nats]?", key=(name,))


def nats_nested(subject: Subject) -> Iterator[Problem]:
    """There is a key nats, but below another table

    Only a table at the root enables NATS. A key that follows a header belongs to the table of that
    header: `nats = {}` below `[build]` is build.nats. Environments cannot be chosen by
    `[env.prod.nats]`.
    """
    for path in _find_nested(subject.manifest.data):
        yield Problem(
            f"nats is nested in {render_key(path[:-1])} and enables nothing there",
            subject.key_span(*path),
            hint="write [nats] as the last line of the file",
            key=path,
        )


def _find_nested(root: TomlTable) -> Iterator[KeyPath]:
    waiting: list[tuple[KeyPath, TomlTable]] = [
        ((name,), table)
        for name, table in root.items()
        if isinstance(table, dict) and name not in _NAMED_BY_USERS
    ]
    while waiting:
        path, table = waiting.pop(0)
        for name, value in table.items():
            # A variable or an option of that name, with a string as value, is not the flag.
            if name == FLAG and not isinstance(value, str) and not _is_secret(value):
                yield (*path, name)
            elif isinstance(value, dict):
                waiting.append(((*path, name), value))


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and bool(value.keys() & {"encrypted", "secret"})
