"""A report as text, for people and for programs; every function returns a str and prints nothing"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from iterapp_nats.manifest.formats.github import render_github
from iterapp_nats.manifest.formats.gitlab import render_gitlab
from iterapp_nats.manifest.formats.json import render_json, render_json_lines
from iterapp_nats.manifest.formats.junit import render_junit
from iterapp_nats.manifest.formats.sarif import render_sarif
from iterapp_nats.manifest.formats.text import render_text

if TYPE_CHECKING:
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


_PROGRAM_FORMATS = {
    ReportFormat.JSON: render_json,
    ReportFormat.JSON_LINES: render_json_lines,
    ReportFormat.GITHUB: render_github,
    ReportFormat.GITLAB: render_gitlab,
    ReportFormat.JUNIT: render_junit,
    ReportFormat.SARIF: render_sarif,
}


def render_report(
    report: CheckReport, report_format: ReportFormat, *, snippets: bool = True, colour: bool = False
) -> str:
    """Render a report; `snippets` and `colour` are for text alone"""
    if report_format is ReportFormat.TEXT:
        return render_text(report, snippets=snippets, colour=colour)
    return _PROGRAM_FORMATS[report_format](report)
