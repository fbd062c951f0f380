"""Proves that accounts do not see each other's messages, with every account trying at once

All subscribe to the same subjects, each publishes marked messages, and whoever sees the mark of
another account has found a leak. A connection warms up first, and sees its own messages before and
after it saw none of the others: without that its silence would prove nothing.
"""

from __future__ import annotations

import asyncio  # noqa: TID253 - commands import this module where they run it
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.isolation import Ledger, Way, judge_isolation
from iterapp_nats.probes.member import Member

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence

    from iterapp_nats.isolation import IsolationReport
    from iterapp_nats.probes.member import ProbeOptions
    from iterapp_nats.settings import Settings

_ROUNDS: Final = 3
_PAUSE_S: Final = 0.05
"""Between rounds and after the last: within a cluster the news of a subscription has to travel"""


@dataclass(frozen=True, slots=True)
class NamedSettings:
    """How to connect to one account, and what the report calls it"""

    name: str
    settings: Settings


async def prove_isolation(
    accounts: Sequence[NamedSettings], options: ProbeOptions
) -> IsolationReport:
    """Let every account try to see the messages of every other one

    An account that may not use a subject is a failed control of the report.

    Raises:
        InputError, Unreachable, Refused: as `open_connection`, naming the account

    """
    ledger = Ledger()
    members = [
        Member(number, account.name, options, ledger) for number, account in enumerate(accounts)
    ]
    async with AsyncExitStack() as stack:
        try:
            joining = (
                _join(stack, member, account.settings)
                for member, account in zip(members, accounts, strict=True)
            )
            await _all(members, joining)
            await _exchange(members)
        finally:
            # All at once: a server that stalls would hold up each close for a second.
            await asyncio.gather(*(member.close() for member in members))
    refusals = {
        (member.number, way): refusal
        for member in members
        for way in Way
        if (refusal := member.refusal(way))
    }
    return judge_isolation(tuple(member.account for member in members), ledger, refusals)


async def _exchange(members: Sequence[Member]) -> None:
    await _all(members, (member.subscribe() for member in members))
    await _all(members, (member.warm_up() for member in members))
    await _all(members, (member.request_others(len(members)) for member in members))
    for number in range(1, _ROUNDS + 1):
        await _all(members, (member.publish(number) for member in members))
        await asyncio.sleep(_PAUSE_S)
    await _all(members, (member.await_own() for member in members))
    await asyncio.sleep(_PAUSE_S)
    await _all(members, (member.settle() for member in members))


async def _join(stack: AsyncExitStack, member: Member, settings: Settings) -> None:
    policy = ConnectPolicy.for_command(member.options.connect_timeout_s)
    for role in ("listener", "publisher"):
        name = f"iterapp-nats probe {role}"
        opening = open_connection(settings, policy, name=name)
        member.connections.append(await stack.enter_async_context(opening))
    stack.enter_context(member.attending())


async def _all(members: Sequence[Member], work: Iterable[Coroutine[object, object, None]]) -> None:
    """Do the same for every account at once; the first failure, under the name of its account"""
    results = await asyncio.gather(*work, return_exceptions=True)
    for member, result in zip(members, results, strict=True):
        if isinstance(result, IterappNatsError):
            raise _named(result, member.account.name) from result
        if isinstance(result, BaseException):
            raise result


def _named(error: IterappNatsError, name: str) -> IterappNatsError:
    return type(error)(
        error.code,
        f"{name}: {error.message}",
        hints=error.hints,
        context={**error.context, "account": name},
    )
