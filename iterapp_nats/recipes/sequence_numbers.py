"""Number the messages, notice what is missing, and ask for it again"""

import asyncio
from collections.abc import AsyncGenerator

import iterapp_nats

KEPT = 10_000


class NumberedPublisher:
    def __init__(self, connection: iterapp_nats.Connection, subject: str) -> None:
        self.connection, self.subject = connection, subject
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
            number = (("Number", str(self.last)),)
            await self.connection.publish(self.subject, payload, headers=number)
        except iterapp_nats.Unreachable:
            pass  # It is kept: whoever misses the number asks for it.

    async def send_again(self, request: iterapp_nats.Message) -> None:
        payload = self.kept.get(int(request.payload))
        if payload is not None:
            await self.connection.publish(request.reply, payload)

    async def tell_last(self, request: iterapp_nats.Message) -> None:
        await self.connection.publish(request.reply, str(self.last).encode())


async def follow(
    connection: iterapp_nats.Connection, subject: str, look_every_s: float = 1.0
) -> AsyncGenerator[tuple[int, bytes], None]:
    """Yield each number with its payload, in order and once"""
    arrived: asyncio.Queue[iterapp_nats.Message] = asyncio.Queue()
    await connection.subscribe(subject, arrived.put)
    expected = 1
    while True:
        try:
            message = await asyncio.wait_for(arrived.get(), look_every_s)
            number = int(dict(message.headers)["Number"])
        except TimeoutError:
            # Silence: nothing was sent, or the last ones are missing.
            message, number = None, await ask(connection, f"{subject}.last", b"") + 1
        while expected < number:
            yield expected, await fetch(connection, f"{subject}.again", expected)
            expected += 1
        if message and number == expected:
            yield number, message.payload
            expected += 1


async def ask(connection: iterapp_nats.Connection, subject: str, payload: bytes) -> int:
    try:
        return int((await connection.request(subject, payload, timeout_s=1)).payload)
    except (iterapp_nats.NoAnswer, iterapp_nats.Unreachable):
        return 0


async def fetch(connection: iterapp_nats.Connection, subject: str, number: int) -> bytes:
    while True:
        try:
            return (await connection.request(subject, str(number).encode(), timeout_s=1)).payload
        except (iterapp_nats.NoAnswer, iterapp_nats.Unreachable):
            await asyncio.sleep(0.2)
