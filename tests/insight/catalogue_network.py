"""Rows of the failure catalogue about addresses, variables, and who listens in a server's place"""

from __future__ import annotations

import socket
import threading
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.insight.steps import StepName
from iterapp_nats.security.diagnosis import Owner
from iterapp_nats.settings import (
    Flags,
    Origin,
    Settings,
    Source,
    layer_of,
    resolve_settings,
)
from tests.client.connecting import LIMITED
from tests.insight.cases import Row, case_at, case_of, row
from tests.insight.catalogue_creds import creds, served
from tests.support.operator_mode import build_operator_mode
from tests.support.peers import Wire, run_peer
from tests.support.servers import HOST, free_port, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from iterapp_nats.insight.case import Case

ROWS: Final[list[Row]] = []


@row(ROWS, StepName.TCP, "server-unreachable", "connection refused", "dev up")
def port_refused(_folder: Path) -> Iterator[Case]:
    yield case_of({"NATS_URL": f"nats://{HOST}:{free_port()}"})


@row(ROWS, StepName.TCP, "server-unreachable", "HTTPS_PROXY is set", "do not use it")
def port_refused_behind_a_proxy(_folder: Path) -> Iterator[Case]:
    proxy = {"HTTPS_PROXY": "http://proxy.example:3128"}
    yield case_of({"NATS_URL": f"nats://{HOST}:{free_port()}", **proxy})


@row(ROWS, StepName.DNS, "dns-failed", "host name is not known")
def unknown_host(_folder: Path) -> Iterator[Case]:
    # A label of 64 letters cannot exist, so that no DNS server is asked.
    yield case_of({"NATS_URL": f"nats://{'x' * 64}.invalid:4222"})


@row(ROWS, StepName.TCP, "server-unreachable", "connection refused")
def one_server_of_two_is_away(folder: Path) -> Iterator[Case]:
    with run_server(folder) as running:
        yield case_of({"NATS_URL": f"nats://{HOST}:{free_port()},{running.url}"})


@row(ROWS, StepName.GREETING, "not-a-nats-server", "speaks HTTP", "4222")
def http_port(folder: Path) -> Iterator[Case]:
    port = free_port()
    with run_server(folder, f"http: {HOST}:{port}"):
        yield case_of({"NATS_URL": f"nats://{HOST}:{port}"})


@row(ROWS, StepName.GREETING, "not-a-nats-server", "speaks HTTP")
def websocket_port(folder: Path) -> Iterator[Case]:
    port = free_port()
    with run_server(folder, f'websocket {{ listen: "{HOST}:{port}", no_tls: true }}'):
        yield case_of({"NATS_URL": f"nats://{HOST}:{port}"})


@row(ROWS, StepName.LOGIN, "not-a-client-port", "not the client port")
def route_port(folder: Path) -> Iterator[Case]:
    port = free_port()
    with run_server(folder, f'cluster {{ name: c, listen: "{HOST}:{port}" }}'):
        yield case_of({"NATS_URL": f"nats://{HOST}:{port}"})


@row(ROWS, StepName.GREETING, "not-a-nats-server", "first line is not INFO")
def other_protocol(_folder: Path) -> Iterator[Case]:
    with run_peer(lambda wire: wire.send(b"SSH-2.0-OpenSSH_9.6\r\n")) as peer:
        yield case_of({"NATS_URL": peer.url})


@row(ROWS, StepName.GREETING, "not-a-nats-server", "closed the connection without a word")
def load_balancer_without_a_server(_folder: Path) -> Iterator[Case]:
    with run_peer(lambda _: None) as peer:
        yield case_of({"NATS_URL": peer.url})


@row(ROWS, StepName.GREETING, "connect-timeout", "sends no greeting")
def silent_peer(_folder: Path) -> Iterator[Case]:
    with run_peer(Wire.read_to_end) as peer:
        yield case_of({"NATS_URL": peer.url})


@row(ROWS, StepName.GREETING, "address-translated", "127.0.0.2", "proxy")
def proxy_in_the_way(folder: Path) -> Iterator[Case]:
    with (
        run_server(folder) as running,
        run_peer(lambda wire: relay(wire, running.port)) as proxy,
    ):
        yield case_of({"NATS_URL": proxy.url})


@row(ROWS, StepName.LOGIN, "connect-timeout", "login")
def login_without_an_answer(folder: Path) -> Iterator[Case]:
    def mute(wire: Wire) -> None:
        wire.greet(auth_required=True, nonce="abc")
        wire.read_to_end()

    with run_peer(mute) as peer:
        yield case_at(peer.url, build_operator_mode(folder))


