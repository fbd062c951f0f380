"""Short probes against a server of a test"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.probes.delivery import probe_delivery
from iterapp_nats.probes.plan import Line, Patience, Traffic, Wiring
from iterapp_nats.settings import Flags, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iterapp_nats.delivery.result import DeliveryResult
    from iterapp_nats.probes.fault import Fault

NAMED_ACCOUNT: Final = """
accounts {
  $SYS { users: [ { user: admin, password: system } ] }
  APP { users: [ { user: app, password: app } ] }
}
no_auth_user: app
"""
SYSTEM_LOGIN: Final = "admin:system"
PROMPT: Final = ConnectPolicy(reconnects=True, reconnect_wait_s=0.05)
FAST: Final = ConnectPolicy(reconnects=True, reconnect_wait_s=0.01)
NATS_PY: Final = ConnectPolicy(reconnects=True, reconnect_wait_s=2.0, buffer_bytes=2 << 20)
"""What an app gets that leaves every option of nats-py as it is, but for giving up"""
_NUMBERS: Final = count(1)


def line(url: str, policy: ConnectPolicy = PROMPT) -> Line:
    return Line(resolve_settings(Flags(server=url), []), policy)


def wiring(url: str, *, publisher: Line | None = None, subscriber: Line | None = None) -> Wiring:
    return Wiring(publisher or line(url), subscriber or line(url), line(url, FAST))


def traffic(messages: int = 200, rate_per_s: float = 2000.0, **more: Any) -> Traffic:
    run_id = f"test{next(_NUMBERS)}"
    return Traffic(run_id, rate_per_s, duration_s=messages / rate_per_s, **more)


def run(
    wires: Wiring,
    load: Traffic,
    *,
    fault: Fault | None = None,
    patience: Patience | None = None,
) -> DeliveryResult:
    waits = patience or Patience(quiet_s=0.2, settle_s=5.0)
    return asyncio.run(probe_delivery(wires, load, waits, fault=fault))


def numbers(result: DeliveryResult, verdict: str) -> set[int]:
    """Return the sequence numbers that got a verdict"""
    gaps: Iterable[Any] = (gap for gap in result.gaps if gap.verdict == verdict)
    return {number for gap in gaps for number in range(gap.first, gap.last + 1)}
