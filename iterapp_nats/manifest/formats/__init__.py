"""A report as text, for people and for programs; every function returns a str and prints nothing"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.manifest.check import CheckReport


class ReportFormat(Enum):
    """The formats of `check --format`"""

    TEXT = "text"
    JSON = "json"
    JSON_LINES = "json-lines"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    SARIF = "sarif"


def render_report(
    report: CheckReport, report_format: ReportFormat, *, snippets: bool = True, colour: bool = False
) -> str:
    """Render a report; `snippets` and `colour` are for text alone"""
    if report_format is ReportFormat.TEXT:
        from iterapp_nats.manifest.formats.text import render_text

        return render_text(report, snippets=snippets, colour=colour)
    return _program_renderer(report_format)(report)


def _program_renderer(report_format: ReportFormat) -> Callable[[CheckReport], str]:
    """Load the formats for programs only when one is wanted"""
    from iterapp_nats.manifest.formats import github, gitlab, json, junit, sarif

    renderers = {
        ReportFormat.JSON: json.render_json,
        ReportFormat.JSON_LINES: json.render_json_lines,
        ReportFormat.GITHUB: github.render_github,
        ReportFormat.GITLAB: gitlab.render_gitlab,
        ReportFormat.JUNIT: junit.render_junit,
        ReportFormat.SARIF: sarif.render_sarif,
    }
    return renderers[report_format]
