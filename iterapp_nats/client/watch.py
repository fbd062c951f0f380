"""What a connection hears between the lines: denials, losses, its end

A denied publish or subscription is answered by nothing but an error line that comes some time
later, and the cause of a final close is told once. Whoever waits for a message waits through
`Watch.wait`, which ends early when one of these makes the waiting pointless.
"""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from iterapp_nats.client.events import Gap
from iterapp_nats.client.translate import client_error
from iterapp_nats.client.verdicts import PUBLISH_DENIED, SUBSCRIBE_DENIED

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Collection

    from iterapp_nats.client.events import ConnectionEvents
    from iterapp_nats.errors import IterappNatsError

T = TypeVar("T")

_DENIAL: Final = re.compile(
    r'permissions violation for (publish|subscription)(?: to| with reply of) "(.*?)"'
)
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Denial:
    """The server's refusal of one publish or subscription; `subject` is in lower case"""

    number: int
    subject: str
    error: IterappNatsError


class Watch:
    """Collects what one connection hears, over all its reconnects"""

    def __init__(self, place: str, events: ConnectionEvents) -> None:
        self.place = place
        self.gaps: list[Gap] = []
        self.ended: IterappNatsError | None = None
        self._events = events
        self._denials: deque[Denial] = deque(maxlen=_REMEMBERED)
        self._denied_count = 0
        self._spelling: dict[str, str] = {}
        self._said: set[str] = set()
        self._private: set[str] = set()
        self._lost_at_s: float | None = None
        self._waiting: dict[asyncio.Future[None], frozenset[str] | None] = {}

    @property
    def mark(self) -> int:
        """A point in time for `denied_since`"""
        return self._denied_count

    def denied_since(self, mark: int, subjects: Collection[str]) -> IterappNatsError | None:
        """Return the first refusal after `mark` that is about one of `subjects`"""
        folded = _folded(subjects)
        newer = (denial for denial in self._denials if denial.number >= mark)
        return next((denial.error for denial in newer if denial.subject in folded), None)

    def remember(self, subject: str) -> None:
        """Keep the spelling of a subject: nats-py hands on the server's words in lower case"""
        if len(self._spelling) >= _REMEMBERED:
            self._spelling.clear()
        self._spelling[subject.lower()] = subject

    def keep_private(self, subject: str) -> None:
        """Announce no refusal of this subject: whoever uses the own inbox says so where it matters"""
        self._private.add(subject.lower())

    def heard(self, error: Exception) -> None:
        """Take an asynchronous error of nats-py"""
        denial = _DENIAL.search(str(error))
        if denial is None:
            self._say_once(client_error(error, self.place))
            return
        action, folded = denial.groups()
        verdict = PUBLISH_DENIED if action == "publish" else SUBSCRIBE_DENIED
        refused = verdict.error(self.place, self._spelling.get(folded, folded))
        self._denials.append(Denial(self._denied_count, folded, refused))
        self._denied_count += 1
        if folded not in self._private:
            self._events.failed(refused)
        self._release(refused, folded)

    def lost(self) -> None:
        """The connection is gone, and may come back"""
        if self._lost_at_s is None:
            self._lost_at_s = time.time()
            self._events.disconnected()

    def back(self) -> None:
        """The connection is there again"""
        if self._lost_at_s is not None:
            gap = Gap(self._lost_at_s, time.time())
            self._lost_at_s = None
            self._said.clear()
            self.gaps.append(gap)
            self._events.reconnected(gap)

    def end(self, error: IterappNatsError) -> None:
        """The connection is gone for good"""
        if self._lost_at_s is not None:
            self.gaps.append(Gap(self._lost_at_s, None))
            self._lost_at_s = None
        self.ended = error
        self._events.failed(error)
        self._release(error, None)

    async def wait(
        self,
        awaitable: Awaitable[T],
        timeout_s: float | None,
        subjects: Collection[str] | None = None,
    ) -> T:
        """Await with a deadline, ended early by the connection's end or a refusal of `subjects`

        Without `subjects` a refusal of any subject ends it.

        Raises:
            TimeoutError: the deadline has passed
            Refused: `publish-denied`, `subscribe-denied`
            Unreachable: `connection-lost` or another reason why the connection has ended

        """
        import asyncio

        pending = asyncio.ensure_future(awaitable)
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[alarm] = None if subjects is None else _folded(subjects)
        if self.ended:
            alarm.set_exception(self.ended)
        try:
            await asyncio.wait(
                {pending, alarm}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
            if pending.done():
                return pending.result()
            if alarm.done():
                alarm.result()
            raise TimeoutError
        finally:
            del self._waiting[alarm]
            _dismiss(alarm)
            await _cancel(pending)

    def _say_once(self, error: IterappNatsError) -> None:
        # Every try to reconnect fails with the same words, for an app ten times a minute or more.
        if error.message not in self._said:
            self._said.add(error.message)
            self._events.failed(error)

    def _release(self, error: IterappNatsError, subject: str | None) -> None:
        for alarm, subjects in self._waiting.items():
            concerned = subject is None or subjects is None or subject in subjects
            if concerned and not alarm.done():
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


def _folded(subjects: Collection[str]) -> frozenset[str]:
    return frozenset(subject.lower() for subject in subjects)
