"""One pod of the board: what it publishes, what it answers, and how it makes up for losses."""

import asyncio
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error

from board import Arrival, Board, Message

MESSAGE, SYNC, JOB, DONE = "board.message", "board.sync", "board.job", "board.done"
JOB_ID = "Nats-Msg-Id"
SYNC_S = 2.0


@dataclass
class Pod:
    changed: Callable[[Message], None] = print
    name: str = field(default_factory=lambda: os.environ.get("HOSTNAME") or "local")
    board: Board = field(default_factory=Board)
    _sent: int = 0
    _done: dict[str, bytes] = field(default_factory=dict)
    _giving_up: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        # A new life has a new origin: its numbers begin again.
        self.origin = f"{self.name}-{secrets.token_hex(4)}".replace(".", "-")

    async def start(self, client: Client) -> None:
        self.client = client
        await self.client.subscribe(MESSAGE, cb=self._on_message)
        await self.client.subscribe(f"board.history.{self.origin}", cb=self._on_history)
        await self.client.subscribe(SYNC, cb=self._on_sync)
        await self.client.subscribe(JOB, queue="workers", cb=self._on_job)
        await self.client.subscribe(DONE, cb=self._on_done)
        await self.fill_gaps()

    async def say(self, text: str) -> None:
        """Tell all pods, this one too: what the page shows has been seen by the server."""
        if not self.client.is_connected:
            raise ConnectionError("not connected")
        message = Message(self.origin, self.name, self._sent + 1, text)
        data = json.dumps(message.as_dict()).encode()
        if len(data) > self.client.max_payload:
            raise ValueError("too long for one message")
        # Only what is sent has a number: the others would miss it.
        self._sent += 1
        await self.client.publish(MESSAGE, data)

    async def run_job(self, text: str) -> str:
        """Let one pod do it; a job that was not acknowledged is sent again under the same id."""
        headers = {JOB_ID: secrets.token_hex(8)}
        for _ in range(5):
            try:
                answer = await self.client.request(JOB, text.encode(), timeout=2, headers=headers)
            except Error:  # nobody there, or no answer in time
                await asyncio.sleep(0.5)
            else:
                return answer.data.decode()
        raise ConnectionError("no pod did the job")

    async def fill_gaps(self) -> None:
        """Ask the other pods for what is missing: at the start, after a gap, after a reconnect."""
        request = json.dumps(self.board.complete()).encode()
        await self.client.publish(SYNC, request, reply=f"board.history.{self.origin}")
        if self._giving_up:
            self._giving_up.cancel()
        self._giving_up = asyncio.get_running_loop().call_later(SYNC_S, self.board.give_up)

    async def _on_message(self, msg: Msg) -> None:
        await self._receive(Message(**json.loads(msg.data)))

    async def _on_history(self, msg: Msg) -> None:
        await self._receive(replace(Message(**json.loads(msg.data)), filled=True))

    async def _receive(self, message: Message) -> None:
        arrival = self.board.receive(message)
        if arrival is Arrival.AFTER_GAP:
            await self.fill_gaps()
        if arrival is not Arrival.KNOWN:
            self.changed(message)

    async def _on_sync(self, msg: Msg) -> None:
        if msg.reply.endswith(f".{self.origin}"):
            return
        for message in self.board.beyond(json.loads(msg.data)):
            data = json.dumps(replace(message, filled=False).as_dict()).encode()
            await self.client.publish(msg.reply, data)

    async def _on_job(self, msg: Msg) -> None:
        """Do a job and answer; an answer is the acknowledgement."""
        job_id = (msg.headers or {}).get(JOB_ID)
        result = self._done.get(job_id) if job_id else None
        if result is None:
            await asyncio.sleep(0.02)  # here the work is done
            result = f"{msg.data.decode().upper()} (by {self.name})".encode()
            if job_id:
                self._remember(job_id, result)
                await self.client.publish(DONE, result, headers={JOB_ID: job_id})
        await msg.respond(result)

    async def _on_done(self, msg: Msg) -> None:
        """Know a finished job, in case it is sent again and comes here."""
        if job_id := (msg.headers or {}).get(JOB_ID):
            self._remember(job_id, msg.data)

    def _remember(self, job_id: str, result: bytes) -> None:
        self._done[job_id] = result
        while len(self._done) > 1000:
            del self._done[next(iter(self._done))]
