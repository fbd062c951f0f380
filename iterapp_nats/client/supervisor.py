"""Keeps a connection alive across the sessions that nats-py gives up

nats-py reconnects after a lost network by itself. After an error of the server it closes for good:
then the credentials are read again. New ones, or a server that was only full, mean a new session
with the same subscriptions; the same ones mean the end, with the server's reason.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iterapp_nats.client.opening.dial import dial
from iterapp_nats.client.session import Session
from iterapp_nats.errors import IterappNatsError, Refused

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Coroutine

    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription as ClientSubscription

    from iterapp_nats.client.block import BlockTaker
    from iterapp_nats.client.events import ConnectionEvents
    from iterapp_nats.client.opening.greeting import ServerInfo
    from iterapp_nats.client.opening.route import Route
    from iterapp_nats.client.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Interest:
    """A subscription that outlives sessions

    Messages come to `take` in blocks, or to `deliver` where that is not asked for or not possible.
    """

    subject: str
    queue: str
    deliver: Callable[[Msg], Awaitable[None]]
    take: BlockTaker | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """What `Connection.subscribe` returns"""

    _supervisor: Supervisor
    _interest: Interest

    async def unsubscribe(self) -> None:
        """Take nothing new; what has arrived and was not handled is dropped"""
        await self._supervisor.remove(self._interest)

    @property
    def queued(self) -> int:
        """How many messages have arrived and wait for the handler"""
        return self._supervisor.queued(self._interest)


class Supervisor:
    """Owns the present session, what is subscribed and the background tasks of one connection"""

    def __init__(self, route: Route, watch: Watch, events: ConnectionEvents) -> None:
        self.route = route
        self._watch = watch
        self._events = events
        self._interests: dict[Interest, ClientSubscription] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.session: Session
        self.server: ServerInfo

    @property
    def present_server(self) -> ServerInfo:
        """The server of the session, after a reconnect maybe another one than at first"""
        from iterapp_nats.client.nats_py.strict_client import present_server

        return present_server(self.session.client) or self.server

    async def start(self) -> None:
        """Open the first session; raises what `dial` raises"""
        self.session, self.server = await dial(self.route, self._new_session, self._events)

    async def stop(self) -> None:
        """Close the session and end every task"""
        import asyncio

        for task in self._tasks:
            task.cancel()
        await self.session.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drain(self, timeout_s: float) -> None:
        """Let the subscriptions finish what has arrived, then stop"""
        await self.session.drain(timeout_s)
        await self.stop()

    async def add(self, interest: Interest) -> Subscription:
        """Subscribe, now and in every later session; raises what nats-py raises"""
        self._interests[interest] = await self._subscribe(interest)
        return Subscription(self, interest)

    async def remove(self, interest: Interest) -> None:
        """Unsubscribe; what has arrived and was not handled is dropped"""
        from nats.errors import Error

        subscription = self._interests.pop(interest, None)
        blocks = self.session.client.blocks
        if blocks and all(other.deliver != interest.deliver for other in self._interests):
            blocks.detach(interest.deliver)
        if subscription:
            with contextlib.suppress(Error):
                await subscription.unsubscribe()

    def queued(self, interest: Interest) -> int:
        """Return how many of its messages wait for the handler"""
        subscription = self._interests.get(interest)
        return subscription.pending_msgs if subscription else 0

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run something beside the caller that ends with the connection at the latest"""
        import asyncio

        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _subscribe(self, interest: Interest) -> ClientSubscription:
        if interest.take and self.session.client.blocks:
            self.session.client.blocks.attach(interest.deliver, interest.take)
        # Without limits nothing is dropped; nats-py's defaults drop silently at 524,288 messages.
        return await self.session.client.subscribe(
            interest.subject,
            queue=interest.queue,
            cb=interest.deliver,
            pending_msgs_limit=self.route.policy.max_queued_messages,
            pending_bytes_limit=0,
        )

    def _new_session(self) -> Session:
        session = Session(
            self._watch, on_stale_login=self._refresh_login, on_end=self._session_ended
        )
        self._watch.attend(session.inbox.attention)
        return session

    def _refresh_login(self) -> None:
        try:
            renewed = self.route.renewed()
        except IterappNatsError as error:
            self._watch.say_once(error)
            return
        if renewed and renewed.login:
            self.route = renewed
            self._watch.permissions = renewed.permissions
            self.session.use_login(renewed.login)

    def _session_ended(self, cause: IterappNatsError) -> None:
        self._refresh_login()
        is_hopeless = isinstance(cause, Refused) and not self.session.has_unused_login
        if is_hopeless or not self.route.policy.reconnects:
            self._watch.end(cause)
            return
        self.spawn(self._revive())

    async def _revive(self) -> None:
        from nats.errors import Error

        self._watch.lost()
        policy = self.route.policy
        patient = replace(policy, retry_s=policy.retry_s or policy.reconnect_wait_s)
        try:
            self.session, self.server = await dial(
                replace(self.route, policy=patient), self._new_session, self._events
            )
        except IterappNatsError as error:
            self._watch.end(error)
            return
        # A session that ends in between starts the next revival by itself.
        with contextlib.suppress(Error):
            for interest in list(self._interests):
                self._interests[interest] = await self._subscribe(interest)
            self._watch.back()
