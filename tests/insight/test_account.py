"""who, why, trace and top over a real cluster, with the creds of an app"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from typing import TYPE_CHECKING, Final, TypeVar

import pytest

from iterapp_nats.client.account.asking import fetch_connections, fetch_statistics, fetch_user_info
from iterapp_nats.client.account.facts import State
from iterapp_nats.client.account.trace import Route, trace
from iterapp_nats.client.connection import open_connection
from iterapp_nats.errors import Refused
from iterapp_nats.insight.top import watch_account
from iterapp_nats.insight.who import find_out_who
from iterapp_nats.insight.why import find_out_why
from tests.client.connecting import COMMAND, connected, run, settings_of, until
from tests.support.clients import Pod, connected_pods, deaf_client
from tests.support.servers import run_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message
    from iterapp_nats.insight.why import WhyReport
    from tests.support.cluster import Cluster

T = TypeVar("T")

PODS: Final = {
    "checkout": Pod(0),
    "billing": Pod(1, (("orders.*", "workers"),)),
    "mailer": Pod(2, (("orders.*", "workers"),)),
    "search": Pod(0, (("orders.>", ""),)),
    "audit": Pod(1, (("audit.>", ""),)),
}


def ask(cluster: Cluster, question: Callable[[Connection], Awaitable[T]]) -> T:
    """Ask over a connection of our own, while the five pods are there"""

    async def work() -> T:
        async with (
            connected_pods(cluster, PODS),
            connected(cluster.servers[0].url, creds=cluster.mode.creds_path) as connection,
        ):
            return await question(connection)

    return run(work())


def test_user_is_told_with_its_account(cluster: Cluster) -> None:
    info = ask(cluster, fetch_user_info)
    assert (info.user_name, info.account_name) == ("exampleapp-pod", "exampleapp-test")
    assert info.permissions is None
    assert info.server_time_s is not None
    assert abs(info.server_time_s - info.asked_at_s) < 5


def test_every_server_answers_and_is_counted(cluster: Cluster) -> None:
    found = ask(cluster, fetch_connections)
    assert sorted(found.gathered.servers) == ["n0", "n1", "n2"]
    assert found.gathered.expected == 3
    assert found.gathered.is_complete


def test_pages_make_one_list(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    # The size of a page is the server's limit of 1024 connections at most.
    monkeypatch.setattr("iterapp_nats.client.account.asking._PAGE", 1)
    found = ask(cluster, fetch_connections)
    assert {one.name for one in found.connections} >= PODS.keys()
    assert len(found.gathered.servers) == 3


def test_missing_server_is_told(cluster: Cluster) -> None:
    async def work() -> bool:
        async with connected(cluster.servers[0].url, creds=cluster.mode.creds_path) as connection:
            cluster.servers[2].pause()
            try:
                return (await fetch_connections(connection, timeout_s=0.5)).gathered.is_complete
            finally:
                cluster.servers[2].resume()

    assert run(work()) is False


def test_who_lists_others_with_what_they_are(cluster: Cluster) -> None:
    report = ask(cluster, lambda connection: find_out_who(connection, None))
    named = {each.name: each for each in report.presences}
    assert named.keys() == PODS.keys()
    assert named["mailer"].server == "n2"
    assert named["mailer"].client.startswith("python3 2.")
    assert named["mailer"].address == "127.0.0.1"
    assert [each.queue for each in named["mailer"].interests if each.subject == "orders.*"] == [
        "workers"
    ]


@pytest.mark.parametrize(
    ("subject", "names", "groups"),
    [
        ("orders.new", {"billing", "mailer", "search"}, ("workers",)),
        ("orders.new.eu", {"search"}, ()),
        ("orders.>", {"billing", "mailer", "search"}, ("workers",)),
        ("*.new", {"audit", "billing", "mailer", "search"}, ("workers",)),
        ("invoices", set(), ()),
    ],
)
def test_who_would_get_a_subject(
    subject: str, names: set[str], groups: tuple[str, ...], cluster: Cluster
) -> None:
    report = ask(cluster, lambda connection: find_out_who(connection, subject))
    assert {each.name for each in report.presences} == names
    assert report.queue_groups == groups


def test_why_names_the_slow_consumer_with_what_to_change(cluster: Cluster) -> None:
    async def work(connection: Connection) -> None:
        # Several times what the sockets on the way hold.
        for _ in range(2000):
            await connection.publish("flood", b"x" * 10_000)
        await connection.confirm()

    with deaf_client(cluster.servers[2].port, cluster.mode.creds_text, "reporter", "flood"):
        ask(cluster, work)
        report = ask(cluster, lambda connection: wait_for_closing(connection, "reporter"))
    closing = report.closings[0]
    assert (closing.name, closing.server) == ("reporter", "n2")
    assert closing.reason.startswith("Slow Consumer")
    assert "faster than the client read" in closing.meaning
    assert "queue group" in closing.fix
    assert not closing.is_normal


async def wait_for_closing(connection: Connection, name: str) -> WhyReport:
    async with asyncio.timeout(10):
        while True:
            report = await find_out_why(connection, name)
            if report.closings:
                return report
            await asyncio.sleep(0.05)


def test_why_counts_clients_that_just_went(cluster: Cluster) -> None:
    ask(cluster, fetch_user_info)
    report = ask(cluster, lambda connection: find_out_why(connection, "billing"))
    assert {each.reason for each in report.closings} == {"Client Closed"}
    assert report.closings[0].is_normal
    assert report.closings[0].count >= 1


def test_why_leaves_our_own_commands_out(cluster: Cluster) -> None:
    async def come_and_go() -> None:
        settings = settings_of(cluster.servers[0].url, creds=cluster.mode.creds_path)
        async with open_connection(settings, COMMAND, name="iterapp-nats pub"):
            pass

    run(come_and_go())
    report = ask(cluster, lambda connection: find_out_why(connection, None))
    assert not any(each.name.startswith("iterapp-nats ") for each in report.closings)
    named = ask(cluster, lambda connection: find_out_why(connection, "iterapp-nats pub"))
    assert named.closings


def test_no_jwt_is_kept_of_a_closed_connection(cluster: Cluster) -> None:
    ask(cluster, fetch_user_info)
    found = ask(cluster, lambda connection: fetch_connections(connection, State.CLOSED))
    assert found.connections
    assert "eyJ" not in repr(found)


async def trace_until(connection: Connection, subject: str, receivers: int) -> Route:
    """Trace until so many would get the message: interest takes its time from server to server"""
    async with asyncio.timeout(10):
        while True:
            route = await trace(connection, subject)
            if len(route.receivers) >= receivers:
                return route


def test_trace_follows_the_way_over_servers(cluster: Cluster) -> None:
    route = ask(cluster, lambda connection: trace_until(connection, "orders.new", 2))
    found = {(each.name, each.subject, each.queue) for each in route.receivers}
    assert ("search", "orders.>", "") in found
    workers = [each for each in route.receivers if each.queue == "workers"]
    assert len(workers) == 1
    assert workers[0].name in {"billing", "mailer"}
    assert route.is_complete
    assert len(route.servers) == 2


def test_trace_of_a_subject_without_subscribers(cluster: Cluster) -> None:
    route = ask(cluster, lambda connection: trace(connection, "nobody.home"))
    assert (route.receivers, route.servers, route.is_complete) == ((), ("n0",), True)


def test_trace_delivers_nothing(cluster: Cluster) -> None:
    received: list[Message] = []

    async def take(message: Message) -> None:
        received.append(message)

    async def work() -> None:
        async with (
            connected(cluster.servers[1].url, creds=cluster.mode.creds_path) as listener,
            connected(cluster.servers[0].url, creds=cluster.mode.creds_path) as connection,
        ):
            await listener.subscribe("orders.new", take)
            await trace_until(connection, "orders.new", 1)
            await connection.publish("orders.new", b"real")
            await connection.confirm()
            await until(lambda: received)

    run(work())
    assert [message.payload for message in received] == [b"real"]


def test_trace_names_a_stream(tmp_path: Path) -> None:
    async def work(url: str) -> None:
        async with connected(url) as connection:
            stream = b'{"name": "ORDERS", "subjects": ["orders.>"]}'
            await connection.request("$JS.API.STREAM.CREATE.ORDERS", stream)
            route = await trace(connection, "orders.new")
            assert ("stream", "ORDERS") in {(each.kind, each.name) for each in route.receivers}

    with run_server(tmp_path, f'jetstream {{ store_dir: "{tmp_path}/js" }}') as running:
        run(work(running.url))


def test_statistics_count_messages(cluster: Cluster) -> None:
    async def work(connection: Connection) -> tuple[int, int]:
        before = await fetch_statistics(connection)
        for _ in range(10):
            await connection.publish("audit.count", b"x")
        await connection.confirm()
        after = await fetch_statistics(connection)
        return before.received_messages, after.received_messages

    before, after = ask(cluster, work)
    assert after >= before + 10


def test_top_shows_rates_of_connections_and_subjects(cluster: Cluster) -> None:
    async def work() -> None:
        async with (
            connected_pods(cluster, PODS) as pods,
            connected(cluster.servers[0].url, creds=cluster.mode.creds_path) as connection,
        ):
            publishing = asyncio.create_task(publish_for_ever(pods["checkout"]))
            samples = watch_account(connection, 0.5)
            sample = await anext(samples)
            await samples.aclose()
            publishing.cancel()
            await asyncio.gather(publishing, return_exceptions=True)
        rates = {each.name: each for each in sample.connections}
        assert rates.keys() == PODS.keys()
        assert rates["checkout"].published_per_s > 20
        assert rates["search"].received_per_s > 20
        assert rates["audit"].received_per_s == 0
        subjects = {(each.subject, each.queue): each for each in sample.subjects}
        assert subjects["orders.*", "workers"].subscribers == 2
        assert subjects["orders.>", ""].delivered_per_s > 20
        assert sample.slow_consumers is not None

    run(work())


async def publish_for_ever(connection: Connection) -> None:
    while True:
        await connection.publish("orders.new", b"x" * 100)
        await asyncio.sleep(0.005)


def test_server_without_accounts_knows_no_reasons(tmp_path: Path) -> None:
    async def work(url: str) -> None:
        async with connected(url) as connection:
            with pytest.raises(Refused, match="without accounts") as raised:
                await find_out_why(connection, None)
            assert raised.value.code == "not-supported"

    with run_server(tmp_path) as running:
        run(work(running.url))
