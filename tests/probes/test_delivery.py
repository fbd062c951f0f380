"""Faults of a real server and of real clients, and what the probe says of them"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.client.connection import open_connection
from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.dev.accounts.system_requests import kick, list_guests
from iterapp_nats.errors import Refused
from iterapp_nats.probes.fault import Fault
from iterapp_nats.probes.plan import Patience
from tests.probes.probing import NATS_PY, PROMPT, SYSTEM_LOGIN, line, numbers, run, traffic, wiring
from tests.support.servers import run_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.servers import RunningServer

MUTE = """
authorization { users: [ { user: app, password: app, permissions: { publish: "_INBOX.>" } } ] }
"""


def system_settings(server: RunningServer) -> str:
    return server.url.replace("nats://", f"nats://{SYSTEM_LOGIN}@")


def kicking(server: RunningServer, who: str) -> Fault:
    """Cut off the client of the probe with this name"""

    async def inject() -> None:
        settings = line(system_settings(server)).settings
        async with open_connection(settings, ConnectPolicy.for_command()) as connection:
            for guest in await list_guests(connection):
                if guest.name.endswith(who):
                    await kick(connection, guest)

    return Fault("kick", 0.2, inject)


def test_cut_subscriber_loses_what_passes_meanwhile(server: RunningServer) -> None:
    slow_to_return = line(server.url, replace(PROMPT, reconnect_wait_s=0.5))
    wires = wiring(server.url, subscriber=slow_to_return)
    result = run(wires, traffic(600, 1000.0), fault=kicking(server, "subscriber 1"))
    assert result.tally.lost_out == len(numbers(result, "lost on the way out")) > 50
    assert (result.tally.lost_in, result.tally.unknown) == (0, 0)
    assert result.server_counted == 600
    assert all("(Kicked)" in gap.cause for gap in result.gaps)


def test_cut_publisher_tells_what_it_could_not_send(server: RunningServer) -> None:
    slow_to_return = line(server.url, replace(PROMPT, reconnect_wait_s=0.5))
    wires = wiring(server.url, publisher=slow_to_return)
    result = run(wires, traffic(600, 1000.0), fault=kicking(server, "publisher"))
    assert result.tally.refused > 50
    assert result.tally.lost_out == 0
    assert result.tally.unknown == 0
    assert result.tally.received + result.tally.refused + result.tally.lost_in == 600


def test_buffer_of_a_publisher_arrives_late(server: RunningServer) -> None:
    slow_to_return = line(server.url, replace(NATS_PY, reconnect_wait_s=0.5))
    wires = wiring(server.url, publisher=slow_to_return)
    result = run(wires, traffic(600, 1000.0), fault=kicking(server, "publisher"))
    assert result.tally.refused == 0
    assert result.tally.late > 50
    assert result.receivers[0].late_by_machine < result.tally.late / 2
    assert result.tally.received + result.tally.lost_in == 600


def test_stalled_server_is_late_and_loses_nothing(mortal: RunningServer) -> None:
    async def stall() -> None:
        await asyncio.to_thread(mortal.pause)
        await asyncio.sleep(0.4)
        mortal.resume()

    result = run(wiring(mortal.url), traffic(800, 1000.0), fault=Fault("stall", 0.2, stall))
    assert (result.tally.received, result.gaps) == (800, ())
    assert result.tally.late > 100
    assert result.receivers[0].late_by_machine < result.tally.late / 2


def test_what_a_killed_server_had_is_unknown_and_the_rest_refused(mortal: RunningServer) -> None:
    async def stop() -> None:
        await asyncio.to_thread(mortal.stop)

    patience = Patience(quiet_s=0.2, settle_s=0.5)
    result = run(
        wiring(mortal.url), traffic(400, 1000.0), fault=Fault("stop", 0.2, stop), patience=patience
    )
    assert result.tally.lost == 0
    assert result.tally.refused > 100
    assert result.tally.received + result.tally.unknown + result.tally.refused == 400
    assert not result.receivers[0].is_settled


def test_messages_that_wait_for_the_handler_are_unknown(server: RunningServer) -> None:
    patience = Patience(quiet_s=0.1, settle_s=0.2)
    result = run(wiring(server.url), traffic(200, 2000.0, handler_delay_s=0.05), patience=patience)
    assert result.tally.lost == 0
    assert result.tally.unknown > 100
    assert result.receivers[0].queued + result.tally.received >= 200
    assert any("wait for its handler" in note for note in result.notes)


def test_slow_consumer_is_the_cause_of_what_its_client_drops(server: RunningServer) -> None:
    hasty = line(server.url, replace(PROMPT, max_queued_messages=20))
    result = run(wiring(server.url, subscriber=hasty), traffic(300, 2000.0, handler_delay_s=0.005))
    assert result.tally.lost_out > 50
    assert result.tally.unknown == 0
    assert "too slow and dropped messages" in result.verdict


def test_queue_group_shares_and_loses_nothing(server: RunningServer) -> None:
    result = run(wiring(server.url), traffic(300, 2000.0, subscribers=3, queue="workers"))
    group = result.receivers[0]
    assert (group.name, group.tally.received, group.tally.duplicates) == ("the queue group", 300, 0)
    assert sum(group.members.values()) == 300
    assert min(group.members.values()) > 0


def test_every_subscriber_gets_everything(server: RunningServer) -> None:
    result = run(wiring(server.url), traffic(200, 2000.0, subscribers=3))
    assert [each.tally.received for each in result.receivers] == [200, 200, 200]


def test_refused_subject_is_told_before_anything_counts(tmp_path: Path) -> None:
    with run_server(tmp_path, MUTE) as server:
        url = server.url.replace("nats://", "nats://app:app@")
        with pytest.raises(Refused) as caught:
            run(wiring(url), traffic())
    assert caught.value.code == "publish-denied"


def test_nothing_is_left_at_the_server(server: RunningServer) -> None:
    run(wiring(server.url), traffic(100, 2000.0))

    async def guests() -> int:
        settings = line(system_settings(server)).settings
        async with open_connection(settings, ConnectPolicy.for_command()) as connection:
            return len(await list_guests(connection))

    assert asyncio.run(guests()) == 0
