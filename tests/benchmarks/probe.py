"""What the probe itself costs: CPU and lateness at the default rate and above

Run it as `python tests/benchmarks/probe.py`. It measures and promises nothing, so it is not a test.
At the default rate it should take less than 30 % of a core.
"""

from __future__ import annotations

import asyncio  # noqa: TID253 - a script need not start fast
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.policy import ConnectPolicy
from iterapp_nats.probes.delivery import probe_delivery
from iterapp_nats.probes.plan import Line, Patience, Traffic, Wiring
from iterapp_nats.settings import Flags, resolve_settings
from tests.support.servers import run_server

if TYPE_CHECKING:
    from iterapp_nats.delivery.result import DeliveryResult

RATES: Final = (200, 1000, 5000)
RUNS: Final = 3


def say(result: DeliveryResult) -> None:
    """Print one line"""
    latency, machine = result.receivers[0].latency, result.machine
    times = (
        f"p50 {latency.p50_ms:.2f} ms, p99 {latency.p99_ms:.2f} ms" if latency else "nothing came"
    )
    sys.stdout.write(
        f"{result.conditions.rate_per_s:6.0f}/s  {machine.processor_share:6.1%} of a core, {times},"
        f" {machine.stalls} stalls, lost {result.tally.lost}\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Measure each rate several times"""
    with tempfile.TemporaryDirectory() as folder, run_server(Path(folder)) as server:
        settings = resolve_settings(Flags(server=server.url), [])
        line = Line(settings, ConnectPolicy.for_subscriber())
        for rate in RATES:
            for number in range(RUNS):
                traffic = Traffic(f"bench{rate}x{number}", rate_per_s=rate, duration_s=4.0)
                say(asyncio.run(probe_delivery(Wiring(line, line, line), traffic, Patience())))


if __name__ == "__main__":
    main()
