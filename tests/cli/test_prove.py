"""The catalogue by numbered traffic: each scenario yields the direction of the measured figures

Short runs: what counts is where messages go, not how many. Clients are younger here than their
reconnect wait, so that they stay away for the whole of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from iterapp_nats.cli.jobs.prove import Proof, prove
from iterapp_nats.delivery.scenario import Scenario
from iterapp_nats.dev.inspection import Condition
from iterapp_nats.dev.scenarios import Ordeal, Stage
from iterapp_nats.probes.option_sets import DEFAULTS, OPTION_SETS, OptionSet
from iterapp_nats.settings import Flags, resolve_settings
from tests.dev.dev_project import DevProject, condition
from tests.support.engine import require_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.delivery.proof import ProofRow

PUBLISHER, SUBSCRIBER = "publisher", "subscriber"
PUBLISHER_FIRST = OptionSet(
    "publisher waits 0.1 s",
    publisher=replace(DEFAULTS.publisher, reconnect_wait_s=0.1),
    subscriber=DEFAULTS.subscriber,
)
NAMED = {options.name: options for options in (*OPTION_SETS, PUBLISHER_FIRST)}


@pytest.fixture
def home(project: Path) -> Iterator[DevProject]:
    home = DevProject(project)
    home.up()
    yield home
    home.clean()


def rows(
    home: DevProject, scenario: Scenario, *, options: str = DEFAULTS.name, **more: Any
) -> list[ProofRow]:
    """Prove a scenario; the server is as before behind it"""
    settings = resolve_settings(Flags(server=home.state.url), [])
    keep = {
        name: more.pop(name) for name in ("rate_per_s", "size_bytes", "after_s") if name in more
    }
    proof = Proof(
        Ordeal(scenario, **{"lasts_s": 0.0, **more}),
        **{"rate_per_s": 1000.0, "size_bytes": 64, "after_s": 1.0, **keep},
        options=(NAMED[options],),
        before_s=0.3,
    )
    found: list[ProofRow] = []
    prove(Stage(home.state_folder, home.backend), home.state, settings, proof, found.append)
    assert condition(home) is Condition.RUNNING
    return found


def lost(row: ProofRow) -> int:
    return row.result.tally.lost_out + row.result.tally.unknown


def test_publisher_that_is_back_first_loses_hundreds(home: DevProject) -> None:
    # With the defaults of both this is a coin flip at each restart.
    (row,) = rows(home, Scenario.RESTART, options=PUBLISHER_FIRST.name, after_s=3.0)
    assert row.result.tally.refused == 0
    assert lost(row) >= 300
    assert "disconnected" in row.cause


def test_no_buffer_turns_silent_losses_into_refusals(home: DevProject) -> None:
    (row,) = rows(home, Scenario.OUTAGE, options="0.1 s, no buffer", lasts_s=0.7, after_s=1.5)
    assert row.result.tally.refused >= 500
    assert lost(row) + row.result.tally.lost_in < row.result.tally.refused / 4


def test_subscriber_that_is_back_first_loses_next_to_nothing(home: DevProject) -> None:
    (row,) = rows(home, Scenario.RESTART, options="subscriber waits 0.1 s", after_s=3.0)
    assert row.result.tally.late >= 1000
    assert lost(row) < 100


def test_kick_strikes_one_side(home: DevProject) -> None:
    subscriber, publisher = rows(home, Scenario.KICK, after_s=2.5)
    assert subscriber.result.tally.lost_out >= 1000
    assert "(Kicked)" in subscriber.cause
    # What was under way when it was cut, and nothing of its buffer.
    assert publisher.result.tally.lost_in < 100
    assert lost(publisher) == 0
    assert publisher.result.tally.late >= 1000


def test_stall_is_late_and_loses_nothing(home: DevProject) -> None:
    (row,) = rows(home, Scenario.STALL, lasts_s=0.7)
    assert row.result.tally.received == row.result.tally.published
    assert row.result.tally.late >= 300


def test_lame_duck_is_told_before_anything_is_lost(home: DevProject) -> None:
    (row,) = rows(home, Scenario.LAME_DUCK, options="0.1 s, no buffer", after_s=4.0)
    kinds = {event.kind for event in row.result.events}
    assert "lame duck" in kinds
    assert row.result.tally.refused >= 100


def test_slow_consumer_is_cut_off_drops_or_lags(home: DevProject) -> None:
    link, limited, unlimited = rows(
        home, Scenario.SLOW_CONSUMER, lasts_s=4.0, rate_per_s=500.0, size_bytes=16384, after_s=3.0
    )
    assert "Slow Consumer" in link.cause
    assert link.result.tally.lost_out >= 100
    assert "too slow and dropped messages" in limited.cause
    assert limited.result.tally.lost_out >= 100
    # Without a limit nothing is told: the queue grows.
    assert unlimited.result.tally.lost == 0
    assert unlimited.result.receivers[0].queued >= 300


def test_latency_delays_and_loses_nothing(home: DevProject) -> None:
    (row,) = rows(home, Scenario.LATENCY, lasts_s=1.0, delay_s=0.1, jitter_s=0.1)
    assert row.result.tally.received == row.result.tally.published
    assert row.result.receivers[0].latency
    assert row.result.receivers[0].latency.max_ms >= 200


def test_throttle_delays_and_loses_nothing(home: DevProject) -> None:
    (row,) = rows(home, Scenario.THROTTLE, lasts_s=1.0, bytes_per_s=8192)
    assert row.result.tally.received == row.result.tally.published
    assert row.result.tally.late >= 300


def test_dropped_bytes_are_lost_on_their_side(home: DevProject) -> None:
    subscriber, publisher = rows(home, Scenario.DROP, lasts_s=0.7, after_s=2.5)
    assert (subscriber.result.tally.lost_in, subscriber.result.tally.lost_out >= 500) == (0, True)
    assert (publisher.result.tally.lost_in >= 500, publisher.result.tally.lost_out) == (True, 0)
    # Every publish succeeded.
    assert publisher.result.tally.refused == 0


def test_partition_that_pings_notice_loses_what_they_did_not(home: DevProject) -> None:
    subscriber, publisher = rows(
        home, Scenario.PARTITION, options="ping 1 s x 2", lasts_s=4.0, rate_per_s=500.0, after_s=2.5
    )
    assert subscriber.result.tally.lost_out >= 1000
    # Held and let go in the end: late, because nobody had given up waiting for it.
    assert publisher.result.tally.lost_out == 0
    assert publisher.result.tally.late + publisher.result.tally.unknown >= 1000


def test_partition_that_nobody_notices_is_late(home: DevProject) -> None:
    for row in rows(home, Scenario.PARTITION, lasts_s=0.7):
        assert row.result.tally.received == row.result.tally.published
        assert row.result.tally.late >= 300


def test_reset_is_noticed_at_once(home: DevProject) -> None:
    subscriber, publisher = rows(home, Scenario.RESET, options="0.1 s, no buffer", after_s=0.7)
    assert subscriber.result.tally.lost_in == 0
    assert {event.who for event in subscriber.result.events if event.kind == "disconnected"} == {
        "subscriber 1"
    }
    assert publisher.result.tally.lost_out == 0
    assert publisher.result.tally.refused + publisher.result.tally.lost_in >= 5


def test_table_and_page_show_every_run(home: DevProject) -> None:
    ended = home.dev(
        "chaos", "stall", "--for", "100ms", "--prove", "--rate", "200", "--report", "stall.html"
    )
    assert ended.code == 0, ended.stderr
    head, row = ended.text.splitlines()
    assert head.split()[:4] == ["scenario", "struck", "client", "options"]
    assert row.startswith("stall         everybody                 defaults of nats-py")
    assert "stall, defaults" not in (home.folder / "stall.html").read_text()
    assert "<svg" in (home.folder / "stall.html").read_text()


def test_loss_is_a_finding(home: DevProject) -> None:
    ended = home.dev(
        "chaos", "drop", "--direction", "to-client", "--for", "300ms", "--prove",
        "--rate", "200", "--format", "json",
    )  # fmt: skip
    assert (ended.code, ended.json["exit_code"]) == (1, 1), ended.stderr
    assert any(row["result"]["tally"]["lost_out"] for row in ended.json["data"])
    assert "warning: messages were lost or unknown in " in ended.stderr


def test_proof_in_a_container_leaves_it_running(project: Path) -> None:
    home = DevProject(project, require_engine())
    home.up()
    before = home.state
    ended = home.dev("chaos", "restart", "--kill", "--prove", "--rate", "200", "--format", "json")
    assert ended.json["data"][0]["result"]["tally"]["published"] >= 900, ended.stderr
    assert condition(home) is Condition.RUNNING
    assert home.state.generation != before.generation
    home.clean()


def test_option_sets_differ_in_what_they_are_named_for() -> None:
    assert len({(one.publisher, one.subscriber) for one in OPTION_SETS}) == len(OPTION_SETS)
    assert NAMED["no buffer"].publisher == replace(DEFAULTS.publisher, buffer_bytes=None)


def test_proof_without_a_server_has_one_as_long_as_it_lasts(project: Path) -> None:
    home = DevProject(project)
    ended = home.dev(
        "chaos", "stall", "--for", "50ms", "--prove", "--rate", "100", "--format", "json"
    )
    assert ended.code == 0, ended.stderr
    assert ended.json["data"][0]["result"]["tally"]["published"] > 0
    assert condition(home) is Condition.STOPPED
    assert home.servers() == []
