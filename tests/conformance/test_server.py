"""The ports of throwaway servers"""

from __future__ import annotations

import socket
import sys

import pytest

from iterapp_nats.conformance.plan import HOST
from iterapp_nats.conformance.server import held_ports


@pytest.mark.skipif(sys.platform != "linux", reason="ports can be held on Linux alone")
def test_ports_of_a_server_that_is_away_go_to_nobody_else() -> None:
    with held_ports() as ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, ports.client))
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind((HOST, ports.client))
        with socket.create_server((HOST, ports.client)):
            socket.create_connection((HOST, ports.client)).close()
