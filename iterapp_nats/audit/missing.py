"""Rules about what an app lacks"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.audit import rules
from iterapp_nats.audit.code import Tongue
from iterapp_nats.audit.values import VALUE, is_without_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.audit.code import SourceFile
    from iterapp_nats.audit.findings import Rule
    from iterapp_nats.audit.profiles import Profile

_LOOP: Final = r"\b(?:for|while|loop|retry|Retry|backoff)\b"
_LINES_OF_A_LOOP: Final = 25


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a file that connects may have the rest from

    app: all files of its language
    options: itself, and those which have to do with NATS and do not connect
    """

    app: tuple[SourceFile, ...]
    options: tuple[SourceFile, ...]


def find_missing(
    file: SourceFile, profile: Profile, around: Surroundings, offset: int
) -> Iterator[tuple[Rule, int]]:
    """Yield what the connection made at `offset` of `file` lacks"""

    def has(pattern: str) -> bool:
        return any(near.has(pattern) for near in around.options)

    if profile.reconnects and _is_limited(profile.reconnects, around):
        yield rules.RECONNECT_LIMITED, offset
    if not has(profile.ca):
        yield rules.CA_IGNORED, offset
    if not has(profile.credentials):
        yield rules.CREDENTIALS_IGNORED, offset
    if profile.auth_abort and not has(profile.auth_abort):
        yield rules.AUTH_ABORT, offset
    if not has(profile.retry) and not _is_in_loop(file, offset):
        yield rules.FIRST_CONNECT, offset
    yield from _missing_in_app(profile, around.app, offset)


def _is_limited(option: str, around: Surroundings) -> bool:
    values = (value for near in around.options for value in near.list_all(rf"(?:{option}){VALUE}"))
    return not any(is_without_end(value, around.app) for value in values)


def _missing_in_app(
    profile: Profile, app: tuple[SourceFile, ...], offset: int
) -> Iterator[tuple[Rule, int]]:
    def has(pattern: str) -> bool:
        return any(file.has(pattern) for file in app)

    # Rust has two ways: the connection's drain, or that of each subscription.
    if not has(profile.drain):
        yield rules.NO_DRAIN, offset
    elif not has(profile.signal):
        yield rules.NO_SIGNAL, offset
    if not has(profile.closed):
        yield rules.CLOSED_UNSEEN, offset
    if app[0].tongue in {Tongue.GO, Tongue.C} and has(profile.drain) and not has(profile.closed):
        yield rules.DRAIN_UNFINISHED, offset


def _is_in_loop(file: SourceFile, offset: int) -> bool:
    before = file.around(offset, lines_before=_LINES_OF_A_LOOP)
    return re.search(_LOOP, before) is not None