@row(ROWS, StepName.LOGIN, "login-timeout", "did not get a login in time")
def login_too_late(folder: Path) -> Iterator[Case]:
    def slow(wire: Wire) -> None:
        wire.greet(auth_required=True, nonce="abc")
        wire.read_until(b"CONNECT")
        wire.send(b"-ERR 'Authentication Timeout'\r\n")

    with run_peer(slow) as peer:
        yield case_at(peer.url, build_operator_mode(folder))


@row(ROWS, StepName.VARIABLES, "url-invalid", "WebSocket", "nats://")
def websocket_address(_folder: Path) -> Iterator[Case]:
    yield case_of({"NATS_URL": "ws://127.0.0.1:4222"})


@row(ROWS, StepName.VARIABLES, "url-invalid", "unknown scheme")
def unknown_scheme(_folder: Path) -> Iterator[Case]:
    yield case_of({"NATS_URL": "http://127.0.0.1:4222"})


@row(ROWS, StepName.VARIABLES, "url-invalid", "port must be a number")
def port_that_is_none(_folder: Path) -> Iterator[Case]:
    yield case_of({"NATS_URL": "nats://127.0.0.1:nats"})


@row(ROWS, StepName.VARIABLES, "url-invalid", "blanks")
def blank_in_the_address(_folder: Path) -> Iterator[Case]:
    yield case_of({"NATS_URL": "nats://127.0.0.1:4222 nats://127.0.0.1:4223"})


@row(ROWS, StepName.VARIABLES, "url-missing", "HOPS_ENV is prod", "enable")
def pod_without_an_address(_folder: Path) -> Iterator[Case]:
    yield case_of({"HOPS_ENV": "prod"})


@row(ROWS, StepName.VARIABLES, "variable-ignored", "NATS_CREDENTIALS", "no NATS_URL beside it")
def credentials_without_an_address(folder: Path) -> Iterator[Case]:
    with run_server(folder) as running:
        case = case_of({"NATS_CREDENTIALS": creds()})
        settings = resolve_settings(
            Flags(),
            [
                layer_of(Source(Origin.ENVIRON), {"NATS_CREDENTIALS": creds()}),
                layer_of(Source(Origin.ENV_FILE, "nats.env"), {"NATS_URL": running.url}),
            ],
        )
        yield replace(case, settings=settings)


@row(ROWS, StepName.VARIABLES, "variable-foreign", "NATS_CREDS", "NATS_CREDENTIALS_FILE")
def variables_of_the_nats_command(folder: Path) -> Iterator[Case]:
    with run_server(folder) as running:
        yield case_of({"NATS_URL": running.url, "NATS_CREDS": "app.creds"})


