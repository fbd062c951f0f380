"""One client of nats-py, from its connect to its end

nats-py gives a client up for good after most errors of the server, whatever its options say. A
connection then goes on with the next session.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.client.inbox import Inbox
from iterapp_nats.client.translate import (
    Phase,
    client_error,
    connect_error,
    connection_lost,
    server_error,
    tls_not_offered,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.client.opening.login import Login
    from iterapp_nats.client.opening.route import Route
    from iterapp_nats.client.watch import Watch
    from iterapp_nats.errors import IterappNatsError
    from iterapp_nats.secret import Secret
    from iterapp_nats.server_url import ServerUrl

_CLOSE_S: Final = 1.0
_UNLIMITED: Final = -1


class Session:
    """A client and the callbacks that it reports to

    `on_stale_login` is called when credentials may have to be read again, `on_end` with the cause
    when the client is over.
    """

    def __init__(
        self,
        watch: Watch,
        *,
        on_stale_login: Callable[[], None],
        on_end: Callable[[IterappNatsError], None],
    ) -> None:
        from nats.aio.client import RawCredentials

        from iterapp_nats.client.nats_py.strict_client import StrictClient

        self.client = StrictClient()
        self.inbox = Inbox(self.client)
        self._credentials = RawCredentials("")
        self._watch = watch
        self._on_stale_login = on_stale_login
        self._on_end = on_end
        self.has_unused_login = False
        """Whether other credentials are there than those that the server knows"""
        self._is_open = False
        self._last_error: Exception | None = None

    async def connect(self, url: ServerUrl, route: Route, timeout_s: float) -> None:
        """Log in at one server, once

        Raises:
            Unreachable: TLS, timeout, lost
            Refused: `login-refused` and limits

        """
        import asyncio

        from nats.errors import Error, NoServersError

        from iterapp_nats.client.nats_py.strict_client import end

        self.client.wants_tls = route.wants_tls
        attempt = asyncio.ensure_future(self._log_in(url, route, timeout_s))
        try:
            await asyncio.wait({attempt}, timeout=timeout_s)
            if not attempt.done():
                raise TimeoutError
            attempt.result()
            self._is_open = True
            self.has_unused_login = False
        except (OSError, EOFError, Error) as error:
            # nats-py hides the cause behind "no servers available", and tells the callback alone.
            cause = self._last_error if isinstance(error, NoServersError) else error
            raise connect_error(cause or error, str(url), Phase.LOGIN) from error
        finally:
            if not self._is_open:
                # Dropped first: a login can miss being cancelled (`asyncio.wait_for` of Python
                # 3.11 forgets it when its result has just come), and would go on to its timeout.
                await end(self.client, _CLOSE_S)
                attempt.cancel()
                await asyncio.wait({attempt}, timeout=_CLOSE_S)
                if attempt.done() and not attempt.cancelled():
                    attempt.exception()

    def keep_connected(self, route: Route, login: ServerUrl) -> None:
        """Let nats-py reconnect by itself from now on, to every server with the same login

        Its first connect must not: it would retry an untrusted certificate for ever.
        """
        policy = route.policy
        if not policy.reconnects:
            return
        self.client.options["allow_reconnect"] = True
        self.client.options["max_reconnect_attempts"] = _UNLIMITED
        self.client.options["reconnect_time_wait"] = policy.reconnect_wait_s
        same_login = [
            url
            for url in route.settings.servers
            if (url.user, url.password) == (login.user, login.password)
        ]
        self.client.set_server_pool([_bare(url) for url in same_login])

    def use_login(self, login: Login) -> None:
        """Log in with these credentials from the next reconnect on"""
        self._credentials.data = login.text.reveal()
        self.has_unused_login = True

    async def drain(self, timeout_s: float) -> None:
        """Unsubscribe, handle what has arrived and close; what takes longer is dropped"""
        import asyncio

        from nats.errors import Error

        self._is_open = False
        with contextlib.suppress(OSError, Error, TimeoutError):
            await asyncio.wait_for(self.client.drain(), timeout_s)

    async def close(self) -> None:
        """End the client, within a second, and tell nobody"""
        import asyncio

        from nats.errors import Error

        from iterapp_nats.client.nats_py.strict_client import end

        self._is_open = False
        with contextlib.suppress(OSError, Error, TimeoutError):
            await asyncio.wait_for(self.client.close(), _CLOSE_S)
        await end(self.client, _CLOSE_S)
        # The callbacks of subscriptions were cancelled, and end when they run next.
        await asyncio.sleep(0)

    def _options(self, url: ServerUrl, route: Route, timeout_s: float) -> dict[str, Any]:
        if route.login:
            self.use_login(route.login)
        return {
            "servers": [_bare(url)],
            "name": route.name,
            "tls": route.trust,
            "user_credentials": self._credentials if route.login else None,
            **_password_options(url),
            "connect_timeout": timeout_s,
            # Both are needed for a single attempt; 0 attempts would mean for ever.
            "allow_reconnect": False,
            "max_reconnect_attempts": 1,
            "reconnect_time_wait": 0,
            "ping_interval": route.policy.ping_interval_s,
            "max_outstanding_pings": route.policy.max_outstanding_pings,
            # With -1 what is published while disconnected is refused.
            "pending_size": route.policy.buffer_bytes or -1,
            "error_cb": self._failed,
            "disconnected_cb": self._disconnected,
            "reconnected_cb": self._reconnected,
            "closed_cb": self._closed,
            "lame_duck_mode_cb": self._leaving,
        }

    async def _log_in(self, url: ServerUrl, route: Route, timeout_s: float) -> None:
        from iterapp_nats.client.nats_py.strict_client import is_encrypted

        await self.client.connect(**self._options(url, route, timeout_s))
        if route.wants_tls and not is_encrypted(self.client):
            raise tls_not_offered(str(url))
        if self.client.is_connecting:
            await self.client.login_decided.wait()
        if not self.client.is_connected:
            raise self._cause()

    async def _failed(self, error: Exception) -> None:
        from nats.errors import StaleConnectionError

        self._last_error = error
        if not self._is_open:
            return
        if self.client.is_reconnecting:
            self._watch.heard(error)
            self._on_stale_login()
        elif not isinstance(error, (OSError, StaleConnectionError)):
            # The others are the loss itself, which is told right behind.
            self._watch.heard(error)

    async def _disconnected(self) -> None:
        from iterapp_nats.client.nats_py.strict_client import client_name

        if self._is_open:
            blocks = self.client.blocks
            behind_since_s = blocks.was_behind_since_s if blocks else None
            self._watch.lost(client_name(self.client), behind_since_s=behind_since_s)
            self._on_stale_login()

    async def _leaving(self) -> None:
        if self._is_open:
            self._watch.leaving()

    async def _reconnected(self) -> None:
        if self._is_open:
            self.has_unused_login = False
            self.client.farewell = ""
            self._watch.back()

    async def _closed(self) -> None:
        self.client.login_decided.set()
        if self._is_open:
            self._is_open = False
            self._on_end(self._cause())

    def _cause(self) -> IterappNatsError:
        if self.client.farewell:
            return server_error(self.client.farewell, self._watch.place)
        error = self.client.last_error or self._last_error
        if error is None:
            return connection_lost(self._watch.place, "the server closed it")
        return client_error(error, self._watch.place)


def _password_options(url: ServerUrl) -> dict[str, str | None]:
    # nats-py takes a login in the address literally; passed on its own it needs no escapes.
    if url.user is None:
        return {}
    if url.password is None:
        return {"token": _reveal(url.user)}
    return {"user": _reveal(url.user), "password": _reveal(url.password)}


def _reveal(secret: Secret) -> str:
    return secret.reveal()


def _bare(url: ServerUrl) -> str:
    return f"{url.scheme}://{url.address}"
