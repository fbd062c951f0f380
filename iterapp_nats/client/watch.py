"""What a connection hears between the lines: refusals, losses, its end

A refused publish or subscription is answered by nothing but an error line that comes some time
later, and the cause of a final close is told once. Whoever waits for a message waits through
`Watch.wait`, which ends early when one of these makes the waiting pointless.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from iterapp_nats.client.events import Gap
from iterapp_nats.client.translate import client_error
from iterapp_nats.client.verdicts import PUBLISH_DENIED, SUBSCRIBE_DENIED
from iterapp_nats.security.permission_text import explain_denial
from iterapp_nats.subject import matches

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Collection, Iterator

    from iterapp_nats.client.events import ClientName, ConnectionEvents
    from iterapp_nats.errors import IterappNatsError
    from iterapp_nats.security.claims import Permissions

T = TypeVar("T")

_REFUSAL: Final = re.compile(
    r'permissions violation for (publish|subscription)(?: to| with reply of) "(.*?)"'
)
_MAX_SPELLINGS: Final = 10_000


class Attention:
    """Somebody's interest in refusals of some subjects, which may hold wildcards

    `refusal` is the first one that came.
    """

    def __init__(self, subjects: Collection[str]) -> None:
        self.refusal: IterappNatsError | None = None
        self._subjects = {subject.lower() for subject in subjects}

    def add(self, subject: str) -> None:
        """Be interested in one more subject"""
        self._subjects.add(subject.lower())

    def covers(self, folded: str) -> bool:
        """Tell whether a subject in lower case is one of them"""
        return folded in self._subjects or any(
            matches(pattern, folded) for pattern in self._subjects if pattern[-1:] in ("*", ">")
        )

    def require_allowed(self) -> None:
        """Raise the refusal, if one has come"""
        if self.refusal:
            raise self.refusal


class Watch:
    """Collects what one connection hears, over all its reconnects"""

    def __init__(
        self, place: str, events: ConnectionEvents, permissions: Permissions | None = None
    ) -> None:
        self.place = place
        self.permissions = permissions
        """What the credentials allow, None where only the server knows"""
        self.gaps: list[Gap] = []
        self.ended: IterappNatsError | None = None
        self._events = events
        self._attending: list[Attention] = []
        self._standing: list[Attention] = []
        self._spelling: dict[str, str] = {}
        self._said: set[str] = set()
        self._gap: Gap | None = None
        self._gap_takers: list[Callable[[Gap], None]] = []
        self._waiting: dict[asyncio.Future[None], Attention | None] = {}

    @property
    def present_gap(self) -> Gap | None:
        """The time without connection that has not ended yet"""
        return self._gap

    @contextmanager
    def telling_gaps(self, on_gap: Callable[[Gap], None]) -> Iterator[None]:
        """Call `on_gap` for each time without connection when it has ended"""
        self._gap_takers.append(on_gap)
        try:
            yield
        finally:
            self._gap_takers.remove(on_gap)

    @contextmanager
    def attending(self, attention: Attention) -> Iterator[Attention]:
        """Let refusals reach `attention` instead of the connection's events"""
        self._attending.append(attention)
        try:
            yield attention
        finally:
            self._attending.remove(attention)

    def attend(self, attention: Attention) -> None:
        """Do as `attending`, until the end of the connection"""
        self._standing.append(attention)

    def remember(self, subject: str) -> None:
        """Keep the spelling of a subject: nats-py hands on the server's words in lower case"""
        if len(self._spelling) >= _MAX_SPELLINGS:
            self._spelling.clear()
        self._spelling[subject.lower()] = subject

    def heard(self, error: Exception) -> None:
        """Take an asynchronous error of nats-py"""
        refusal = _REFUSAL.search(str(error))
        if refusal is None:
            self.say_once(client_error(error, self.place))
            return
        action, folded = refusal.groups()
        self._refused(self._denial(action, self._spelling.get(folded, folded)), folded)

    def say_once(self, error: IterappNatsError) -> None:
        """Announce an error, unless the same was announced in this time without connection"""
        # Every try to reconnect fails with the same words, for an app ten times a minute or more.
        if error.message not in self._said:
            self._said.add(error.message)
            self._events.failed(error)

    def leaving(self) -> None:
        """The server is going to stop, and asks to connect elsewhere"""
        self._events.server_leaving()

    def lost(
        self, client: ClientName | None = None, *, behind_since_s: float | None = None
    ) -> None:
        """The connection is gone, and may come back

        `behind_since_s` is when reading fell behind, in Unix seconds, if it had not caught up.
        """
        if self._gap is None:
            was_behind = behind_since_s is not None
            self._gap = Gap(behind_since_s or time.time(), None, client, was_behind)
            self._events.disconnected()

    def back(self) -> None:
        """The connection is there again"""
        if self._gap is None:
            return
        gap = replace(self._gap, ended_at_s=time.time())
        self._gap = None
        self._said.clear()
        self.gaps.append(gap)
        self._events.reconnected(gap)
        for take in self._gap_takers:
            take(gap)

    def end(self, error: IterappNatsError) -> None:
        """The connection is gone for good"""
        if self._gap is not None:
            self.gaps.append(self._gap)
            self._gap = None
        self.ended = error
        if not self._waiting and not self._attending:
            self._events.failed(error)
        for alarm in self._waiting:
            _ring(alarm, error)

    async def wait(
        self,
        awaitable: Awaitable[T],
        timeout_s: float | None,
        attention: Attention | None = None,
    ) -> T:
        """Await with a deadline, ended early by a refusal or the connection's end

        Raises:
            TimeoutError: the deadline has passed
            Refused: `publish-denied`, `subscribe-denied` of a subject that `attention` is on
            Unreachable: `connection-lost` or another reason why the connection has ended

        """
        import asyncio

        pending = asyncio.ensure_future(awaitable)
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[alarm] = attention
        known = self.ended or (None if attention is None else attention.refusal)
        if known:
            _ring(alarm, known)
        either: set[asyncio.Future[Any]] = {pending, alarm}
        try:
            await asyncio.wait(either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if pending.done():
                return pending.result()
            if alarm.done():
                alarm.result()
            raise TimeoutError
        finally:
            del self._waiting[alarm]
            _dismiss(alarm)
            await _cancel(pending)

    def _denial(self, action: str, subject: str) -> IterappNatsError:
        is_publish = action == "publish"
        verdict = PUBLISH_DENIED if is_publish else SUBSCRIBE_DENIED
        error = verdict.error(self.place, subject)
        if self.permissions:
            allowed = self.permissions.publish if is_publish else self.permissions.subscribe
            error.hints = (*explain_denial(subject, allowed), *error.hints)
        return error

    def _refused(self, error: IterappNatsError, folded: str) -> None:
        everybody = (*self._attending, *self._standing)
        attentive = [attention for attention in everybody if attention.covers(folded)]
        for attention in attentive:
            attention.refusal = attention.refusal or error
        if not attentive:
            self._events.failed(error)
        for alarm, concern in self._waiting.items():
            if concern is not None and concern.covers(folded):
                _ring(alarm, error)


def _ring(alarm: asyncio.Future[None], error: IterappNatsError) -> None:
    if not alarm.done():
        alarm.set_exception(error)


def _dismiss(alarm: asyncio.Future[None]) -> None:
    if alarm.done():
        alarm.exception()
    alarm.cancel()


async def _cancel(pending: asyncio.Future[T]) -> None:
    import asyncio

    if not pending.done():
        pending.cancel()
        await asyncio.wait({pending})
