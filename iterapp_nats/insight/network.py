"""The steps on the way to a server: DNS, TCP, greeting; each for all servers of the list at once"""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from threading import Thread
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.greeting import fetch_greeting
from iterapp_nats.client.translate import Phase, connect_error, tls_not_offered
from iterapp_nats.errors import IterappNatsError
from iterapp_nats.insight.steps import judge_step, reason_of
from iterapp_nats.security.reason import Reason, Weight, warning

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from iterapp_nats.client.opening.greeting import ServerInfo
    from iterapp_nats.insight.deadline import Deadline
    from iterapp_nats.insight.steps import StepName, StepResult
    from iterapp_nats.server_url import ServerUrl

PROXIES: Final = (
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "all_proxy",
    "https_proxy",
    "http_proxy",
)
LIMIT_S: Final = 2.0
"""How long each of these steps may take"""
_MAX_ADDRESSES: Final = 4


@dataclass(frozen=True, slots=True)
class Path:
    """The way to one server, as far as it has been gone; `own_ip` is this end of the connection"""

    url: ServerUrl
    addresses: tuple[str, ...] = ()
    address: str = ""
    own_ip: str = ""
    server: ServerInfo | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step found at one server; `path` is None when it is a dead end"""

    path: Path | None
    evidence: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


async def take_step(
    step: StepName, paths: Sequence[Path], probe: Callable[[Path], Awaitable[Outcome]]
) -> tuple[StepResult, tuple[Path, ...]]:
    """Probe all servers at once; while one works, the failures of others are warnings"""
    import asyncio

    outcomes = await asyncio.gather(*(probe(path) for path in paths))
    alive = tuple(outcome.path for outcome in outcomes if outcome.path)
    evidence = [text for outcome in outcomes for text in outcome.evidence]
    reasons = [reason for outcome in outcomes for reason in outcome.reasons]
    if alive:
        reasons = [replace(reason, weight=Weight.WARNING) for reason in reasons]
    return judge_step(step, evidence, reasons), alive


@dataclass(frozen=True, slots=True)
class Network:
    """How to look at servers: for settings that want TLS or not, in this environment

    `variables` are the names of those that are set.
    """

    wants_tls: bool
    variables: frozenset[str]
    other_project: Callable[[str], str | None]
    deadline: Deadline

    async def resolve(self, path: Path) -> Outcome:
        """Look the host name up"""
        host = path.url.host
        try:
            addresses = await _look_up(host, path.url.port, self.deadline.limit_s(LIMIT_S))
        except (OSError, UnicodeError) as error:
            return Outcome(None, reasons=(_reason(error, path, Phase.DNS),))
        shown = ", ".join(addresses)
        is_name = addresses != (host,)
        evidence = f"{host} is {shown}" if is_name else f"{host} is an address, no name to look up"
        return Outcome(replace(path, addresses=addresses), (evidence,))

    async def connect(self, path: Path) -> Outcome:
        """Open a connection to each address, and hang up"""
        import asyncio

        attempts = [self._open(path, address) for address in path.addresses[:_MAX_ADDRESSES]]
        tried = await asyncio.gather(*attempts)
        closed = tuple(each for each in tried if isinstance(each, Reason))
        found = next((each for each in tried if isinstance(each, Path)), None)
        if found is None:
            return Outcome(None, reasons=(self._with_proxy(closed[0]),))
        evidence = f"{found.address} port {path.url.port} takes connections"
        return Outcome(found, (evidence, *(reason.text for reason in closed)))

    async def greet(self, path: Path) -> Outcome:
        """Read the INFO line, and compare it with what the address asks for"""
        try:
            server = await fetch_greeting(
                path.url, self.deadline.limit_s(LIMIT_S), address=path.address
            )
        except IterappNatsError as error:
            return Outcome(None, reasons=(reason_of(error),))
        evidence = tuple(_describe(server))
        if self.wants_tls and not (server.tls_required or server.tls_available):
            return Outcome(None, evidence, (reason_of(tls_not_offered(str(path.url))),))
        reasons = tuple(self._judge(path, server))
        return Outcome(replace(path, server=server), evidence, reasons)

    async def _open(self, path: Path, address: str) -> Path | Reason:
        import asyncio

        try:
            async with asyncio.timeout(self.deadline.limit_s(LIMIT_S)):
                _, writer = await asyncio.open_connection(address, path.url.port)
        except OSError as error:
            shown = replace(path, url=replace(path.url, host=address))
            return _reason(error, shown if len(path.addresses) > 1 else path, Phase.TCP)
        own_ip = writer.get_extra_info("sockname")[0]
        writer.transport.abort()
        return replace(path, address=address, own_ip=own_ip)

    def _judge(self, path: Path, server: ServerInfo) -> Iterator[Reason]:
        is_optional = server.tls_available and not server.tls_required
        if is_optional and self.wants_tls:
            yield warning(
                "tls-not-enforced",
                "the server also takes plaintext, and nats-py alone would send it the login in"
                " plaintext, CA or not",
                "remove allow_non_tls from the server, or insist on TLS in the app",
            )
        if is_optional and not self.wants_tls:
            yield warning(
                "tls-not-used",
                "the server offers TLS, and this connection is in plaintext",
                "write the address as tls://, and set NATS_CA_FILE",
            )
        project = self.other_project(server.server_name)
        if project:
            yield warning(
                "other-project",
                f"this is the dev server of the project {project}",
                "start the one of this project with iterapp-nats dev up",
            )
        if path.own_ip and server.client_ip and not _are_same(path.own_ip, server.client_ip):
            yield warning(
                "address-translated",
                f"this machine connects as {path.own_ip}, and the server sees {server.client_ip}:"
                " a proxy, a load balancer or NAT stands in between",
                "credentials bound to a source address need that of the server's view",
            )

    def _with_proxy(self, reason: Reason) -> Reason:
        proxy = next((name for name in PROXIES if name in self.variables), None)
        if proxy is None:
            return reason
        fix = f"{proxy} is set, and NATS clients do not use it: a direct way is needed"
        return replace(reason, fixes=(*reason.fixes, fix))


async def _look_up(host: str, port: int, limit_s: float) -> tuple[str, ...]:
    """Resolve in a thread that nobody waits for: a lookup cannot be cancelled, and may take long

    Raises what `socket.getaddrinfo` raises, and TimeoutError.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    found: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            _tell(loop, found, error)
            return
        _tell(loop, found, tuple(dict.fromkeys(str(entry[4][0]) for entry in entries)))

    Thread(target=look_up, daemon=True).start()
    return await asyncio.wait_for(found, limit_s)


