"""The end of a run: wait until nothing is under way, and say where that is proven"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.inbox import Confirmation
from iterapp_nats.errors import IterappNatsError

if TYPE_CHECKING:
    from iterapp_nats.probes.crew import Crew
    from iterapp_nats.probes.plan import Patience, Traffic

_POLL_S: Final = 0.02
_CONFIRM_S: Final = 1.0
_HURRIED_S: Final = 0.5
"""Whoever pressed Ctrl-C sees the result within a second"""


@dataclass(slots=True)
class PublisherConfirmation:
    """The publisher's connection on which, in the end, the server had handled everything

    `session` is None when there is none. `echoes` messages to itself were needed; sessions with
    some that did not come back are `unsure`.
    """

    session: int | None = None
    echoes: int = 0
    unsure: frozenset[int] = frozenset()


async def settle(
    crew: Crew, traffic: Traffic, patience: Patience, *, is_hurried: bool
) -> PublisherConfirmation:
    """Wait until nothing is under way, or as long as patience reaches; raises nothing"""
    import asyncio

    deadline_s = time.monotonic() + (_HURRIED_S if is_hurried else patience.settle_s)
    confirmation = await _confirm_publisher(crew, deadline_s)
    while True:
        is_done = _is_complete(crew, traffic) or _is_quiet(crew, patience)
        left_s = max(_POLL_S, deadline_s - time.monotonic())
        if is_done and await _have_settled(crew, min(_CONFIRM_S, left_s)):
            return confirmation
        if time.monotonic() > deadline_s:
            return confirmation
        await asyncio.sleep(_POLL_S)


async def _confirm_publisher(crew: Crew, deadline_s: float) -> PublisherConfirmation:
    import asyncio

    publishing, unsure = crew.publishing, set()
    while time.monotonic() < deadline_s and not publishing.connection.ended:
        if publishing.is_connected:
            session = publishing.session
            crew.publisher.note_session()
            unsure.add(session)
            with suppress(IterappNatsError):
                left_s = max(_POLL_S, deadline_s - time.monotonic())
                sure = await publishing.connection.confirm(min(_CONFIRM_S, left_s))
                if session == publishing.session:
                    echoes = 1 if sure is Confirmation.SEEN else 0
                    return PublisherConfirmation(session, echoes, frozenset(unsure - {session}))
        await asyncio.sleep(_POLL_S)
    return PublisherConfirmation(unsure=frozenset(unsure))


async def _have_settled(crew: Crew, timeout_s: float) -> bool:
    import asyncio

    return all(await asyncio.gather(*(each.settle(timeout_s) for each in crew.receivers)))


def _is_complete(crew: Crew, traffic: Traffic) -> bool:
    sent = crew.publisher.sent
    wanted = len(sent) - len(sent.refused)
    if traffic.queue:
        return sum(each.log.received for each in crew.subscribers) >= wanted
    return all(each.log.received >= wanted for each in crew.subscribers)


def _is_quiet(crew: Crew, patience: Patience) -> bool:
    last_ns = max(each.last_arrival_ns for each in crew.receivers)
    last_ns = max(last_ns, crew.publisher.sent.sent_ns[-1])
    return time.monotonic_ns() - last_ns > patience.quiet_s * 1e9
