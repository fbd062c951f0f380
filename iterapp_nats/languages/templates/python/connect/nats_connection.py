"""Connect to NATS on Iterapp: the same code with a plain local server and in production.

Reads NATS_URL, NATS_CREDENTIALS (content) or else NATS_CREDENTIALS_FILE, and NATS_CA_FILE;
an empty variable counts as unset.
"""

import asyncio
import base64
import json
import logging
import os
import random
import re
import signal
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nkeys
from nats.aio.client import Client
from nats.errors import Error, SecureConnWantedError

logger = logging.getLogger(__name__)

RETRY_S = 2.0
DRAIN_S = 20
_ONE_TRY = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0}
_BLOCK = re.compile(r"-+BEGIN (NATS USER JWT|USER NKEY SEED)-+\s+(\S+)\s+-+END")


@asynccontextmanager
async def connected(
    app: str,
    on_reconnect: Callable[[], Awaitable[None]] | None = None,
    *,
    handle_signals: bool = True,
) -> AsyncIterator[Client]:
    """Connect, and drain when the block is left.

    SIGTERM and Ctrl-C leave the block as if it had come to its end. When the connection is closed
    for good, the process ends with the reason, so that the platform starts it again.
    `on_reconnect` is the place to ask for what was missed meanwhile.

    A web framework has its own way to end. There, for example in `lifespan` of Starlette, write
    `async with connected("orders", handle_signals=False)`: signals are the framework's alone, and
    it gets a SIGTERM when the connection is closed for good.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    causes: list[str] = []

    def leave(cause: str) -> None:
        causes.append(cause)
        if len(causes) > 1:
            return
        if handle_signals:
            task.cancel()
        else:
            logger.critical("NATS: %s", cause)
            os.kill(os.getpid(), signal.SIGTERM)

    if handle_signals:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, leave, "")
    connector = _Connector(app, leave, on_reconnect)
    client = None
    try:
        client = await connector.connect()
        yield client
    except asyncio.CancelledError:
        if not (causes and handle_signals):
            raise
        task.uncancel()
    finally:
        causes.append("")
        connector.end_hook()
        if client is not None:
            await _drain(client)
    if not handle_signals:
        return
    if causes[0]:
        raise SystemExit(f"NATS: {causes[0]}")
    if client is None:
        raise SystemExit(0)


@dataclass
class _Connector:
    """Tries until a server takes us, and tells what happens to the connection."""

    app: str
    leave: Callable[[str], None]
    on_reconnect: Callable[[], Awaitable[None]] | None
    client: Client | None = None
    last_error: Exception | None = field(default=None, init=False)
    hook: asyncio.Task[None] | None = field(default=None, init=False)

    async def connect(self) -> Client:
        wait_s = RETRY_S + random.random()  # not all pods at once
        while self.client is None:
            client = _StrictClient()  # one that has failed once is not used again
            try:
                # nats-py alone would try for two minutes, or for ever, without a word.
                await asyncio.wait_for(client.connect(**self._options(), **_ONE_TRY), timeout=10)
                if not client.is_connected:  # nats-py takes a server that hangs up for one
                    raise Error("the server hung up")
                self.client = client
            except (OSError, Error, ValueError, TimeoutError) as error:
                cause = _reason(self.last_error or error)
                logger.warning("cannot connect to NATS, trying again: %s", cause)
                await _close(client)
                await asyncio.sleep(wait_s)
        self.client.options["allow_reconnect"] = True
        self.client.options["max_reconnect_attempts"] = -1
        self.client.options["reconnect_time_wait"] = wait_s
        logger.info("connected to NATS")
        return self.client

    def _options(self) -> dict[str, Any]:
        self.last_error = None
        options: dict[str, Any] = {
            "servers": [url.strip() for url in _setting("NATS_URL", "127.0.0.1").split(",")],
            "name": f"{self.app}@{_setting('HOSTNAME', 'local')}",
            "tls": ssl.create_default_context(cafile=_setting("NATS_CA_FILE") or None),
            "drain_timeout": DRAIN_S,
            "ping_interval": 20,
            "error_cb": self._failed,
            "disconnected_cb": self._disconnected,
            "reconnected_cb": self._reconnected,
            "closed_cb": self._closed,
        }
        if _setting("NATS_CREDENTIALS") or _setting("NATS_CREDENTIALS_FILE"):
            options["user_jwt_cb"] = lambda: _credentials()[0].encode()
            options["signature_cb"] = lambda nonce: base64.b64encode(
                _credentials()[1].sign(nonce.encode())
            )
        return options

    async def _failed(self, error: Exception) -> None:
        self.last_error = error
        if self.client:
            logger.warning("NATS: %s", _reason(error))

    async def _disconnected(self) -> None:
        if self.client:
            logger.warning("disconnected from NATS")

    async def _reconnected(self) -> None:
        logger.warning("reconnected to NATS; what was published meanwhile was missed")
        self.end_hook()
        if self.on_reconnect:
            # nats-py waits for this callback, and an error here would end its reconnecting.
            self.hook = asyncio.create_task(self._run_hook(self.on_reconnect))

    async def _run_hook(self, on_reconnect: Callable[[], Awaitable[None]]) -> None:
        try:
            await on_reconnect()
        except Exception as error:
            logger.warning("on_reconnect failed: %s", _reason(error), exc_info=True)

    def end_hook(self) -> None:
        if self.hook:
            self.hook.cancel()

    async def _closed(self) -> None:
        if self.client:
            self.leave(f"closed for good: {_reason(self.client.last_error)}")


class _StrictClient(Client):
    """Two things that nats-py, whose version is pinned, does otherwise."""

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        # nats-py logs in over plaintext when the server offers no TLS, even if a CA is given.
        wants_tls = _setting("NATS_CA_FILE") or "tls://" in _setting("NATS_URL")
        if initial_connection and wants_tls:
            if not (info.get("tls_required") or info.get("tls_available")):
                raise SecureConnWantedError
            info["tls_required"] = True
        await super()._process_info(info, initial_connection)

    async def _process_err(self, err_msg: str) -> None:
        # nats-py closes for good when a login ends, though the next one may have renewed
        # credentials: https://github.com/nats-io/nats.py/issues/193
        if "authentication" in err_msg or "authorization" in err_msg:
            error = Error(err_msg.strip("'"))
            await self._error_cb(error)
            await self._process_op_err(error)
        else:
            await super()._process_err(err_msg)


def _credentials() -> tuple[str, nkeys.KeyPair]:
    """Return JWT and key; read anew for each login, because the platform may renew them."""
    text = _setting("NATS_CREDENTIALS")
    if not text:
        text = Path(_setting("NATS_CREDENTIALS_FILE")).read_text(encoding="utf-8")
    blocks = dict(_BLOCK.findall(text))
    try:
        jwt = blocks["NATS USER JWT"]
        key = nkeys.from_seed(bytearray(blocks["USER NKEY SEED"].encode()))
        claims = json.loads(base64.urlsafe_b64decode(jwt.split(".")[1] + "=="))
    except (LookupError, ValueError, nkeys.NkeysError) as error:
        # Any other class than this would end the reconnecting without a word.
        raise Error("the credentials have no valid JWT and seed") from error
    expiry = claims.get("exp", 0)
    if 0 < expiry < time.time():
        raise Error(f"the credentials expired at {datetime.fromtimestamp(expiry, UTC)}")
    return jwt, key


def _reason(error: Exception | None) -> str:
    return str(error) or type(error).__name__


async def _drain(client: Client) -> None:
    """Let what has arrived be handled; while the server is away there is nothing to wait for."""
    if client.is_connected:
        await client.drain()
    else:
        await _close(client)


async def _close(client: Client) -> None:
    with suppress(OSError, TimeoutError):  # a server that is silent does not answer this either
        await asyncio.wait_for(client.close(), timeout=1)


def _setting(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default
