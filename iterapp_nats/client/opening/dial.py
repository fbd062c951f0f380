"""The first connection: each server once, in order, with a deadline

The greeting is read on a socket of its own before nats-py is loaded. That names the phase that
failed, and nothing is sent to a server that is not what was asked for.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.greeting import fetch_greeting
from iterapp_nats.client.translate import tls_not_offered
from iterapp_nats.errors import Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.client.events import ConnectionEvents
    from iterapp_nats.client.opening.greeting import ServerInfo
    from iterapp_nats.client.opening.route import Route
    from iterapp_nats.client.session import Session
    from iterapp_nats.server_url import ServerUrl

_MIN_LOGIN_S: Final = 0.1
_PASSING: Final = frozenset(
    {
        "connect-timeout",
        "connection-lost",
        "dns-failed",
        "login-timeout",
        "server-full",
        "server-unreachable",
    }
)
"""What time may heal; an untrusted certificate or a wrong port stays what it is"""


async def dial(
    route: Route, new_session: Callable[[], Session], events: ConnectionEvents
) -> tuple[Session, ServerInfo]:
    """Return an open session, after as many rounds over the servers as the policy allows

    Raises:
        Unreachable: no server of the list can be reached, or the one that matters most says why
        Refused: a server refused the login

    """
    import asyncio

    attempt = 0
    while True:
        try:
            return await _dial_any(route, new_session)
        except Unreachable as error:
            if route.policy.retry_s is None or error.code not in _PASSING:
                raise
            attempt += 1
            events.retrying(error, attempt)
            await asyncio.sleep(route.policy.retry_s)


async def _dial_any(route: Route, new_session: Callable[[], Session]) -> tuple[Session, ServerInfo]:
    failures: list[Unreachable | Refused] = []
    for url in route.settings.servers:
        try:
            return await _dial_one(url, route, new_session)
        except (Unreachable, Refused) as error:
            failures.append(error)
    # A server that was reached and said no tells more than one that was not.
    raise next((error for error in failures if isinstance(error, Refused)), failures[0])


async def _dial_one(
    url: ServerUrl, route: Route, new_session: Callable[[], Session]
) -> tuple[Session, ServerInfo]:
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline_s = clock() + route.policy.timeout_s
    server = await fetch_greeting(url, route.policy.timeout_s)
    if route.wants_tls and not (server.tls_required or server.tls_available):
        raise tls_not_offered(str(url))
    session = new_session()
    began_s = clock()
    try:
        await session.connect(url, route, max(_MIN_LOGIN_S, deadline_s - began_s))
    except (Unreachable, Refused) as error:
        from iterapp_nats.client.opening.evidence import explained
        from iterapp_nats.security.diagnosis import LoginAttempt

        attempt = LoginAttempt(
            identity=route.login.identity if route.login else None,
            has_password=url.user is not None,
            client_ip=server.client_ip,
            now=int(time.time()),
            waited_s=clock() - began_s,
        )
        raise explained(error, url, route.settings.ca_file, attempt) from error
    session.keep_connected(route, url)
    return session, server
