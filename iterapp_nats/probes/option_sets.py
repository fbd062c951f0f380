"""Client options worth comparing: what an app gets unasked, and what makes a difference"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from iterapp_nats.client.policy import ConnectPolicy


@dataclass(frozen=True, slots=True)
class OptionSet:
    """How publishers and subscribers connect"""

    name: str
    publisher: ConnectPolicy
    subscriber: ConnectPolicy


_DEFAULTS: Final = ConnectPolicy(
    reconnects=True,
    reconnect_wait_s=2.0,
    buffer_bytes=2 << 20,
    ping_interval_s=120.0,
    max_outstanding_pings=2,
)
_PROMPT: Final = replace(_DEFAULTS, reconnect_wait_s=0.1)
_ALERT: Final = replace(_DEFAULTS, ping_interval_s=1.0)


def _both(name: str, policy: ConnectPolicy) -> OptionSet:
    return OptionSet(name, policy, policy)


# nats-py gives up after 60 attempts, which no run is long enough to see.
DEFAULTS: Final = _both("defaults of nats-py", _DEFAULTS)
OPTION_SETS: Final = (
    DEFAULTS,
    _both("both wait 0.1 s", _PROMPT),
    OptionSet("subscriber waits 0.1 s", publisher=_DEFAULTS, subscriber=_PROMPT),
    _both("no buffer", replace(_DEFAULTS, buffer_bytes=None)),
    _both("0.1 s, no buffer", replace(_PROMPT, buffer_bytes=None)),
    _both("ping 1 s x 2", _ALERT),
    _both("0.1 s, no buffer, ping 1 s", replace(_PROMPT, buffer_bytes=None, ping_interval_s=1.0)),
)
WITNESS: Final = ConnectPolicy(reconnects=True, reconnect_wait_s=0.01)
"""The witness has to be back before anybody else"""
