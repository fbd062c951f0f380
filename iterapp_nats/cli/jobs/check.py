"""What one `check` does: read, fix, show what a fix would do, and hand the report over"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from iterapp_nats.cli.payload import STDIN
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.manifest.formats import ReportFormat, render_report
from iterapp_nats.manifest.source import ManifestSource
from iterapp_nats.manifest_files.find import find_manifests
from iterapp_nats.manifest_files.read import ManifestReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.manifest.check import CheckReport, FileReport
    from iterapp_nats.manifest.source import CheckOptions


@contextmanager
def collecting_later() -> Iterator[None]:
    """Let garbage wait: reports are none, and to look for it among ten thousand takes as long"""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def deliver(
    context: Context, report: CheckReport, report_format: ReportFormat, output_file: str | None
) -> None:
    """Print the report, or write it to a file and say its last line"""
    output = context.output
    if report_format is ReportFormat.GITHUB:
        _append_step_summary(context, report)
    on_terminal = output_file is None
    if report_format is ReportFormat.JSON:
        from iterapp_nats.manifest.formats.json import report_data

        text = output.render_result(report_data(report), exit_code=report.exit_code)
    else:
        text = render_report(
            report,
            report_format,
            snippets=on_terminal and output.shows_data_on_terminal,
            colour=on_terminal and output.colors_data,
        )
    if output_file is None:
        output.write(text.encode())
        return
    from iterapp_nats.manifest.formats.text import summary
    from iterapp_nats.manifest_files.write import write_report

    write_report(context.path(output_file), text)
    output.say(summary(report))


def _append_step_summary(context: Context, report: CheckReport) -> None:
    """Add to the page of the run; a page that cannot be written is no reason to fail a file"""
    from iterapp_nats.manifest.formats.github import render_step_summary
    from iterapp_nats.manifest_files.write import append_report

    name = context.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        append_report(context.path(name), render_step_summary(report))
    except InputError as error:
        context.output.warning(error.message)


def fix_all(context: Context, names: list[str], options: CheckOptions) -> None:
    """Write all fixes before anything is reported: a root's report depends on its applings"""
    from iterapp_nats.manifest.edit import fix_manifest
    from iterapp_nats.manifest_files.write import write_manifest

    if STDIN in names:
        raise InputError("usage", "--fix cannot write to stdin", hints=("use --diff",))
    reader = ManifestReader()
    for place in find_manifests(names, context.cwd):
        source = reader.read(place)
        if not isinstance(source, ManifestSource):
            continue
        result = fix_manifest(source, options)
        if result.has_changed:
            write_manifest(Path(place.path), result.new)
        for text in result.done:
            context.output.say(f"{source.path}: fixed {text}")
        for text in result.notes:
            context.output.say(f"{source.path}: {text}")


def print_diff(
    context: Context, sources: Iterator[ManifestSource | FileReport], options: CheckOptions
) -> int:
    """Print what --fix would change as a diff; FINDINGS when it would change anything"""
    from iterapp_nats.manifest.diff import render_diff
    from iterapp_nats.manifest.edit import fix_manifest

    code = ExitCode.OK
    for source in sources:
        if not isinstance(source, ManifestSource):
            context.output.warning(source.findings[0].message)
            code = ExitCode.INPUT
            continue
        result = fix_manifest(source, options)
        context.output.write(render_diff(source.path, result).encode())
        for text in result.notes:
            context.output.say(f"{source.path}: {text}")
        if result.has_changed:
            code = max(code, ExitCode.FINDINGS)
    return code


def print_schema(context: Context) -> int:
    """Print the JSON Schema for editors"""
    from iterapp_nats.manifest.schema import editor_schema

    context.output.write(editor_schema().encode())
    return ExitCode.OK


def read_sources(
    context: Context, paths: list[str], stdin_filename: str, *, with_code: bool = False
) -> Iterator[ManifestSource | FileReport]:
    """Yield each manifest as it was read, stdin under the name it was given"""
    if STDIN in paths:
        yield ManifestSource(stdin_filename, context.stdin.buffer.read())
        paths = [path for path in paths if path != STDIN]
        if not paths:
            return
    reader = ManifestReader(with_code=with_code)
    for place in find_manifests(paths, context.cwd):
        yield reader.read(place)
