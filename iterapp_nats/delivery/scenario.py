"""The catalogue of faults that can be rehearsed and proven"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Scenario(StrEnum):
    """What goes wrong"""

    RESTART = "restart"
    OUTAGE = "outage"
    KICK = "kick"
    STALL = "stall"
    LAME_DUCK = "lame-duck"
    SLOW_CONSUMER = "slow-consumer"
    LATENCY = "latency"
    THROTTLE = "throttle"
    DROP = "drop"
    PARTITION = "partition"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class ScenarioFacts:
    """What a scenario is, how long it lasts when nobody says so, and what it needs"""

    summary: str
    lasts_s: float = 0.0
    needs_proxy: bool = False
    caveat: str = ""


FACTS: Final = {
    Scenario.RESTART: ScenarioFacts("the server ends and is back at once"),
    Scenario.OUTAGE: ScenarioFacts("the server is away for a while", lasts_s=5.0),
    Scenario.KICK: ScenarioFacts("the server cuts clients off, which may come back at once"),
    Scenario.STALL: ScenarioFacts("the server hangs, with every connection open", lasts_s=3.0),
    Scenario.LAME_DUCK: ScenarioFacts(
        "the server says goodbye, closes its clients one by one, and is replaced"
    ),
    Scenario.SLOW_CONSUMER: ScenarioFacts(
        "clients read too slowly, and the server cuts them off",
        lasts_s=5.0,
        needs_proxy=True,
        caveat="only a client that is sent more than the buffers hold is cut off",
    ),
    Scenario.LATENCY: ScenarioFacts("every byte takes longer", lasts_s=5.0, needs_proxy=True),
    Scenario.THROTTLE: ScenarioFacts(
        "only so many bytes a second pass", lasts_s=5.0, needs_proxy=True
    ),
    Scenario.DROP: ScenarioFacts(
        "bytes vanish, and the connections that lost some are reset at the end",
        lasts_s=3.0,
        needs_proxy=True,
        caveat="in a real network bytes of a live connection vanish only together with a reset",
    ),
    Scenario.PARTITION: ScenarioFacts(
        "bytes of one direction or both wait, and nobody is told", lasts_s=5.0, needs_proxy=True
    ),
    Scenario.RESET: ScenarioFacts("every connection is cut at once", needs_proxy=True),
}
