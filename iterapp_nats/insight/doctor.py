"""`doctor`: every step between an app and its messages, in order, with the cause of what fails

A step that failed takes those with it that need it; all others are still looked at. The whole takes
`BUDGET_S` at most, and tells nobody anything but a login and messages to its own inbox.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.login import load_trust
from iterapp_nats.insight.case import BUDGET_S, ServerSearch
from iterapp_nats.insight.deadline import Deadline
from iterapp_nats.insight.login import Visit
from iterapp_nats.insight.network import Network, Path, take_step
from iterapp_nats.insight.offline import (
    examine_ca,
    examine_credentials,
    examine_manifest,
    examine_variables,
)
from iterapp_nats.insight.steps import (
    DoctorReport,
    StepName,
    Verdict,
    judge_step,
    reason_of,
    skip_step,
)
from iterapp_nats.insight.tls import TlsProbe
from iterapp_nats.security.reason import Weight, warning
from iterapp_nats.security.server_log import find_last_refusal
from iterapp_nats.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from iterapp_nats.errors import IterappNatsError
    from iterapp_nats.insight.case import Case, LocalServer
    from iterapp_nats.insight.steps import StepResult
    from iterapp_nats.security.certificates.reader import Certificate

_ONLINE = (StepName.DNS, StepName.TCP, StepName.GREETING, StepName.TLS)
_CONNECTED = (StepName.LOGIN, StepName.ACCOUNT, StepName.ROUND_TRIP)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_NO_SERVER: Final = "this project has none"


async def examine(case: Case) -> DoctorReport:
    """Look at everything; raises nothing of its own"""
    steps = [examine_manifest(case.manifest), examine_variables(case)]
    if isinstance(case.settings, Settings):
        steps += await _examine_settings(case, case.settings)
    else:
        named = (StepName.CREDENTIALS, StepName.CA, *_ONLINE, *_CONNECTED)
        steps += [skip_step(name, "the variables cannot be used") for name in named]
    steps.append(_examine_local_server(case, steps))
    healthy = all(step.verdict is not Verdict.FAILED for step in steps)
    return DoctorReport(healthy, tuple(steps))


async def _examine_settings(case: Case, settings: Settings) -> list[StepResult]:
    deadline = Deadline.after(BUDGET_S)
    credentials, login = examine_credentials(case, settings)
    ca, authorities = examine_ca(case, settings)
    steps, paths = await _examine_network(case, settings, ca, authorities, deadline)
    failed = next((step for step in (credentials, ca, *steps) if not step.is_passed), None)
    if failed or not paths:
        because = f"it needs the step {failed.step}" if failed else "no server is left"
        connected = [skip_step(name, because) for name in _CONNECTED]
        return [credentials, ca, *steps, *connected]
    visit = Visit(case, settings, login, paths[0], deadline)
    return [credentials, ca, *steps, *await visit.examine()]


async def _examine_network(
    case: Case,
    settings: Settings,
    ca: StepResult,
    authorities: tuple[Certificate, ...],
    deadline: Deadline,
) -> tuple[list[StepResult], tuple[Path, ...]]:
    network = Network(settings.wants_tls, case.variables, case.other_project, deadline)
    paths = tuple(Path(url) for url in settings.servers)
    probes = [
        (StepName.DNS, network.resolve),
        (StepName.TCP, network.connect),
        (StepName.GREETING, network.greet),
    ]
    if ca.is_passed:
        tls = TlsProbe(partial(load_trust, settings), authorities, int(case.now()), deadline)
        probes.append((StepName.TLS, tls.probe))
    steps: list[StepResult] = []
    for name, probe in probes:
        step, paths = await take_step(name, paths, probe)
        steps.append(step)
        if not paths:
            break
    because = f"it needs the step {steps[-1].step if not paths else StepName.CA}"
    done = {step.step for step in steps}
    steps += [skip_step(name, because) for name in _ONLINE if name not in done]
    return steps, paths


def _examine_local_server(case: Case, steps: list[StepResult]) -> StepResult:
    local = case.local_server
    is_wanted = local is not None and _leads_to(case.settings, local.addresses)
    is_unreachable = any(
        step.step is StepName.TCP and step.verdict is Verdict.FAILED for step in steps
    )
    # Whoever is on the way to production has no use for what could be started here.
    is_subject = is_wanted or (is_unreachable and _leads_to(case.settings, _LOOPBACK))
    search = case.search() if is_subject else ServerSearch(())
    reasons = []
    if search.trouble:
        reasons.append(replace(reason_of(search.trouble), weight=Weight.WARNING))
    if local and is_subject and not local.is_running:
        reasons.insert(0, warning("local-server", local.summary, local.fix))
        return judge_step(StepName.LOCAL_SERVER, search.attempts, reasons)
    if local or reasons:
        told = _tell_server(local) if local else (_NO_SERVER,)
        return judge_step(StepName.LOCAL_SERVER, (*told, *search.attempts), reasons)
    return skip_step(StepName.LOCAL_SERVER, _NO_SERVER, *search.attempts)


def _leads_to(settings: Settings | IterappNatsError, places: Collection[str]) -> bool:
    """Tell whether a server of the settings is among hosts, or hosts with their ports"""
    servers = settings.servers if isinstance(settings, Settings) else ()
    return any(url.host in places or url.address in places for url in servers)


def _tell_server(local: LocalServer) -> Iterator[str]:
    yield local.summary
    if refusal := find_last_refusal(local.read_log()):
        yield f"the last login it refused: {refusal.line}"
