"""Acks against real faults: retries make up for losses, and both sides know what came"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from iterapp_nats.delivery.acks_result import RetryPolicy
from iterapp_nats.errors import NoAnswer, Refused
from iterapp_nats.probes.acks import AcksPlan, probe_acks
from iterapp_nats.probes.fault import Fault
from iterapp_nats.probes.plan import Patience
from tests.probes.message_proxy import Orders, run_message_proxy
from tests.probes.probing import PROMPT, line, traffic, wiring
from tests.support.servers import HOST, run_server

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.delivery.acks_result import AcksResult
    from iterapp_nats.probes.plan import Wiring
    from tests.support.servers import RunningServer

PATIENCE = Patience(warm_up_s=3, quiet_s=0.2, settle_s=3)
STUBBORN = RetryPolicy(tries=20, timeout_s=0.2, pause_s=0.02, longest_pause_s=0.2)
SINGLE = dataclasses.replace(STUBBORN, tries=1)
SENT = 100


def plan(policy: RetryPolicy = STUBBORN, **more: Any) -> AcksPlan:
    return AcksPlan(traffic(SENT, 200.0, **more), policy, PATIENCE)


def run(wires: Wiring, work: AcksPlan, fault: Fault | None = None) -> AcksResult:
    return asyncio.run(probe_acks(wires, work, fault=fault))


def restart_of(server: RunningServer) -> Fault:
    async def restart() -> None:
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(0.3)
        await asyncio.to_thread(server.start_again)

    return Fault("restart", 0.1, restart)


def test_everything_is_acked_once_without_a_fault(server: RunningServer) -> None:
    result = run(wiring(server.url), plan())
    assert (result.acked_once, result.unsure, result.duplicates) == (SENT, 0, 0)
    assert result.tries["acked"] == SENT
    assert result.latency
    assert result.latency.p50_ms > 0


def test_login_that_is_taken_away_is_the_error(tmp_path: Path) -> None:
    def users(password: str) -> str:
        return f'authorization {{ users: [ {{ user: "app", password: "{password}" }} ] }}'

    with run_server(tmp_path, users("old")) as server:

        async def take_away() -> None:
            (tmp_path / "server.conf").write_text(users("new"))
            server.reload()

        wires = wiring(f"nats://app:old@{HOST}:{server.port}")
        with pytest.raises(Refused):
            run(wires, plan(), Fault("login", 0.1, take_away))


def test_retries_survive_a_restart_of_the_server(mortal: RunningServer) -> None:
    result = run(wiring(mortal.url), plan(), restart_of(mortal))
    assert result.acked_once + result.acked_again == SENT
    assert result.retried > 20
    assert result.by_tries[0].unacked > 20
    assert result.by_tries[-1].unacked == 0


def test_single_try_leaves_the_sender_unsure(mortal: RunningServer) -> None:
    result = run(wiring(mortal.url), plan(SINGLE), restart_of(mortal))
    assert result.lost > 20
    assert result.acked_once + result.ack_lost + result.lost == SENT
    assert len(result.by_tries) == 1


def acks_through_proxies(
    server: RunningServer, policy: RetryPolicy, messages: Orders, acks: Orders
) -> AcksResult:
    async def through() -> AcksResult:
        async with (
            run_message_proxy(server.port, to_server=messages) as sending,
            run_message_proxy(server.port, to_server=acks) as answering,
        ):
            wires = wiring(server.url, publisher=line(sending), subscriber=line(answering))
            return await probe_acks(wires, plan(policy))

    return asyncio.run(through())


def test_lost_message_is_told_from_a_lost_ack(server: RunningServer) -> None:
    messages, acks = Orders(drop=frozenset({3, 7})), Orders(drop=frozenset({20, 30, 40}))
    result = acks_through_proxies(server, SINGLE, messages, acks)
    assert (result.lost, result.ack_lost, result.acked_once) == (2, 3, SENT - 5)
    assert (result.timeouts_lost, result.timeouts_that_came) == (2, 3)


def test_second_try_makes_up_for_both_and_one_comes_twice(server: RunningServer) -> None:
    messages, acks = Orders(drop=frozenset({3, 7})), Orders(drop=frozenset({20, 30, 40}))
    result = acks_through_proxies(server, STUBBORN, messages, acks)
    assert (result.unsure, result.acked_again, result.duplicates) == (0, 3, 3)
    assert [(row.unacked, row.lost) for row in result.by_tries] == [(5, 2), (0, 0)]


def test_message_that_comes_twice_is_a_duplicate(server: RunningServer) -> None:
    twice = Orders(repeat=frozenset({5, 6, 9}))
    result = acks_through_proxies(server, STUBBORN, twice, Orders())
    assert (result.acked_again, result.duplicates) == (3, 3)
    assert "3 of them came more than once" in result.verdict


def test_responders_share_the_work(server: RunningServer) -> None:
    result = run(wiring(server.url), plan(subscribers=3))
    assert sum(result.responders.values()) == SENT
    assert len(result.responders) == 3


def test_nobody_there_is_not_a_timeout(mortal: RunningServer) -> None:
    slow_to_return = line(mortal.url, dataclasses.replace(PROMPT, reconnect_wait_s=1.0))
    wires = wiring(mortal.url, subscriber=slow_to_return)
    result = run(wires, plan(), restart_of(mortal))
    assert result.tries["no responders"] > 10
    assert result.unsure == 0


def test_probe_that_nobody_answers_gives_up(server: RunningServer) -> None:
    everything = Orders(drop=frozenset(range(1, 1000)), epoch=0)

    async def through() -> None:
        async with run_message_proxy(server.port, to_server=everything) as url:
            short = dataclasses.replace(PATIENCE, warm_up_s=0.3)
            await probe_acks(
                wiring(server.url, publisher=line(url)), dataclasses.replace(plan(), patience=short)
            )

    with pytest.raises(NoAnswer) as caught:
        asyncio.run(through())
    assert caught.value.code == "probe-unanswered"
