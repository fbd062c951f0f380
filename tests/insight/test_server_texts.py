"""The texts of the server that are explained here are texts of a real server"""

from __future__ import annotations

from pathlib import Path

import pytest

from iterapp_nats.insight.closed_reasons import REASONS, explain_closed
from iterapp_nats.security.server_log import CAUSES
from tests.support.servers import server_binary


@pytest.fixture(scope="module")
def binary() -> bytes:
    return Path(server_binary()).read_bytes()


def test_every_closed_reason_is_one_of_the_server(binary: bytes) -> None:
    assert [reason for reason in REASONS if reason.encode() not in binary] == []


def test_every_log_line_is_one_of_the_server(binary: bytes) -> None:
    # The server puts the cause of a lookup behind a colon of its own.
    parts = {part for fragment, _ in CAUSES for part in fragment.split(": ")}
    assert [part for part in parts if part.encode() not in binary] == []


def test_every_reason_but_a_normal_end_says_what_to_change() -> None:
    assert [name for name, reason in REASONS.items() if not (reason.fix or reason.is_normal)] == []


def test_unknown_reason_says_so() -> None:
    assert "does not know" in explain_closed("Solar Flare").meaning
