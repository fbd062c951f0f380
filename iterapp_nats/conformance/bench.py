"""What one row works with: a folder, a throwaway server, the program, and a second connection"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this module itself is imported on use
import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.conformance.candidate import END_S, Candidate, start_candidate
from iterapp_nats.conformance.plan import HOST, Trust, listen_block, server_names, tls_block
from iterapp_nats.conformance.server import ClientConnection, ThrowawayServer, find_port, held_ports
from iterapp_nats.errors import NoAnswer
from iterapp_nats.settings import Flags, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AsyncExitStack
    from pathlib import Path

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.conformance.plan import MintedUser

OBSERVER: Final = "iterapp-nats conformance"
START_S: Final = 30.0
_POLL_S: Final = 0.05
_ANSWER_S: Final = 5.0
# 143 is what a JVM and a shell return for a SIGTERM that they acted on.
_GOOD_ENDS: Final = (0, 143)


class RowFailed(Exception):
    """The program did not do what the row expects"""


@dataclass(frozen=True, slots=True)
class Subject:
    """The program under test; `request` is a subject that it answers, empty when there is none"""

    command: tuple[str, ...]
    cwd: Path
    environ: Mapping[str, str] = field(repr=False)
    server_binary: Path
    request: str = ""
    payload: bytes = b"conformance"


@dataclass(slots=True)
class Bench:
    """The surroundings of one row; `secrets` must not turn up in the program's output"""

    subject: Subject
    folder: Path
    stack: AsyncExitStack
    trust: Trust = field(init=False)
    server: ThrowawayServer = field(init=False)
    secrets: list[str] = field(default_factory=list)
    candidate: Candidate | None = None
    _observer: MintedUser | None = None

    def __post_init__(self) -> None:
        self.trust = Trust.generate(os.urandom, _now())
        config_path = self.folder / "server.conf"
        ports = self.stack.enter_context(held_ports())
        self.server = ThrowawayServer(self.subject.server_binary, config_path, ports)
        self.stack.push_async_callback(self.server.kill)

    @property
    def url(self) -> str:
        """The server's address"""
        return f"nats://{HOST}:{self.server.ports.client}"

    def write(self, name: str, text: str) -> str:
        """Write a private file into the folder and return its path"""
        path = self.folder / name
        files.write_private(path, text)
        return str(path)

    def user(self, name: str = "pod", *, expires_at: int | None = None) -> MintedUser:
        """Issue a user, and watch over its secrets"""
        # A second old, so that a revocation issued now hits it.
        user = self.trust.user(name, _now() - 1, expires_at=expires_at)
        self.secrets += [user.jwt.reveal(), user.seed.reveal()]
        return user

    def configure_plain(self) -> None:
        """Write the configuration of a server without logins and TLS"""
        self.write("server.conf", listen_block(self.server.ports))

    def configure_secure(
        self,
        *,
        right_name: bool = True,
        revoked: MintedUser | None = None,
        knows_account: bool = True,
    ) -> dict[str, str]:
        """Write the configuration of a server as in production; return its address and CA"""
        certificate = self.trust.certificate(server_names(is_right=right_name), _now())
        tls = tls_block(
            self.write("server.pem", certificate.certificate_pem),
            self.write("server.key", certificate.key_pem.reveal()),
        )
        trust = self.trust.trust_block(_now(), revoked=revoked, knows_account=knows_account)
        self.write("server.conf", listen_block(self.server.ports) + tls + trust)
        if self._observer is None:
            self._observer = self.trust.user(OBSERVER, _now())
            self.write("observer.creds", self._observer.creds_text)
        ca = self.write("ca.pem", self.trust.authority.certificate_pem)
        return {"NATS_URL": self.url, "NATS_CA_FILE": ca}

    async def start(self, environ: Mapping[str, str]) -> Candidate:
        """Start the program with these variables and no others of their kind"""
        everything = {
            **self.subject.environ,
            "HOST": HOST,
            "PORT": str(find_port()),
            **environ,
        }
        candidate = await start_candidate(
            self.subject.command, cwd=self.subject.cwd, environ=everything
        )
        self.candidate = candidate
        self.stack.push_async_callback(candidate.clear)
        return candidate

    async def connected(self, within_s: float = START_S, *, user: str = "") -> ClientConnection:
        """Wait until the program is connected, as this user when one is named"""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            for client in await self.clients():
                if not user or client.user == user:
                    return client
            self.require_alive("before it was connected")
            await asyncio.sleep(_POLL_S)
        raise RowFailed(f"not connected within {within_s:g} s")

    async def clients(self) -> tuple[ClientConnection, ...]:
        """Return the connections of the program that the server has let in"""
        everybody = await self.server.clients()
        others = [client for client in everybody if client.name != OBSERVER]
        is_open = self._observer is None
        return tuple(client for client in others if client.user or (is_open and client.language))

    def require_alive(self, when: str) -> None:
        """Fail when the program has ended"""
        if self.candidate and self.candidate.code is not None:
            raise RowFailed(f"it ended with code {self.candidate.code} {when}")

    async def observe(self) -> Connection:
        """Open a second connection of the same account"""
        flags = Flags(server=self.url)
        if self._observer:
            flags = replace(
                flags,
                creds=str(self.folder / "observer.creds"),
                ca=str(self.folder / "ca.pem"),
            )
        opening = open_connection(
            resolve_settings(flags, ()), ConnectPolicy.for_subscriber(), name=OBSERVER
        )
        return await self.stack.enter_async_context(opening)

    async def answered(self, connection: Connection, within_s: float = _ANSWER_S) -> None:
        """Wait until a request is answered; nothing is asked when no subject was named"""
        subject = self.subject
        if not subject.request:
            return
        deadline = time.monotonic() + within_s
        while True:
            try:
                await connection.request(subject.request, subject.payload, timeout_s=within_s)
            except NoAnswer as error:
                if time.monotonic() > deadline:
                    raise RowFailed(error.message) from error
                self.require_alive("before it answered a request")
                await asyncio.sleep(_POLL_S)
            else:
                return

    async def ends_well(self) -> None:
        """Ask the program to end, and expect that it has drained"""
        candidate = await self.ends()
        if candidate.code not in _GOOD_ENDS:
            raise RowFailed(f"SIGTERM ended it with code {candidate.code} instead of 0")

    async def ends(self) -> Candidate:
        """Ask the program to end, and expect that it does"""
        candidate = self.candidate
        if candidate is None:
            raise RowFailed("the program was not started")
        if not await candidate.terminate():
            raise RowFailed(f"it did not end within {END_S:g} s of SIGTERM")
        return candidate


def _now() -> int:
    return int(time.time())
