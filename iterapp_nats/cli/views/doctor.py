"""How a diagnosis is shown: a line for each step, and below it the causes and what to do"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.insight.checks import Level
from iterapp_nats.insight.steps import StepName, Verdict
from iterapp_nats.manifest.formats.text import printable
from iterapp_nats.security.reason import Weight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.insight.checks import CheckResult
    from iterapp_nats.insight.steps import DoctorReport, StepResult
    from iterapp_nats.output import Output

_COLORS: Final = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.FAILED: "red",
    Verdict.SKIPPED: "cyan",
}
_LEVEL_COLORS: Final = {Level.OK: "green", Level.WARNING: "yellow", Level.CRITICAL: "red"}
_VERDICT_WIDTH: Final = max(len(verdict) for verdict in Verdict)
_STEP_WIDTH: Final = max(len(name) for name in StepName)
_INDENT: Final = " " * (_VERDICT_WIDTH + _STEP_WIDTH + 4)


def render_report(report: DoctorReport, output: Output) -> Iterator[str]:
    """Yield the lines of all steps, and one that says whether anything is wrong"""
    for step in report.steps:
        yield from _render_step(step, output)
    yield _summary(report)


def render_check(result: CheckResult, output: Output) -> str:
    """Return the line of one measurement"""
    level = output.paint_data(result.level, _LEVEL_COLORS[result.level])
    if result.code:
        return f"{level} {result.check}: error[{result.code}]: {result.message}"
    times = (f"{each.name} {each.milliseconds:.1f} ms" for each in result.measurements)
    limits = f"warning {result.warning_ms:g} ms, critical {result.critical_ms:g} ms"
    return f"{level} {result.check}: {', '.join(times)} ({limits})"


def _render_step(step: StepResult, output: Output) -> Iterator[str]:
    verdict = output.paint_data(step.verdict.ljust(_VERDICT_WIDTH), _COLORS[step.verdict])
    # Names and log lines are somebody else's text.
    below = [printable(text) for text in step.evidence]
    for reason in step.reasons:
        is_failure = reason.weight is Weight.FAILURE
        label = f"{'error' if is_failure else 'warning'}[{reason.code}]"
        color = "red" if is_failure else "yellow"
        below.append(f"{output.paint_data(label, color)}: {printable(reason.text)}")
        below += [f"  {output.paint_data('fix', 'cyan')}: {printable(fix)}" for fix in reason.fixes]
    first, *rest = below or [""]
    yield f"{verdict}  {step.step.ljust(_STEP_WIDTH)}  {first}".rstrip()
    yield from (f"{_INDENT}{line}" for line in rest)


def _summary(report: DoctorReport) -> str:
    failed = [step.step for step in report.steps if step.verdict is Verdict.FAILED]
    warned = [step.step for step in report.steps if step.verdict is Verdict.WARNING]
    if failed:
        return f"failed: {', '.join(failed)}"
    return f"healthy, with warnings: {', '.join(warned)}" if warned else "healthy"
