"""What one `dev chaos --prove` does: numbered traffic through each variant of a scenario"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.cli.jobs.probe import new_run_id
from iterapp_nats.delivery.proof import ProofRow
from iterapp_nats.delivery.scenario import FACTS, Scenario
from iterapp_nats.dev.plan import HOST
from iterapp_nats.dev.proxy.link_fault import Direction
from iterapp_nats.probes.delivery import probe_delivery
from iterapp_nats.probes.fault import Fault
from iterapp_nats.probes.option_sets import DEFAULTS, WITNESS
from iterapp_nats.probes.plan import Line, Patience, Traffic, Wiring
from iterapp_nats.server_url import ServerUrl

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from iterapp_nats.dev.proxy.link_fault import LinkFault
    from iterapp_nats.dev.proxy.listener import FaultProxy
    from iterapp_nats.dev.scenarios import Ordeal, Stage
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.probes.option_sets import OptionSet
    from iterapp_nats.settings import Settings

_BEFORE_S: Final = 2.2
"""How long all is well before a fault: a younger client of nats-py waits before it comes back"""
_AFTER_S: Final = 3.0
"""How long is published behind it: with the default options nobody is back before two seconds"""
_PUBLISHER: Final = "publisher"
_SUBSCRIBER: Final = "subscriber"
_EVERYBODY: Final = "everybody"
_SLOW_LINK: Final = "slow link"
_SLOW_HANDLER: Final = "slow handler"
_SLOW_HANDLER_S: Final = 0.005
_FEW: Final = 500
_SLOW_LINK_BYTES: Final = 4096
_SIDES: Final = {
    Scenario.KICK: (_SUBSCRIBER, _PUBLISHER),
    Scenario.DROP: (_SUBSCRIBER, _PUBLISHER),
    Scenario.PARTITION: (_SUBSCRIBER, _PUBLISHER),
    Scenario.RESET: (_SUBSCRIBER, _PUBLISHER),
    Scenario.THROTTLE: (_SUBSCRIBER,),
    Scenario.SLOW_CONSUMER: (
        _SLOW_LINK,
        f"{_SLOW_HANDLER}, {_FEW} queued",
        _SLOW_HANDLER,
    ),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven: a scenario by so many trials of numbered traffic with each set of options

    Before the fault all is well for `before_s`, and behind it is published for `after_s` more.
    """

    ordeal: Ordeal
    rate_per_s: float
    size_bytes: int
    trials: int = 1
    options: tuple[OptionSet, ...] = (DEFAULTS,)
    before_s: float = _BEFORE_S
    after_s: float = _AFTER_S


@dataclass(frozen=True, slots=True)
class _Trial:
    ordeal: Ordeal
    struck: str
    options: OptionSet
    number: int
    before_s: float
    traffic: Traffic

    @property
    def is_handler_slow(self) -> bool:
        return self.struck.startswith(_SLOW_HANDLER)


def prove(
    stage: Stage,
    state: ServerState,
    settings: Settings,
    proof: Proof,
    on_row: Callable[[ProofRow], None],
) -> None:
    """Run every trial at the local server, one after the other

    `settings` are those of an app, past any proxy.
    """
    import asyncio

    async def run_all() -> None:
        for trial in _trials(proof):
            on_row(await _run(stage, state, settings, trial))

    asyncio.run(run_all())


def count_trials(proof: Proof) -> int:
    """Return how many runs a proof takes"""
    return sum(1 for _ in _trials(proof))


def _trials(proof: Proof) -> Iterator[_Trial]:
    ordeal = proof.ordeal
    for struck in _SIDES.get(ordeal.scenario, (_EVERYBODY,)):
        for options in proof.options:
            for number in range(1, proof.trials + 1):
                traffic = _traffic(proof, struck)
                yield _Trial(ordeal, struck, options, number, proof.before_s, traffic)