def _tell(
    loop: asyncio.AbstractEventLoop,
    found: asyncio.Future[tuple[str, ...]],
    result: tuple[str, ...] | Exception,
) -> None:
    def settle() -> None:
        if found.done():
            return
        if isinstance(result, Exception):
            found.set_exception(result)
        else:
            found.set_result(result)

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)


def _describe(server: ServerInfo) -> Iterator[str]:
    name = f" {server.server_name}" if server.server_name not in {"", server.server_id} else ""
    yield f"nats-server {server.version}{name} greets in plaintext first, as all clients expect"
    tls = "requires" if server.tls_required else "offers" if server.tls_available else "has no"
    login = "asks for a login" if server.auth_required else "asks for no login"
    yield f"it {tls} TLS and {login}"
    if server.connect_urls:
        yield f"its cluster has {len(server.connect_urls)} addresses"


def _reason(error: Exception, path: Path, phase: Phase) -> Reason:
    reason = reason_of(connect_error(error, str(path.url), phase))
    if not isinstance(error, TimeoutError):
        return reason
    if phase is Phase.DNS:
        return replace(reason, fixes=("see whether this machine's DNS server answers",))
    firewall = "a firewall or network policy that drops packets, or a wrong address"
    return replace(reason, fixes=(f"the usual cause is {firewall}",))


def _are_same(one: str, other: str) -> bool:
    # A server that listens on IPv6 shows an IPv4 client as ::ffff:127.0.0.1.
    first, second = (text.removeprefix("::ffff:") for text in (one, other))
    return first == second
