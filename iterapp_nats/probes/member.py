"""One account in a probe of isolation: what it listens to, and what it publishes

It connects twice, as two pods would: one connection listens and answers, the other publishes and
asks. Every subject is below a namespace that is new in each run, so that nobody else is disturbed.
A tap on `>` would find no more there, and it would turn the "no responders" that the app's own
requests get into timeouts. An import may hand on another account's messages below a prefix: the
namespace is looked for behind one and two tokens too.
"""

from __future__ import annotations

import asyncio  # noqa: TID253 - commands import this module where they run it
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.message import OutgoingMessage
from iterapp_nats.errors import NoAnswer, Refused
from iterapp_nats.isolation import (
    WARM_UP,
    Ledger,
    Mark,
    ProbedAccount,
    Way,
    parse_mark,
    render_mark,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.watch import Attention

DEFAULT_NAMESPACE: Final = "_iterapp_nats.probe"
_QUEUE_GROUP: Final = "probe"
_QUEUE_BURST: Final = 8
"""A shared queue group gives each message to one member by chance; so many leave no doubt"""
_RETRY_S: Final = 0.02
_SILENCE_S: Final = 0.3
"""How long another account's answer is waited for where the server does not rule it out at once"""


@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """`run` is random, so that two runs do not see each other; `timeout_s` bounds each control"""

    run: str
    namespace: str = DEFAULT_NAMESPACE
    connect_timeout_s: float = 5.0
    timeout_s: float = 2.0

    def subject(self, way: Way) -> str:
        """Return what the way's subjects begin with, or are"""
        return f"{self.namespace}.{self.run}.{way.name.lower()}"

    @property
    def inboxes(self) -> str:
        """Where the answers of this run go"""
        return f"_INBOX.{self.run}"

    def patterns(self, way: Way) -> tuple[str, ...]:
        """Return the subjects without which an account cannot use the way"""
        subject = self.subject(way)
        match way:
            case Way.SUBJECT | Way.QUEUE:
                return (subject,)
            case Way.WILDCARD | Way.REQUEST:
                return (f"{subject}.>",)
            case Way.INBOX:
                return (f"{subject}.>", f"{self.inboxes}.>")


class Member:
    """One account of the probe, `number` in its order

    `connections` are filled in by whoever opens them, two, before anything else is called.
    """

    def __init__(self, number: int, name: str, options: ProbeOptions, ledger: Ledger) -> None:
        self.number = number
        self.options = options
        self.connections: list[Connection] = []
        self._name = name
        self._ledger = ledger
        self._attentions: dict[Way, list[Attention]] = {way: [] for way in Way}
        self._request_refusal = ""
        self._came = asyncio.Event()

    @property
    def account(self) -> ProbedAccount:
        """The account, with its keys when it is connected"""
        identity = self.connections[0].identity if self.connections else None
        if identity is None:
            return ProbedAccount(self._name)
        return ProbedAccount(self._name, identity.account_public_key, identity.user_public_key)

    @property
    def _listener(self) -> Connection:
        return self.connections[0]

    @property
    def _publisher(self) -> Connection:
        return self.connections[1]

    @contextmanager
    def attending(self) -> Iterator[None]:
        """Within the `with`, keep what the server refuses for `refusal`"""
        with ExitStack() as stack:
            for way, attentions in self._attentions.items():
                for connection in self.connections:
                    attending = connection.attending(*self.options.patterns(way))
                    attentions.append(stack.enter_context(attending))
            yield

    def refusal(self, way: Way) -> str:
        """Return why the account cannot use a way, empty when nothing was refused"""
        if way is Way.REQUEST and self._request_refusal:
            return self._request_refusal
        refusals = (attention.refusal for attention in self._attentions[way])
        return next((refusal.message for refusal in refusals if refusal), "")

    async def subscribe(self) -> None:
        """Listen in every way; on return the server knows it"""
        tap = f"{self.options.subject(Way.WILDCARD)}.>"
        answers = f"{self.options.inboxes}.>"
        for subject in (self.options.subject(Way.SUBJECT), tap, f"*.{tap}", f"*.*.{tap}", answers):
            await self._listener.listen(subject, self._take)
        await self._listener.listen(self.options.subject(Way.QUEUE), self._take, queue=_QUEUE_GROUP)
        for way in (Way.INBOX, Way.REQUEST):
            await self._listener.listen(self._own_subject(way), self._answer)
        await self._listener.confirm(self.options.timeout_s)

    async def warm_up(self) -> None:
        """Publish and ask until each way has worked once, or the time is up"""
        await self._until(self._is_warm, self._publish_cold)

    async def publish(self, number: int) -> None:
        """Publish the messages of one round"""
        for way in Way:
            if self.refusal(way):
                continue
            for _ in range(_QUEUE_BURST if way is Way.QUEUE else 1):
                await self._publish(Mark(self.number, way, number))

    async def request_others(self, accounts: int) -> None:
        """Ask the responders of all other accounts"""
        others = set(range(accounts)) - {self.number}
        mark = Mark(self.number, Way.REQUEST, 1)
        if not self.refusal(Way.REQUEST):
            await asyncio.gather(*(self._request(other, mark, _SILENCE_S) for other in others))

    async def await_own(self) -> None:
        """Wait until all own messages have come back, or the time is up"""
        await self._publisher.confirm(self.options.timeout_s)
        await self._until(self._has_seen_own)

    async def settle(self) -> None:
        """Wait until all has come that the server had for this account"""
        await self._listener.confirm(self.options.timeout_s)

    async def close(self) -> None:
        """Close the connections at once, those that there are"""
        await asyncio.gather(*(connection.close() for connection in self.connections))

    def _own_subject(self, way: Way) -> str:
        subject = self.options.subject(way)
        return subject if way in (Way.SUBJECT, Way.QUEUE) else f"{subject}.{self.number}"

    def _is_warm(self) -> bool:
        return not any(self._is_cold(way) for way in Way)

    def _is_cold(self, way: Way) -> bool:
        return not (self._ledger.is_warm(self.number, way) or self.refusal(way))

    def _has_seen_own(self) -> bool:
        return not any(self._ledger.missing(self.number, way) for way in Way)

    async def _publish_cold(self) -> None:
        for way in filter(self._is_cold, Way):
            await self._publish(Mark(self.number, way, WARM_UP))

    async def _publish(self, mark: Mark) -> None:
        self._ledger.note_sent(mark)
        if mark.way is Way.REQUEST:
            await self._request(self.number, mark, self.options.timeout_s)
            return
        reply = f"{self.options.inboxes}.{self.number}" if mark.way is Way.INBOX else ""
        payload = render_mark(self.options.run, mark)
        await self._publisher.send(OutgoingMessage(self._own_subject(mark.way), payload, reply))

    async def _request(self, account: int, mark: Mark, timeout_s: float) -> None:
        """Ask the responder of an account, who may not be there"""
        subject = f"{self.options.subject(Way.REQUEST)}.{account}"
        payload = render_mark(self.options.run, mark)
        try:
            self._note(await self._publisher.request(subject, payload, timeout_s=timeout_s))
        except NoAnswer:
            return
        except Refused as error:
            self._request_refusal = error.message

    async def _take(self, message: Message) -> None:
        self._note(message)

    async def _answer(self, message: Message) -> None:
        mark = parse_mark(self.options.run, message.payload)
        if mark and mark.publisher != self.number:
            self._ledger.note_seen(self.number, mark)
        if message.reply:
            await self._listener.send(OutgoingMessage(message.reply, message.payload))

    def _note(self, message: Message) -> None:
        mark = parse_mark(self.options.run, message.payload)
        if mark:
            self._ledger.note_seen(self.number, mark)
            self._came.set()

    async def _until(
        self,
        condition: Callable[[], bool],
        action: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Wait for a condition, doing something about it again and again, or until time is up"""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.options.timeout_s):
                while not condition():
                    if action:
                        await action()
                    self._came.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._came.wait(), _RETRY_S)
