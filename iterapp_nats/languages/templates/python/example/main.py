"""A board that all pods share: the page, its live events, and two actions."""

import asyncio
import json
import logging
import os
from pathlib import Path

from aiohttp import web

from board import Message
from nats_connection import connected
from pod import Pod

PAGE = Path(__file__).with_name("index.html")


class Site:
    def __init__(self, pod: Pod) -> None:
        self.pod = pod
        self.listeners: set[asyncio.Queue[Message]] = set()
        pod.changed = self.tell_listeners

    def tell_listeners(self, message: Message) -> None:
        for listener in self.listeners:
            listener.put_nowait(message)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self.page)
        app.router.add_get("/ready", self.ready)
        app.router.add_get("/events", self.events)
        app.router.add_post("/messages", self.say)
        app.router.add_post("/jobs", self.run_job)
        return app

    async def page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def ready(self, _request: web.Request) -> web.Response:
        if self.pod.client.is_connected:
            return web.Response(text="ready\n")
        return web.Response(text="not connected\n", status=503)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Send what is known, then what comes; the state every second, and with each message."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        listener: asyncio.Queue[Message] = asyncio.Queue()
        for message in self.pod.board.messages:
            listener.put_nowait(message)
        self.listeners.add(listener)
        try:
            while True:
                await response.write(event("state", self.state()))
                try:
                    message = await asyncio.wait_for(listener.get(), timeout=1)
                except TimeoutError:
                    continue
                await response.write(event("message", message.as_dict()))
        except ConnectionResetError:
            return response
        finally:
            self.listeners.discard(listener)

    def state(self) -> dict[str, object]:
        board = self.pod.board
        return {
            "pod": self.pod.name,
            "connected": self.pod.client.is_connected,
            "missed": board.missed,
            "filled": board.filled,
            "lost": board.lost,
        }

    async def say(self, request: web.Request) -> web.Response:
        try:
            await self.pod.say(await request.text())
        except ValueError as error:
            return web.Response(text=f"{error}\n", status=413)
        except ConnectionError as error:
            return web.Response(text=f"{error}\n", status=503)
        return web.Response(text=f"sent by {self.pod.name}\n", status=202)

    async def run_job(self, request: web.Request) -> web.Response:
        try:
            return web.Response(text=await self.pod.run_job(await request.text()))
        except ConnectionError as error:
            return web.Response(text=f"{error}\n", status=504)


def event(kind: str, data: dict[str, object]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


async def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pod = Pod()
    async with connected("board", on_reconnect=pod.fill_gaps) as client:
        runner = web.AppRunner(Site(pod).app(), shutdown_timeout=1)
        await runner.setup()
        await pod.start(client)
        host, port = os.environ.get("HOST") or "0.0.0.0", int(os.environ.get("PORT") or 8080)
        await web.TCPSite(runner, host, port).start()
        try:
            await asyncio.Event().wait()  # until SIGTERM
        finally:
            await runner.cleanup()


asyncio.run(main())