def _traffic(proof: Proof, struck: str) -> Traffic:
    is_handler = struck.startswith(_SLOW_HANDLER)
    is_link = struck == _SLOW_LINK
    return Traffic(
        run_id=new_run_id(),
        rate_per_s=proof.rate_per_s,
        duration_s=proof.before_s + proof.ordeal.lasts_s + (0.0 if is_handler else proof.after_s),
        size_bytes=max(proof.size_bytes, _SLOW_LINK_BYTES) if is_link else proof.size_bytes,
        handler_delay_s=_SLOW_HANDLER_S if is_handler else 0.0,
    )


async def _run(stage: Stage, state: ServerState, settings: Settings, trial: _Trial) -> ProofRow:
    async with _manners(stage, trial), _proxies(state) as (publishing, subscribing):
        wiring = _wiring(settings, trial, publishing.port, subscribing.port)
        sides = {_PUBLISHER: (publishing,), _EVERYBODY: (publishing, subscribing)}
        proxies = sides.get(trial.struck, (subscribing,))
        # A queue without a limit is never handled in time; one with a limit is, on any machine.
        patience = Patience(settle_s=1.0) if trial.struck == _SLOW_HANDLER else Patience()
        fault = None if trial.is_handler_slow else _fault(stage, trial, proxies)
        result = await probe_delivery(wiring, trial.traffic, patience, fault=fault)
    return ProofRow(
        str(trial.ordeal.scenario), trial.struck, trial.options.name, trial.number, result
    )


def _fault(stage: Stage, trial: _Trial, proxies: tuple[_OwnProxy, ...]) -> Fault:
    from iterapp_nats.dev.scenarios import inject

    ordeal = trial.ordeal
    if trial.struck == _SLOW_LINK:
        ordeal = replace(ordeal, scenario=Scenario.THROTTLE, direction=Direction.TO_CLIENT)
    if ordeal.scenario is Scenario.KICK:
        ordeal = replace(ordeal, clients=f"iterapp-nats probe: {trial.struck}*")

    @contextlib.asynccontextmanager
    async def linked(fault: LinkFault) -> AsyncIterator[None]:
        for one in proxies:
            one.proxy.begin(fault)
        try:
            yield
        finally:
            for one in proxies:
                one.proxy.end()

    return Fault(str(trial.ordeal.scenario), trial.before_s, lambda: inject(stage, ordeal, linked))


def _wiring(settings: Settings, trial: _Trial, publisher: int, subscriber: int) -> Wiring:
    options, receiving = trial.options, trial.options.subscriber
    if trial.is_handler_slow and trial.struck != _SLOW_HANDLER:
        receiving = replace(receiving, max_queued_messages=_FEW)
    is_network = FACTS[trial.ordeal.scenario].needs_proxy
    return Wiring(
        publisher=Line(_at(settings, publisher if is_network else None), options.publisher),
        subscriber=Line(_at(settings, subscriber if is_network else None), receiving),
        witness=Line(settings, WITNESS),
    )


def _at(settings: Settings, port: int | None) -> Settings:
    """Return the same settings for another port of this machine"""
    if port is None:
        return settings
    return replace(settings, servers=(ServerUrl(settings.servers[0].scheme, HOST, port),))


@contextlib.asynccontextmanager
async def _manners(stage: Stage, trial: _Trial) -> AsyncIterator[None]:
    """Let the server cut off who is slow, where that is what is shown"""
    if trial.struck != _SLOW_LINK:
        yield
        return
    from iterapp_nats.dev.scenarios import impatience

    async with impatience(stage.folder, trial.ordeal):
        yield


@dataclass(frozen=True, slots=True)
class _OwnProxy:
    """A proxy within this process, for one side of the traffic"""

    port: int
    proxy: FaultProxy


@contextlib.asynccontextmanager
async def _proxies(state: ServerState) -> AsyncIterator[tuple[_OwnProxy, _OwnProxy]]:
    import socket

    from iterapp_nats.dev.proxy.listener import run_proxy

    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as other:
        async with run_proxy(one, state.port) as first, run_proxy(other, state.port) as second:
            yield (
                _OwnProxy(one.getsockname()[1], first),
                _OwnProxy(other.getsockname()[1], second),
            )