@row(ROWS, StepName.CREDENTIALS, "credentials-differ", "hold different credentials")
def both_variables_disagree(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        variables = {"NATS_CREDENTIALS": creds(tags=("other",))}
        case = case_at(running.url, mode)
        yield with_variables(case, variables)


@row(ROWS, StepName.CREDENTIALS, "file-unreadable", "no such file", "NATS_CREDENTIALS_FILE")
def creds_file_missing(folder: Path) -> Iterator[Case]:
    with run_server(folder) as running:
        path = str(folder / "missing.creds")
        yield case_of({"NATS_URL": running.url, "NATS_CREDENTIALS_FILE": path})


@row(ROWS, StepName.CREDENTIALS, "file-unreadable", "it is a folder")
def creds_file_is_a_folder(folder: Path) -> Iterator[Case]:
    with run_server(folder) as running:
        yield case_of({"NATS_URL": running.url, "NATS_CREDENTIALS_FILE": str(folder)})


@row(ROWS, StepName.VARIABLES, "content-as-path", "not a path")
def creds_content_in_the_place_of_a_path(folder: Path) -> Iterator[Case]:
    with run_server(folder) as running:
        yield case_of({"NATS_URL": running.url, "NATS_CREDENTIALS_FILE": creds()})


@row(ROWS, StepName.CREDENTIALS, "creds-unrecognised", "looks like a path", "CREDENTIALS_FILE")
def path_in_the_place_of_creds_content(folder: Path) -> Iterator[Case]:
    with run_server(folder) as running:
        yield case_of({"NATS_URL": running.url, "NATS_CREDENTIALS": "/var/run/app.creds"})


def _content(name: str, code: str, text: str, *words: str) -> None:
    def scene(folder: Path) -> Iterator[Case]:
        with served(folder) as (_, running):
            yield case_of({"NATS_URL": running.url, "NATS_CREDENTIALS": text})

    scene.__name__ = name
    row(ROWS, StepName.CREDENTIALS, code, *words)(scene)


TEXT: Final = creds()
SEED_AT: Final = TEXT.index("-----BEGIN USER NKEY SEED")
_content("creds_without_seed", "creds-seed-missing", TEXT[:SEED_AT], "no seed")
_content("creds_without_jwt", "creds-jwt-missing", TEXT[SEED_AT:], "no user JWT")
_content("creds_garbage", "creds-unrecognised", "hello", "neither a user JWT nor a seed")
_content("creds_bare_jwt", "creds-bare-jwt", TEXT.splitlines()[1], "a JWT alone")
_content("creds_blank", "creds-empty", " \n", "the creds are empty")
_content("creds_cut_off", "creds-truncated", TEXT[:200], "cut off")
_content("creds_with_crlf", "creds-form", TEXT.replace("\n", "\r\n"), "CRLF", "JavaScript, Python")
_content("creds_on_one_line", "creds-form", TEXT.replace("\n", "\\n"), "\\n in place of newlines")
_content("creds_as_base64", "creds-form", b64encode(TEXT.encode()).decode(), "base64", "Go")
_content("creds_with_a_mark", "creds-form", f"\ufeff{TEXT}", "byte order mark", "Java")
_content("creds_in_quotes", "creds-form", f'"{TEXT}"', "quotes", "Java")


@row(ROWS, StepName.CREDENTIALS, "creds-other-environment", "environment test", "says prod")
def creds_of_another_environment(folder: Path) -> Iterator[Case]:
    with served(folder, creds(tags=("app:shop", "env:test"))) as (mode, running):
        yield case_at(running.url, mode, owner=Owner("shop", "prod"))


@row(ROWS, StepName.ACCOUNT, "creds-other-environment", "environment test", "says prod")
def account_of_another_environment(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield case_at(running.url, mode, owner=Owner("", "prod"))


@row(ROWS, StepName.CREDENTIALS, "creds-other-app", "the app shop", "this is chat")
def creds_of_another_app(folder: Path) -> Iterator[Case]:
    with served(folder, creds(tags=("app:shop", "env:test"))) as (mode, running):
        yield case_at(running.url, mode, owner=Owner("chat", "test"))


@row(ROWS, StepName.CREDENTIALS, "creds-expire-soon", "the creds expire at")
def creds_that_expire_soon(folder: Path) -> Iterator[Case]:
    with served(folder, creds(expires_at=int(time.time()) + 3600)) as (mode, running):
        yield case_at(running.url, mode)


@row(ROWS, StepName.ACCOUNT, "clock-skew", "7200 s ahead of the server's")
def clock_that_is_ahead(folder: Path) -> Iterator[Case]:
    with served(folder) as (mode, running):
        yield case_at(running.url, mode, now=lambda: time.time() + 7200)


@row(ROWS, StepName.ACCOUNT, "permission-missing", "$SYS.REQ.USER.INFO")
def user_that_may_not_ask(folder: Path) -> Iterator[Case]:
    with run_server(folder, LIMITED) as running:
        yield case_of({"NATS_URL": running.url.replace("//", "//app:pw@")})


@row(ROWS, StepName.ROUND_TRIP, "inbox-denied", "_INBOX.>", "requests get no answers")
def user_without_an_inbox(folder: Path) -> Iterator[Case]:
    with run_server(folder, LIMITED) as running:
        yield case_of({"NATS_URL": running.url.replace("//", "//deaf:pw@")})


@row(ROWS, StepName.LOGIN, "server-full", "takes no more connections")
def server_that_is_full(_folder: Path) -> Iterator[Case]:
    def full(wire: Wire) -> None:
        wire.greet()
        wire.read_until(b"CONNECT")
        wire.send(b"-ERR 'maximum connections exceeded'\r\n")

    with run_peer(full) as peer:
        yield case_of({"NATS_URL": peer.url})


def relay(wire: Wire, port: int) -> None:
    """Pass bytes on to a server that sees another address than the client's own"""
    with socket.create_connection((HOST, port), source_address=("127.0.0.2", 0)) as upstream:
        back = threading.Thread(target=pump, args=(upstream, wire.connection), daemon=True)
        back.start()
        pump(wire.connection, upstream)
        upstream.shutdown(socket.SHUT_RDWR)
        back.join(5)


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)


def with_variables(case: Case, more: Mapping[str, str]) -> Case:
    settings = case.settings
    assert isinstance(settings, Settings)
    environ = {"NATS_URL": settings.url, "NATS_CREDENTIALS_FILE": settings.credentials_file or ""}
    return case_of({**environ, **more})
