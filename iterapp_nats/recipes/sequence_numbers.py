"""Number the messages, notice what is missing, and ask for it again"""

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

import iterapp_nats

KEPT = 10_000


class NumberedPublisher:
    def __init__(self, connection: iterapp_nats.Connection, subject: str) -> None:
        self.connection, self.subject = connection, subject
        self.epoch = uuid4().hex  # each life of a publisher counts from 1
        self.last = 0
        self.kept: dict[int, bytes] = {}

    async def start(self) -> None:
        await self.connection.subscribe(f"{self.subject}.again", self.send_again)
        await self.connection.subscribe(f"{self.subject}.last", self.tell_last)

    async def publish(self, payload: bytes) -> None:
        self.last += 1
        self.kept[self.last] = payload
        self.kept.pop(self.last - KEPT, None)
        try:
            headers = (("Epoch", self.epoch), ("Number", str(self.last)))
            await self.connection.publish(self.subject, payload, headers=headers)
        except iterapp_nats.Unreachable:
            pass  # It is kept: whoever misses the number asks for it.

    async def send_again(self, request: iterapp_nats.Message) -> None:
        epoch, number = request.payload.decode().split()
        payload = self.kept.get(int(number)) if epoch == self.epoch else None
        gone = (("Gone", "true"),) if payload is None else ()
        await self.connection.publish(request.reply, payload or b"", headers=gone)

    async def tell_last(self, request: iterapp_nats.Message) -> None:
        await self.connection.publish(request.reply, f"{self.epoch} {self.last}".encode())


async def follow(
    connection: iterapp_nats.Connection, subject: str, look_every_s: float = 1.0
) -> AsyncGenerator[tuple[int, bytes | None], None]:
    """Yield each number with its payload, in order and once; None for a payload that is lost

    When the publisher has been started again, the numbers begin again at 1.
    """
    arrived: asyncio.Queue[iterapp_nats.Message] = asyncio.Queue()
    await connection.subscribe(subject, arrived.put)
    epoch, expected = "", 1
    while True:
        try:
            message = await asyncio.wait_for(arrived.get(), look_every_s)
            headers = dict(message.headers)
            seen, number = headers["Epoch"], int(headers["Number"])
        except TimeoutError:
            # Silence: nothing was sent, or the last ones are missing.
            message, (seen, last) = None, await ask(connection, f"{subject}.last") or (epoch, 0)
            number = last + 1
        if seen != epoch:
            epoch, expected = seen, 1
        while expected < number:
            yield expected, await fetch(connection, f"{subject}.again", epoch, expected)
            expected += 1
        if message and number == expected:
            yield number, message.payload
            expected += 1


async def ask(connection: iterapp_nats.Connection, subject: str) -> tuple[str, int] | None:
    try:
        answer = await connection.request(subject, b"", timeout_s=1)
    except (iterapp_nats.NoAnswer, iterapp_nats.Unreachable):
        return None
    epoch, last = answer.payload.decode().split()
    return epoch, int(last)


async def fetch(
    connection: iterapp_nats.Connection, subject: str, epoch: str, number: int
) -> bytes | None:
    """Return None when the publisher has it no more: it keeps the newest, of its own life"""
    wanted = f"{epoch} {number}".encode()
    while True:
        try:
            answer = await connection.request(subject, wanted, timeout_s=1)
        except (iterapp_nats.NoAnswer, iterapp_nats.Unreachable):
            await asyncio.sleep(0.2)
        else:
            return None if dict(answer.headers).get("Gone") else answer.payload
