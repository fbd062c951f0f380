"""The situation of an app in one line, and the rows of the failure catalogue that are made of it"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import time
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.insight.case import Case, LocalServer, ServerSearch
from iterapp_nats.insight.doctor import examine
from iterapp_nats.security.diagnosis import Owner
from iterapp_nats.settings import Flags, Origin, Source, layer_of, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from iterapp_nats.insight.steps import DoctorReport, StepName, StepResult
    from iterapp_nats.settings import Settings
    from tests.support.operator_mode import OperatorMode
    from tests.support.servers import RunningServer

    Scene = Callable[[Path], AbstractContextManager[Case]]

WEEK_S: Final = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Row:
    """One mistake: how it is made, and where and under which code doctor has to find it"""

    name: str
    step: StepName
    code: str
    words: tuple[str, ...]
    scene: Scene


def row(
    rows: list[Row], step: StepName, code: str, *words: str
) -> Callable[[Callable[[Path], Iterator[Case]]], Scene]:
    """Add the decorated scene to a catalogue; its docstring names the mistake"""

    def add(scene: Callable[[Path], Iterator[Case]]) -> Scene:
        managed = contextmanager(scene)
        rows.append(Row(scene.__name__, step, code, words, managed))
        return managed

    return add


def case_of(environ: Mapping[str, str], **changes: object) -> Case:
    """Return the case of an app with these variables"""
    layer = layer_of(Source(Origin.ENVIRON), environ)
    settings: Settings | InputError
    try:
        settings = resolve_settings(Flags(), [layer])
    except InputError as error:
        settings = error
    case = Case(
        manifest=None,
        settings=settings,
        owner=Owner("", environ.get("HOPS_ENV", "")),
        variables=frozenset(environ),
        local_server=None,
        search=lambda: ServerSearch(()),
        other_project=lambda _: None,
        now=time.time,
        warn_within_s=WEEK_S,
        timeout_s=5.0,
    )
    return replace(case, **changes)  # type: ignore[arg-type]


def case_at(url: str, mode: OperatorMode, **changes: object) -> Case:
    """Return the case of an app with the credentials of the mode"""
    environ = {"NATS_URL": url, "NATS_CREDENTIALS_FILE": str(mode.creds_path)}
    if mode.ca_path:
        environ["NATS_CA_FILE"] = str(mode.ca_path)
    return case_of(environ, **changes)


def with_log(case: Case, running: RunningServer) -> Case:
    """Let doctor see the server's log, as that of the project's own server"""

    def read_log() -> list[str]:
        return running.log.splitlines()

    local = LocalServer(
        is_running=True,
        addresses=frozenset({f"127.0.0.1:{running.port}"}),
        summary="running",
        fix="",
        read_log=read_log,
        explain=lambda: None,
    )
    return replace(case, local_server=local)


def diagnose(case: Case) -> DoctorReport:
    return asyncio.run(examine(case))


def step_of(report: DoctorReport, name: StepName) -> StepResult:
    return next(step for step in report.steps if step.step is name)


def told(step: StepResult) -> str:
    """Return everything that a step says"""
    reasons = [text for reason in step.reasons for text in (reason.text, *reason.fixes)]
    return "\n".join([*step.evidence, *reasons])
