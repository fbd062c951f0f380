"""What the numbers of a run depend on: versions, machine, load and client options"""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

from iterapp_nats import __version__
from iterapp_nats.delivery.result import ClientOptions, Conditions

if TYPE_CHECKING:
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.probes.plan import Patience, Traffic, Wiring


def conditions_of(
    connection: Connection, wiring: Wiring, traffic: Traffic, patience: Patience
) -> Conditions:
    """Return the conditions of a run"""
    from iterapp_nats.client.nats_py.strict_client import client_version

    server = connection.server
    others = len(server.connect_urls)
    cluster = f", a cluster of {others} addresses" if others > 1 else ""
    return Conditions(
        url=connection.url,
        server=f"nats-server {server.version}{cluster}",
        client=client_version(),
        tool=f"iterapp-nats {__version__}",
        python=f"Python {platform.python_version()}",
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        rate_per_s=traffic.rate_per_s,
        size_bytes=traffic.size_bytes,
        planned_s=traffic.duration_s,
        subscribers=traffic.subscribers,
        queue=traffic.queue,
        late_ms=patience.late_s * 1000,
        publisher_options=options_of(wiring.publisher.policy),
        subscriber_options=options_of(wiring.subscriber.policy),
    )


def options_of(policy: ConnectPolicy) -> ClientOptions:
    """Return the options of a connection that matter for delivery"""
    return ClientOptions(
        reconnect_wait_s=policy.reconnect_wait_s,
        buffer_bytes=policy.buffer_bytes or 0,
        ping_interval_s=policy.ping_interval_s,
        max_outstanding_pings=policy.max_outstanding_pings,
    )
