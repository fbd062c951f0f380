from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.errors import ExitCode
from tests.support.cli import run_cli, start_cli

if TYPE_CHECKING:
    from pathlib import Path

SHORT = ("--duration", "200ms")


def test_delivery_says_that_nothing_was_lost(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli("probe", "delivery", *SHORT, cwd=project, environ=environ)
    assert ended.code == ExitCode.OK
    assert "subscriber 1: received 200, lost on the way in 0" in ended.text
    assert ended.text.endswith("verdict: nothing lost: all 200 accepted messages were received\n")


def test_delivery_as_json_holds_every_number(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli("probe", "delivery", *SHORT, "--format", "json", cwd=project, environ=environ)
    data = ended.json["data"]
    assert data["tally"]["received"] == data["tally"]["published"] == data["server_counted"] == 200
    assert data["conditions"]["rate_per_s"] == 1000
    assert data["receivers"][0]["latency"]["p50_ms"] > 0
    assert data["machine"]["processor_share"] > 0


def test_latency_above_the_limit_fails(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli(
        "probe", "delivery", *SHORT, "--max-p99", "0.001ms", cwd=project, environ=environ
    )
    assert ended.code == ExitCode.FINDINGS
    assert "limit: p99 of subscriber 1 is" in ended.text


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--rate", "100000"), "rate-invalid"),
        (("--size", "8"), "size-invalid"),
        (("--queue", "a b"), "queue-group-invalid"),
    ],
)
def test_traffic_that_cannot_be_is_refused(
    options: tuple[str, ...], code: str, project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli("probe", "delivery", *options, cwd=project, environ=environ)
    assert ended.code == ExitCode.INPUT
    assert f"error[{code}]" in ended.stderr


def test_probe_without_a_server_is_unreachable(project: Path) -> None:
    environ = {"NATS_URL": "nats://127.0.0.1:1"}
    ended = run_cli("probe", "delivery", *SHORT, cwd=project, environ=environ)
    assert ended.code == ExitCode.UNREACHABLE


def test_interrupt_ends_early_and_tells_what_was_seen(
    project: Path, environ: dict[str, str]
) -> None:
    process = start_cli(
        "probe", "delivery", "--duration", "60s",
        cwd=project, environ=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr
    assert process.stdout
    assert process.stderr.readline().startswith(b"probing ")
    # Far more than a warm-up.
    heard = run_cli("sub", "iterapp.probe.>", "--count", "500", cwd=project, environ=environ)
    assert heard.code == ExitCode.OK
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=20)
    assert process.returncode == ExitCode.OK
    assert b"verdict: nothing lost: all " in text


def test_acks_says_that_everything_was_acknowledged(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli("probe", "acks", *SHORT, cwd=project, environ=environ)
    assert ended.code == ExitCode.OK
    assert "responders: responder 1 40; duplicates 0" in ended.text
    assert ended.text.endswith("verdict: at least once: all 40 messages were acknowledged\n")


def test_acks_as_json_shows_the_effect_of_the_policy(
    project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli("probe", "acks", *SHORT, "--format", "json", cwd=project, environ=environ)
    data = ended.json["data"]
    assert data["acked_once"] == data["sent"] == 40
    assert data["by_tries"] == [{"tries": 1, "unacked": 0, "came": 0, "lost": 0, "duplicates": 0}]
    assert data["policy"]["tries"] == 8
