"""The one connection that every command and every app uses

Leaving `open_connection` closes it, within a second, and leaves no task behind.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from iterapp_nats.client.events import ConnectionEvents
from iterapp_nats.client.message import OutgoingMessage, require_sendable
from iterapp_nats.client.opening.route import load_route
from iterapp_nats.client.policy import DEFAULT_TIMEOUT_S
from iterapp_nats.client.supervisor import Interest, Supervisor
from iterapp_nats.client.translate import client_error
from iterapp_nats.client.watch import Attention, Watch
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.subject import require_pattern, require_queue_group

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
    from contextlib import AbstractContextManager

    from iterapp_nats.client.events import Gap
    from iterapp_nats.client.inbox import Confirmation, Inbox
    from iterapp_nats.client.incoming import BlockReceiver
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.nats_py.frame_writer import FrameWriter
    from iterapp_nats.client.nats_py.strict_client import StrictClient
    from iterapp_nats.client.opening.greeting import ServerInfo
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.client.supervisor import Subscription
    from iterapp_nats.headers import Headers
    from iterapp_nats.security.identity import CredsIdentity
    from iterapp_nats.settings import Settings

T = TypeVar("T")


@asynccontextmanager
async def open_connection(
    settings: Settings,
    policy: ConnectPolicy,
    *,
    name: str = "iterapp-nats",
    events: ConnectionEvents | None = None,
) -> AsyncIterator[Connection]:
    """Connect as the settings say, and close at the end

    `name` is what the server shows of this connection.

    Raises:
        InputError: credentials or CA cannot be used
        Unreachable: DNS, refused, timeout, TLS
        Refused: the server refused the login

    """
    route = load_route(settings, policy, name)
    heard = events or ConnectionEvents()
    watch = Watch(settings.url, heard, route.permissions)
    supervisor = Supervisor(route, watch, heard)
    await supervisor.start()
    connection = Connection(supervisor, watch)
    try:
        yield connection
    finally:
        await connection.close()


class Connection:
    """An open connection; made by `open_connection` or `iterapp_nats.connect`

    It survives what its policy allows. Whatever waits raises `Unreachable` or `Refused` as soon as
    the connection has ended for good.
    """

    def __init__(self, supervisor: Supervisor, watch: Watch) -> None:
        # nats-py is loaded by now; an import statement for each message would cost a microsecond.
        from nats.errors import Error

        from iterapp_nats.client.nats_py.strict_client import OutgoingHeaders

        self._supervisor = supervisor
        self._watch = watch
        self.client_error = Error
        """Base of what nats-py raises; `translated` makes our error of it"""
        self._outgoing_headers = OutgoingHeaders

    @property
    def client(self) -> StrictClient:
        """The client of nats-py; another one after credentials were renewed"""
        return self._supervisor.session.client

    @property
    def server(self) -> ServerInfo:
        """What the server of the present connection said about itself"""
        return self._supervisor.present_server

    @property
    def identity(self) -> CredsIdentity | None:
        """As whom the connection was made, None without credentials"""
        login = self._supervisor.route.login
        return login.identity if login else None

    @property
    def url(self) -> str:
        """The addresses that were asked for, without login"""
        return self._watch.place

    @property
    def ended(self) -> IterappNatsError | None:
        """Why the connection is over for good, None while it is not"""
        return self._watch.ended

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The times without connection so far"""
        return tuple(self._watch.gaps)

    @property
    def present_gap(self) -> Gap | None:
        """The time without connection that has not ended yet"""
        return self._watch.present_gap

    def telling_gaps(self, on_gap: Callable[[Gap], None]) -> AbstractContextManager[None]:
        """Within the `with`, call `on_gap` for each time without connection when it has ended"""
        return self._watch.telling_gaps(on_gap)

    @property
    def inbox(self) -> Inbox:
        """The own inbox of the present session"""
        return self._supervisor.session.inbox

    @property
    def frame_writer(self) -> FrameWriter | None:
        """What sends joined frames, None in a release of nats-py that is not known"""
        from iterapp_nats.client.nats_py.frame_writer import frame_writer_of

        return frame_writer_of(self.client)

    def attending(self, *subjects: str) -> AbstractContextManager[Attention]:
        """Within the `with`, let refusals of these subjects reach what it returns

        Others go to the events of the connection. Subjects may hold wildcards.
        """
        return self._watch.attending(Attention(subjects))

    def remember(self, subject: str) -> None:
        """Keep how a subject is spelt, for a refusal of it"""
        self._watch.remember(subject)

    async def publish(
        self, subject: str, payload: bytes = b"", *, reply: str = "", headers: Headers = ()
    ) -> None:
        """Hand a message to the client; `confirm` tells when the server has seen it

        Raises:
            InputError: `subject-invalid`, `subject-wildcard`, `header-invalid`, `payload-too-large`
            Unreachable: not connected at the moment, nothing was sent

        """
        message = OutgoingMessage(subject, payload, reply, headers)
        require_sendable(message, self.client.max_payload)
        await self.send(message)

    async def send(self, message: OutgoingMessage) -> None:
        """Publish without the checks, for a caller that has made them"""
        subject = message.subject
        self._watch.remember(subject)
        headers = self._outgoing_headers(message.headers) if message.headers else None
        try:
            await self.client.publish(subject, message.payload, message.reply, headers)
        except (self.client_error, OSError) as error:
            raise self.translated(error, subject) from error

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        *,
        headers: Headers = (),
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> Message:
        """Publish a request and return the first answer

        Raises:
            NoAnswer: `no-responders` at once, `request-timeout` after `timeout_s`
            Refused: the subject or the own inbox is not allowed

        """
        from iterapp_nats.client.requests import request

        asked = OutgoingMessage(subject, payload, headers=headers)
        return (await request(self, asked, timeout_s=timeout_s)).message

    async def subscribe(
        self, subject: str, handler: Callable[[Message], Awaitable[None]], *, queue: str = ""
    ) -> Subscription:
        """Call `handler` for each message, in order, one at a time, and drop none

        An exception of the handler is logged, and the next message is handled. On return the
        server knows the subscription.

        Raises:
            InputError: `subject-invalid`, `queue-group-invalid`
            Refused: `subscribe-denied`

        """
        with self.attending(subject) as attention:
            subscription = await self.listen(subject, handler, queue=queue)
            try:
                await self.confirm()
                attention.require_allowed()
            except IterappNatsError:
                await subscription.unsubscribe()
                raise
        return subscription

    async def listen(
        self, subject: str, handler: Callable[[Message], Awaitable[None]], *, queue: str = ""
    ) -> Subscription:
        """Subscribe without waiting for the server"""
        from iterapp_nats.client.incoming import deliver_to

        return await self._add(Interest(subject, queue, deliver_to(handler, subject)))

    async def listen_blocks(
        self, subject: str, receiver: BlockReceiver, *, queue: str = ""
    ) -> Subscription:
        """Subscribe for blocks of messages without waiting for the server"""
        return await self._add(Interest(subject, queue, receiver.collect, receiver.take))

    async def _add(self, interest: Interest) -> Subscription:
        subject = require_pattern(interest.subject)
        if interest.queue:
            require_queue_group(interest.queue)
        self._watch.remember(subject)
        try:
            return await self._supervisor.add(interest)
        except (self.client_error, OSError) as error:
            raise self.translated(error, subject) from error

    def messages(self, subject: str, *, queue: str = "") -> AsyncGenerator[Message, None]:
        """Iterate over the messages from the first step on, dropping none

        Raises what `subscribe` raises, and the reason when the connection ends for good.
        """
        from iterapp_nats.client.incoming import iterate

        return iterate(self, subject, queue)

    async def confirm(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> Confirmation:
        """Wait until the server has handled everything sent before, refusals included

        Raises:
            Unreachable: `confirm-timeout`, `connection-lost`

        """
        from iterapp_nats.client.confirm import confirm

        return await confirm(self, timeout_s)

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
        try:
            return await self._watch.wait(awaitable, timeout_s, attention)
        except self.client_error as error:
            raise self.translated(error) from error

    def translated(self, error: Exception, subject: str = "") -> IterappNatsError:
        """Return our error for one of nats-py; the reason of the connection's end outranks it"""
        return self._watch.ended or client_error(error, self.url, subject)

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run something beside the caller that ends with the connection at the latest"""
        return self._supervisor.spawn(work)

    async def drain(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        """Handle what has arrived, take nothing new, and close"""
        await self._supervisor.drain(timeout_s)

    async def close(self) -> None:
        """Close at once; what has arrived and was not handled is dropped"""
        await self._supervisor.stop()
