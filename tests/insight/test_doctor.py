"""How the steps of doctor hang together"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.insight.case import LocalServer
from iterapp_nats.insight.steps import StepName, Verdict
from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.source import ManifestSource
from iterapp_nats.security.claims import Permissions, SubjectPermission
from tests.insight.cases import case_at, case_of, diagnose, step_of, told
from tests.support.odd_certificates import CA_EXTENSIONS, without, write_pair
from tests.support.operator_mode import OperatorMode, build_operator_mode
from tests.support.relay import run_relay
from tests.support.servers import HOST, RunningServer, free_port, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iterapp_nats.insight.steps import DoctorReport

NEED_TCP = (
    StepName.GREETING,
    StepName.TLS,
    StepName.LOGIN,
    StepName.ACCOUNT,
    StepName.ROUND_TRIP,
)


@pytest.fixture(scope="module")
def mode(tmp_path_factory: pytest.TempPathFactory) -> OperatorMode:
    allowed = SubjectPermission(allow=("orders.>", "_INBOX.>", "$SYS.REQ.USER.INFO"))
    permissions = Permissions(publish=allowed, subscribe=allowed)
    return build_operator_mode(tmp_path_factory.mktemp("mode"), tls=True, permissions=permissions)


@pytest.fixture(scope="module")
def secure(mode: OperatorMode) -> Iterator[RunningServer]:
    with run_server(mode.folder, config_path=mode.config_path) as running:
        yield running


def verdicts(report: DoctorReport) -> dict[StepName, Verdict]:
    return {step.step: step.verdict for step in report.steps}


def test_steps_stand_in_their_order(secure: RunningServer, mode: OperatorMode) -> None:
    report = diagnose(case_at(secure.url, mode))
    assert [step.step for step in report.steps] == list(StepName)


def test_healthy_app_is_told_who_it_is(secure: RunningServer, mode: OperatorMode) -> None:
    report = diagnose(case_at(secure.url, mode))
    assert report.healthy
    assert set(verdicts(report).values()) <= {Verdict.OK, Verdict.SKIPPED}
    account = told(step_of(report, StepName.ACCOUNT))
    assert "exampleapp-pod in account exampleapp-test" in account
    assert "may publish to $SYS.REQ.USER.INFO, _INBOX.>, orders.>" in account
    assert "TLSv1.3" in told(step_of(report, StepName.TLS))


def test_failed_step_skips_what_needs_it_and_nothing_else() -> None:
    report = diagnose(case_of({"NATS_URL": f"nats://{HOST}:{free_port()}"}))
    found = verdicts(report)
    assert found[StepName.TCP] is Verdict.FAILED
    assert {found[name] for name in NEED_TCP} == {Verdict.SKIPPED}
    assert found[StepName.CREDENTIALS] is Verdict.OK


def test_wrong_credentials_leave_the_network_to_be_looked_at(tmp_path: Path) -> None:
    expired = build_operator_mode(tmp_path, tls=True, expires_at=int(time.time()) - 10)
    with run_server(tmp_path, config_path=expired.config_path) as running:
        report = diagnose(case_at(running.url, expired))
    found = verdicts(report)
    assert found[StepName.CREDENTIALS] is Verdict.FAILED
    assert found[StepName.TLS] is Verdict.OK
    assert found[StepName.LOGIN] is Verdict.SKIPPED
    assert "credentials" in told(step_of(report, StepName.LOGIN))


def test_damaged_ca_leaves_the_greeting_to_be_looked_at(
    secure: RunningServer, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    environ = {"NATS_URL": secure.url, "NATS_CA_FILE": str(tmp_path / "ca.pem")}
    found = verdicts(diagnose(case_of(environ)))
    assert found[StepName.CA] is Verdict.FAILED
    assert found[StepName.GREETING] is Verdict.OK
    assert found[StepName.TLS] is Verdict.SKIPPED


def test_second_server_is_used_when_the_first_is_away(
    secure: RunningServer, mode: OperatorMode
) -> None:
    report = diagnose(case_at(f"nats://{HOST}:{free_port()},{secure.url}", mode))
    found = verdicts(report)
    assert report.healthy
    assert found[StepName.TCP] is Verdict.WARNING
    assert found[StepName.LOGIN] is Verdict.OK


def test_servers_side_by_side_are_judged_each_by_itself(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path, tls=True)
    constraints = without(CA_EXTENSIONS, "basicConstraints")
    write_pair(tmp_path, ca=("basicConstraints = CA:TRUE", *constraints))
    with run_server(tmp_path, config_path=mode.config_path) as running, ExitStack() as stack:
        delays_s = [number / 1000 for number in range(8)]
        relays = [run_relay(running.port, delay_s=delay_s) for delay_s in delays_s]
        ports = [stack.enter_context(relay).port for relay in relays]
        case = case_at(",".join(f"tls://{HOST}:{port}" for port in ports), mode)
        report = diagnose(case)
    step = step_of(report, StepName.TLS)
    assert step.verdict is Verdict.OK, step
    assert len([line for line in step.evidence if "TLSv1.3" in line]) == len(ports)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[nats]\n", ""),
        ("", "nats-missing"),
        ("nats = true\n", "nats-type"),
        ("[nats\n", "syntax"),
    ],
)
def test_manifest_says_whether_nats_is_enabled(text: str, code: str) -> None:
    manifest = check_manifest(ManifestSource("iterapp.toml", text.encode()))
    step = step_of(diagnose(case_of({}, manifest=manifest)), StepName.MANIFEST)
    assert step.code == code, step
    assert (step.verdict is Verdict.FAILED) == bool(code)


def test_local_server_that_ended_is_named_where_it_is_wanted() -> None:
    port = free_port()
    local = LocalServer(
        is_running=False,
        addresses=frozenset({f"{HOST}:{port}"}),
        summary="not running: it ended without dev down",
        fix="start it with iterapp-nats dev up",
        read_log=tuple,
        explain=lambda: None,
    )
    wanted = case_of({"NATS_URL": f"nats://{HOST}:{port}"}, local_server=local)
    elsewhere = case_of({"NATS_URL": "nats://gone.invalid"}, local_server=local)
    assert step_of(diagnose(wanted), StepName.LOCAL_SERVER).code == "local-server"
    assert step_of(diagnose(elsewhere), StepName.LOCAL_SERVER).code == ""
