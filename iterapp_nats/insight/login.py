"""The steps over an open connection: login, account, round trip"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.account.asking import GLOBAL_ACCOUNT, fetch_user_info
from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.client.requests import measure_round_trip
from iterapp_nats.client.verdicts import LOGIN_REFUSED
from iterapp_nats.errors import IterappNatsError, NoAnswer, Refused
from iterapp_nats.insight.steps import StepName, judge_step, reason_of, skip_step
from iterapp_nats.security.diagnosis import (
    LoginAttempt,
    find_login_reasons,
    judge_owner,
    owner_of_account,
    owner_of_tags,
)
from iterapp_nats.security.permission_text import describe_permissions
from iterapp_nats.security.reason import Reason, Weight, warning
from iterapp_nats.security.server_log import find_last_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.client.account.facts import UserInfo
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.opening.login import Login
    from iterapp_nats.insight.case import Case
    from iterapp_nats.insight.deadline import Deadline
    from iterapp_nats.insight.network import Path
    from iterapp_nats.insight.steps import StepResult
    from iterapp_nats.settings import Settings

_MAX_SKEW_S: Final = 5.0
_ROUND_TRIPS: Final = 3
_LIMIT_S: Final = 2.0
_NEEDS_LOGIN: Final = "the login has failed"


@dataclass(frozen=True, slots=True)
class Visit:
    """A login that is about to be tried at one server"""

    case: Case
    settings: Settings
    login: Login | None
    path: Path
    deadline: Deadline

    async def examine(self) -> tuple[StepResult, ...]:
        """Log in, ask who we are, send messages to ourselves"""
        settings = replace(self.settings, servers=(self.path.url,))
        policy = ConnectPolicy.for_command(self.deadline.limit_s(self.case.timeout_s))
        began_s = time.monotonic()
        try:
            async with open_connection(settings, policy, name="iterapp-nats doctor") as connection:
                login = judge_step(StepName.LOGIN, [self._welcome()], self._judge_welcome())
                account = await self._examine_account(connection)
                limit_s = self.deadline.limit_s(_LIMIT_S)
                return login, account, await examine_round_trip(connection, limit_s)
        except IterappNatsError as error:
            return (
                self._refused(error, time.monotonic() - began_s),
                skip_step(StepName.ACCOUNT, _NEEDS_LOGIN),
                skip_step(StepName.ROUND_TRIP, _NEEDS_LOGIN),
            )

    def _welcome(self) -> str:
        if self.login:
            return f"the server takes the creds of {self.login.identity.user_name or 'the user'}"
        return "the server takes connections without credentials"

    def _judge_welcome(self) -> Iterator[Reason]:
        server = self.path.server
        if self.login and server and not server.auth_required:
            yield warning(
                "creds-not-asked-for",
                "the server asks for no login, so that the creds were never looked at",
                "for a local server without accounts unset the credentials; iterapp-nats dev up"
                " --secure starts one that checks them",
            )

    def _refused(self, error: IterappNatsError, waited_s: float) -> StepResult:
        evidence = [f"the server answered after {waited_s:.2f} s: {error.message}"]
        if error.code != LOGIN_REFUSED.code:
            return judge_step(StepName.LOGIN, (), [reason_of(error)])
        server = self.path.server
        attempt = LoginAttempt(
            identity=self.login.identity if self.login else None,
            has_password=self.path.url.user is not None,
            client_ip=server.client_ip if server else "",
            now=int(self.case.now()),
            waited_s=waited_s,
        )
        reasons = find_login_reasons(attempt)
        local = self.case.local_server
        if local and self.path.url.address in local.addresses:
            logged = find_last_refusal(local.read_log())
            evidence += [f"its log: {logged.line}"] if logged else []
            known = local.explain()
            if known:
                reasons = (reason_of(known),)
            elif logged and logged.reason:
                reasons = (logged.reason,)
        return judge_step(StepName.LOGIN, evidence, reasons)

    async def _examine_account(self, connection: Connection) -> StepResult:
        try:
            info = await fetch_user_info(connection, self.deadline.limit_s(_LIMIT_S))
        except IterappNatsError as error:
            # The login works all the same: an app may be forbidden to ask.
            is_minor = isinstance(error, (NoAnswer, Refused))
            weight = Weight.WARNING if is_minor else Weight.FAILURE
            return judge_step(StepName.ACCOUNT, (), [replace(reason_of(error), weight=weight)])
        return judge_step(StepName.ACCOUNT, _describe_user(info), self._judge_user(info))

    def _judge_user(self, info: UserInfo) -> Iterator[Reason]:
        if info.server_time_s is not None:
            # The clock of the case is the one that dates were checked with.
            skew_s = self.case.now() - time.time() + info.asked_at_s - info.server_time_s
            if abs(skew_s) > _MAX_SKEW_S:
                direction = "ahead of" if skew_s > 0 else "behind"
                yield warning(
                    "clock-skew",
                    f"the clock of this machine is {abs(skew_s):.0f} s {direction} the server's:"
                    " credentials seem valid or expired at the wrong time",
                    "set the clock, for example by NTP",
                )
        has_tags = self.login and owner_of_tags(self.login.identity.tags).environment
        if not has_tags:
            yield from judge_owner(owner_of_account(info.account_name), self.case.owner)


async def examine_round_trip(connection: Connection, limit_s: float) -> StepResult:
    """Send messages to ourselves, and take their time"""
    each_s = limit_s / (_ROUND_TRIPS + 1)
    try:
        times_s = await measure_round_trip(connection, _ROUND_TRIPS, timeout_s=each_s)
    except Refused as error:
        text = f"{error.message}: requests get no answers, publishing and subscribing still work"
        reason = Reason(error.code, text, error.hints, Weight.WARNING)
        return judge_step(StepName.ROUND_TRIP, (), [reason])
    except IterappNatsError as error:
        return judge_step(StepName.ROUND_TRIP, (), [reason_of(error)])
    fastest_ms = min(times_s) * 1000
    return judge_step(StepName.ROUND_TRIP, [f"a message to ourselves took {fastest_ms:.2f} ms"])


def _describe_user(info: UserInfo) -> Iterator[str]:
    if info.account == GLOBAL_ACCOUNT:
        yield "the account everybody shares on a server without accounts"
    else:
        name = info.account_name or info.account
        yield f"user {info.user_name or info.user} in account {name}"
    if info.permissions:
        yield from describe_permissions(info.permissions)
